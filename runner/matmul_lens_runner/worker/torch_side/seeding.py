"""One seed for every generator that the reader's constructors and expressions may draw from."""

from __future__ import annotations

import random
import sys
from typing import Any

#: NumPy's legacy generator takes 32 bits.
NUMPY_SEEDS = 2**32


def seed_generators(torch: Any, seed: int) -> None:
    """Seeds PyTorch, Python, and NumPy where the reader's file has imported it."""
    torch.manual_seed(seed)
    random.seed(seed)
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed(seed % NUMPY_SEEDS)
