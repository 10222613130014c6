"""Under which conditions a race is run: how many threads, pinned or not, and what that rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matmul_lens_runner.coordinator.foreign_load import LoadMeter


@dataclass(frozen=True)
class Conditions:
    """Threads for both frameworks; `pin`: the one CPU that both run on, null on a quiet machine."""

    threads: int
    pin: int | None
    remark: str | None


def choose_conditions(
    meter: LoadMeter, cpus: Sequence[int], threads: int, before: float | None, now: float | None
) -> Conditions:
    """All threads, or on a machine that others keep busy one pinned thread, labelled.

    `before` and `now`: cores that others used while the coordinator was idle and since the race was asked for.
    Both must be high: opening a results panel is a burst, not a load.
    """
    known = [load for load in (before, now) if load is not None]
    load = min(known, default=None)
    if threads == 1 or not meter.disturbs(load, threads):
        return Conditions(threads, None, None)
    return Conditions(
        1,
        cpus[-1],
        f"Other programs keep {load:.1f} of {len(cpus)} cores busy, so both frameworks run on one pinned thread: "
        "with all threads, each would wait for the others' programs.",
    )
