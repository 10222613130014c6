"""What a sample says about the conditions it was taken in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matmul_lens_runner.statistics.order import interquartile_range, median

#: A gap this many times wider than the clusters beside it separates two modes.
GAP_TO_CLUSTER = 4.0

#: Each mode holds at least this share of the sample.
LEAST_CLUSTER = 0.25

#: pyperf and the benchmark notes warn where the first value is half as large again as the rest.
SLOW_START = 1.5


@dataclass(frozen=True)
class TwoModes:
    """A sample that falls into two clusters; their medians."""

    low: float
    high: float


def two_modes(values: Sequence[float], least_gap: float) -> TwoModes | None:
    """Two clusters with a gap of at least `least_gap` between them that dwarfs their own spread, or null.

    Looks at the widest gap between neighbouring values that leaves a quarter of the sample on either side.
    """
    ordered = sorted(values)
    least = max(2, round(LEAST_CLUSTER * len(ordered)))
    if len(ordered) < 2 * least:
        return None
    cut = max(range(least, len(ordered) - least + 1), key=lambda at: ordered[at] - ordered[at - 1])
    gap = ordered[cut] - ordered[cut - 1]
    below, above = ordered[:cut], ordered[cut:]
    spread = max(interquartile_range(below), interquartile_range(above))
    if gap < least_gap or gap < GAP_TO_CLUSTER * spread:
        return None
    return TwoModes(median(below), median(above))


def relative_spread(values: Sequence[float]) -> float:
    """Interquartile range over median; of times, so the median is above zero."""
    return interquartile_range(values) / median(values)


def slow_start(values: Sequence[float]) -> bool:
    """Whether the first block was still warming up."""
    return len(values) > 1 and values[0] > SLOW_START * median(values)
