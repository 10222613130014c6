"""How much of this machine others use while a race runs, from `/proc/stat`.

A second program beside two OpenMP threads on two cores turned 385 us into 14 ms: each barrier waits for the
thread that is off its core. Such rounds say nothing of the code, so they must be seen.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass

#: Foreign use of this many cores, where it leaves fewer than the race's threads need, disturbs a race.
DISTURBING_CORES = 0.25

#: `/proc/stat` counts ticks of 10 ms; a shorter look is too coarse.
LEAST_WINDOW_S = 0.25


@dataclass(frozen=True)
class LoadReading:
    """Seconds at one moment: the clock, CPU time of all programs on the usable CPUs, and of our own processes."""

    at_s: float
    busy_s: float
    own_s: float


class LoadMeter:
    """Reads the load of the CPUs that the race may use."""

    def __init__(self, cpus: Iterable[int], folder: str = "/proc") -> None:
        self._cpus = {f"cpu{cpu}" for cpu in cpus}
        self._folder = folder
        self._tick_s = 1 / os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 0.01

    @property
    def cpus(self) -> int:
        """How many CPUs are watched."""
        return len(self._cpus)

    def read(self, own: Iterable[int]) -> LoadReading | None:
        """A reading with `own` process ids as our own; null where the system does not tell."""
        try:
            with open(f"{self._folder}/stat", encoding="utf-8") as stream:
                lines = [line.split() for line in stream if line.startswith("cpu")]
        except OSError:
            return None
        # user nice system idle iowait irq softirq steal; guest time is part of user.
        ticks = sum(
            sum(int(field) for index, field in enumerate(fields[1:9]) if index not in (3, 4))
            for fields in lines
            if fields[0] in self._cpus
        )
        own_s = sum(self._process_s(pid) for pid in {*own, os.getpid()})
        return LoadReading(time.monotonic(), ticks * self._tick_s, own_s)

    def _process_s(self, pid: int) -> float:
        """CPU seconds of a process and its ended children; zero once it is gone."""
        try:
            with open(f"{self._folder}/{pid}/stat", encoding="utf-8", errors="replace") as stream:
                fields = stream.read().rpartition(")")[2].split()
        except OSError:
            return 0.0
        return sum(int(field) for field in fields[11:15]) * self._tick_s

    def disturbs(self, foreign: float | None, threads: int) -> bool:
        """Whether foreign use of so many cores is in the way of so many threads."""
        return foreign is not None and foreign > DISTURBING_CORES and threads + foreign > self.cpus


def foreign_cores(before: LoadReading | None, after: LoadReading | None) -> float | None:
    """Cores that others kept busy between two readings; null where unknown or too close together."""
    if before is None or after is None or after.at_s - before.at_s < LEAST_WINDOW_S:
        return None
    busy = (after.busy_s - before.busy_s) - (after.own_s - before.own_s)
    return max(0.0, busy / (after.at_s - before.at_s))
