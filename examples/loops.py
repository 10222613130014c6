"""Loops that one batched call replaces."""

import torch
from torch import nn


# shape: a=f32[64, 64, 64], b=f32[64, 64, 64]
def pairwise(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    products = []
    for i in range(a.shape[0]):
        products.append(a[i] @ b[i])
    return torch.stack(products)


# shape: queries=f32[32, 64, 32], keys=f32[32, 64, 32]
def scores(queries: torch.Tensor, keys: torch.Tensor) -> torch.Tensor:
    return torch.stack([q @ k.T for q, k in zip(queries, keys)])


class StepwiseHead(nn.Module):
    """A classifier that is called for one time step after the other."""

    def __init__(self, width: int = 256, classes: int = 32) -> None:
        super().__init__()
        self.head = nn.Linear(width, classes)

    # shape: states=f32[16, 64, 256]
    def forward(self, states: torch.Tensor) -> torch.Tensor:
        return torch.stack([self.head(states[:, t]) for t in range(states.shape[1])], dim=1)
