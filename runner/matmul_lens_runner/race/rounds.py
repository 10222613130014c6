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
    """A block failed, which ends the measuring."""

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
) -> BlockFailed | None:
    """Runs rounds in a fresh random order each; null when they came to an end.

    Stops on precision, looked at every four rounds and never on a verdict: stopping when a difference first
    looks significant would find one in a quarter of all races of identical code.
    """
    began = clock()
    previous: str | None = None
    while True:
        times: dict[str, float] = {}
        slack = False
        for entrant in shuffle.sample(list(entrants), len(entrants)):
            if previous is not None and previous != entrant.worker:
                change_worker()
            previous = entrant.worker
            measured = _time(entrant, block, plan.pinned)
            if isinstance(measured, Failure):
                log.close()
                return BlockFailed(entrant, measured)
            times[entrant.name] = measured.call_s
            slack = slack or measured.slack
        log.add(times, slack)
        on_round(log.rounds)
        if _is_over(log, plan, rules, clock() - began):
            log.close()
            return None


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


def _is_over(log: RoundLog, plan: Plan, rules: Rules, elapsed_s: float) -> bool:
    clean = len(log.clean)
    if log.rounds - log.disturbed >= plan.max_rounds or elapsed_s >= OVERTIME * plan.budget_s:
        return True
    if elapsed_s >= plan.budget_s:
        return clean >= rules.least_rounds
    if clean < plan.min_rounds or log.rounds % CHECK_EVERY:
        return False
    return all(precise_enough(paired(log.clean, a, b), rules) for a, b in plan.pairs)


def paired(rounds: Sequence[Mapping[str, float]], a: str, b: str) -> list[float]:
    """Log ratios of b over a in the order of the rounds."""
    return log_ratios([times[a] for times in rounds], [times[b] for times in rounds])
