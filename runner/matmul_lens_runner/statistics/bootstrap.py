"""Intervals of a median: the bootstrap's, computed exactly instead of by resampling, and the sign test's.

The bootstrap distribution of an order statistic has a closed form (Efron, "Bootstrap methods: another look at
the jackknife", Annals of Statistics 7, 1979, section 3): among n draws with replacement, the r-th smallest is at
most the k-th smallest of the sample exactly when at least r draws fall on its first k values, which is a
binomial probability. This is the limit of infinitely many resamples: it needs no seed and costs microseconds,
so precision can be looked at between rounds.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import comb

LEVEL = 0.95


def median_interval(values: Sequence[float], level: float = LEVEL) -> tuple[float, float]:
    """The percentile bootstrap interval of the median; `values` not empty.

    With an even count the lower end comes from the lower and the upper end from the upper of the two middle
    order statistics, which is a little wider than the interval of their mean.
    """
    ordered = sorted(values)
    count = len(ordered)
    tail = (1 - level) / 2
    lower_rank = (count + 1) // 2
    upper_rank = count // 2 + 1
    low = next(k for k in range(1, count + 1) if _reaches(count, lower_rank, k) >= tail)
    high = next(k for k in range(1, count + 1) if _reaches(count, upper_rank, k) >= 1 - tail)
    return ordered[low - 1], ordered[high - 1]


def sign_interval(values: Sequence[float], level: float) -> tuple[float, float] | None:
    """The interval of the sign test: it covers the median at `level` or more whatever the distribution.

    Null where so few values cannot: even their range covers the median only at 1 - 2^(1 - n).
    """
    ordered = sorted(values)
    count = len(ordered)
    tail, rank = 0.0, 0
    while True:
        tail += comb(count, rank) * 0.5**count
        if 2 * tail > 1 - level:
            break
        rank += 1
    return (ordered[rank - 1], ordered[count - rank]) if rank else None


def _reaches(count: int, rank: int, k: int) -> float:
    """Probability that the bootstrapped `rank`-th order statistic is at most the sample's k-th."""
    if k == count:
        return 1.0
    share = k / count
    return sum(comb(count, i) * share**i * (1 - share) ** (count - i) for i in range(rank, count + 1))
