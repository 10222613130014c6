"""Measures the variants of one mode in interleaved rounds until they are known precisely, or time is up."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from matmul_lens_runner.protocol.failure import Failure
from matmul_lens_runner.protocol.worker_messages import Block
from matmul_lens_runner.race.block_time import BlockTime, time_of_block
from matmul_lens_runner.race.round_log import RoundLog
from matmul_lens_runner.statistics.verdict import Rules, log_ratios, precise_enough

#: Rounds between looks at the precision.
CHECK_EVERY = 4

#: A pinned block that lost its CPU is run again this many times before its round counts as disturbed.
MOST_REPEATS = 2

#: Where disturbances or slow calls left too few rounds, measuring may take this many times its budget.
OVERTIME = 1.5


@dataclass(frozen=True)
class Entrant:
    """A variant that takes part in the rounds, and the worker that runs it."""

    name: str
    worker: str


@dataclass(frozen=True)
class Plan:
    """Bounds of measuring one mode. `pinned`: every block must have had its CPU to itself."""

    budget_s: float
    min_rounds: int
    max_rounds: int
    pinned: bool
    pairs: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class BlockFailed:
    """A block failed, or the worker that it needs is lost: its entrant takes no further part."""

    entrant: Entrant
    failure: Failure


def run_rounds(
    entrants: Sequence[Entrant],
    plan: Plan,
    rules: Rules,
    log: RoundLog,
    block: Callable[[Entrant], Block | Failure],
    change_worker: Callable[[], None],
    on_round: Callable[[int], None],
    shuffle: random.Random,
    clock: Callable[[], float],
    is_here: Callable[[str], bool],
) -> list[BlockFailed]:
    """Runs rounds in a fresh random order each; the entrants that failed on the way.

    An entrant that fails drops out, with the others of its worker where that is gone (`is_here` tells), and the
    rest go on; a round then holds the times of those that are left. Stops on precision, looked at every four
    rounds and never on a verdict: stopping when a difference first looks significant would find one in a quarter
    of all races of identical code.
    """
    began = clock()
    previous: str | None = None
    left = list(entrants)
    failed: list[BlockFailed] = []
    while left:
        times: dict[str, float] = {}
        slack = False
        for entrant in shuffle.sample(left, len(left)):
            if entrant not in left:
                continue
            if previous is not None and previous != entrant.worker:
                change_worker()
            previous = entrant.worker
            asked = clock()
            measured = _time(entrant, block, plan.pinned)
            if isinstance(measured, Failure):
                lost = [each for each in left if each == entrant or not is_here(each.worker)]
                failed += [BlockFailed(each, measured) for each in lost]
                left = [each for each in left if each not in lost]
                # Waiting for one that hangs takes no time from the others.
                began += clock() - asked
                continue
            times[entrant.name] = measured.call_s
            slack = slack or measured.slack
        if not left:
            break
        log.add(times, slack)
        on_round(log.rounds)
        if _is_over(log, plan, [each.name for each in left], rules, clock() - began):
            break
    log.close()
    return failed


def _time(entrant: Entrant, block: Callable[[Entrant], Block | Failure], pinned: bool) -> BlockTime | Failure:
    """A block's time; one that lost its CPU is run again, whatever it took, so that no round is lost to one block."""
    for _ in range(1 + MOST_REPEATS):
        measured = block(entrant)
        if isinstance(measured, Failure):
            return measured
        timed = time_of_block(measured, pinned)
        if not timed.slack:
            break
    return timed


def _is_over(log: RoundLog, plan: Plan, left: Sequence[str], rules: Rules, elapsed_s: float) -> bool:
    clean = len(log.clean)
    if log.rounds - log.disturbed >= plan.max_rounds or elapsed_s >= OVERTIME * plan.budget_s:
        return True
    if elapsed_s >= plan.budget_s:
        return clean >= rules.least_rounds
    if clean < plan.min_rounds or log.rounds % CHECK_EVERY:
        return False
    pairs = [(a, b) for a, b in plan.pairs if a in left and b in left]
    return all(precise_enough(paired(log.clean, a, b), rules) for a, b in pairs)


def paired(rounds: Sequence[Mapping[str, float]], a: str, b: str) -> list[float]:
    """Log ratios of b over a in the order of the rounds."""
    return log_ratios([times[a] for times in rounds], [times[b] for times in rounds])
