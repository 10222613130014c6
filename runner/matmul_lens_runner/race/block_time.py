"""The time of one call that a block yields, and whether the block had the CPU it was pinned to."""

from __future__ import annotations

from dataclasses import dataclass

from matmul_lens_runner.protocol.worker_messages import Block
from matmul_lens_runner.statistics.order import median

#: A pinned stretch that had less CPU time than this share of its wall time was off its CPU.
LEAST_CPU_SHARE = 0.95

#: No clock tells less; logarithms of times need them above zero.
LEAST_S = 1e-12


@dataclass(frozen=True)
class BlockTime:
    """Seconds of one call; `slack` where a pinned block lost its CPU for half of its stretches or more."""

    call_s: float
    slack: bool


def time_of_block(block: Block, pinned: bool) -> BlockTime:
    """The median over the stretches; of a pinned block, over those that had their CPU where they are the most.

    Another program on the same CPU gets its turns of a few milliseconds: it hits one stretch and spares the next,
    so that judging stretches keeps blocks that would be lost as a whole.
    """
    stretches = block["stretches"]
    whole = [each for each in stretches if not pinned or each["cpu_s"] >= LEAST_CPU_SHARE * each["call_s"]]
    slack = 2 * len(whole) <= len(stretches)
    counted = stretches if slack else whole
    return BlockTime(max(LEAST_S, median([each["call_s"] for each in counted])), slack)
