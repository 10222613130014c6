"""Self-attention with causal mask, and a gated block around it."""

import torch
import torch.nn.functional as F
from torch import nn


class SelfAttention(nn.Module):
    def __init__(self, width: int = 256, heads: int = 4) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    # shape: x=f32[8, 128, 256]
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        batch, steps, width = x.shape
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        q = q.view(batch, steps, self.heads, width // self.heads).transpose(1, 2)
        k = k.view(batch, steps, self.heads, width // self.heads).transpose(1, 2)
        v = v.view(batch, steps, self.heads, width // self.heads).transpose(1, 2)
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.out(mixed.transpose(1, 2).reshape(batch, steps, width))


# shape: x=f32[512, 512], w=f32[512, 512], v=f32[512, 512]
def gate(x: torch.Tensor, w: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Products among pointwise work: here a compiler has something to fuse."""
    h = x @ w
    return torch.sigmoid(h) * torch.tanh(x @ v) + h * 0.5 - x.mean(-1, keepdim=True)
