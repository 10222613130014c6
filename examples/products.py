"""Lone products: where a compiler has nothing to fuse, and PyTorch often is the fastest as it stands."""

import torch
from torch import nn


# shape: a=f32[1024, 1024], b=f32[1024, 1024]
def product(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    return a @ b


class Projection(nn.Module):
    """A plain linear layer."""

    def __init__(self, in_features: int = 1024, out_features: int = 1024) -> None:
        super().__init__()
        self.linear = nn.Linear(in_features, out_features)

    # shape: x=f32[256, 1024]
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.linear(x)


# shape: a=f32[512, 512], b=f32[512, 512], v=f32[512]
def chained(a: torch.Tensor, b: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Python multiplies from left to right: a matrix is made only to meet one vector."""
    return a @ b @ v
