"""How many calls and stretches make a block: the same for all variants of a mode.

Calls of a stretch overlap where a framework returns before it is done: one call and one synchronisation is its
latency, many calls and one synchronisation its throughput. Measured with the same code on both sides: one call
against two made a difference of 12 % (JAX, 512 x 512, training), one stretch against three 20 % (PyTorch).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

#: A stretch of the fastest variant takes about this long: long beside one synchronisation (some 50 us on a CPU),
#: short beside the bursts of other programs.
STRETCH_S = 0.006

#: A stretch of the slowest variant should not take longer, and a block not longer than three of them, or too few
#: rounds fit the budget.
SLOWEST_STRETCH_S = 0.02

#: What the first calls after a turn lose is nothing beside a stretch this long.
LONG_STRETCH_S = 0.25

MOST_STRETCHES = 5
MOST_CALLS = 20_000


@dataclass(frozen=True)
class BlockShape:
    """Calls in a stretch, and stretches in a block; their number is odd, so that one is the middle one.

    `rewarm`: an untimed stretch comes first.
    """

    calls: int
    stretches: int
    rewarm: bool


def shape_blocks(steady_s: Sequence[float]) -> BlockShape:
    """The shape for variants whose steady calls take so many seconds; not empty."""
    fastest, slowest = min(steady_s), max(steady_s)
    calls = max(1, min(round(STRETCH_S / fastest), int(SLOWEST_STRETCH_S / slowest), MOST_CALLS))
    stretches = max(1, min(MOST_STRETCHES, int(3 * SLOWEST_STRETCH_S / (slowest * calls))))
    return BlockShape(calls, stretches if stretches % 2 else stretches - 1, slowest * calls < LONG_STRETCH_S)
