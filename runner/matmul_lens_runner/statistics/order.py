"""Order statistics of a sample."""

from __future__ import annotations

from collections.abc import Sequence


def quantile(values: Sequence[float], share: float) -> float:
    """The quantile by linear interpolation between order statistics (NumPy's default); `values` not empty."""
    ordered = sorted(values)
    position = share * (len(ordered) - 1)
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


def median(values: Sequence[float]) -> float:
    """The middle value, or the mean of the two middle ones."""
    return quantile(values, 0.5)


def interquartile_range(values: Sequence[float]) -> float:
    """The width of the middle half."""
    return quantile(values, 0.75) - quantile(values, 0.25)
