"""Simulated times of rounds: what races on real machines look like, without a clock."""

from __future__ import annotations

import random
from collections.abc import Sequence


def rounds(
    source: random.Random,
    count: int,
    ratio: float = 1.0,
    *,
    noise: float = 0.01,
    outliers: float = 0.05,
    drift: float = 0.0,
    step: float = 0.0,
    modes: float = 0.0,
) -> tuple[list[float], list[float]]:
    """Times of a and b in `count` rounds; b takes `ratio` times as long.

    `noise`: relative standard deviation; `outliers`: share of blocks hit by something that takes up to as long
    again; `drift`: both slow down by this much over the race; `step`: both at once in the middle; `modes`: each
    block of b is slower by this with probability one half.
    """
    a, b = [], []
    for number in range(count):
        common = 1.0 + drift * number / count + (step if number > count / 2 else 0.0)
        a.append(common * _block(source, noise, outliers))
        slower = modes if source.random() < 0.5 else 0.0
        b.append(ratio * common * (1.0 + slower) * _block(source, noise, outliers))
    return a, b


def _block(source: random.Random, noise: float, outliers: float) -> float:
    extra = source.random() if source.random() < outliers else 0.0
    return max(0.1, 1.0 + source.gauss(0, noise) + extra)


def share(found: Sequence[object], wanted: object) -> float:
    """How much of `found` is `wanted`."""
    return sum(each == wanted for each in found) / len(found)
