"""The rounds of one mode, sorted into undisturbed and disturbed ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from matmul_lens_runner.coordinator.foreign_load import LEAST_WINDOW_S, LoadMeter, LoadReading, foreign_cores

Times = Mapping[str, float]


class RoundLog:
    """Collects the time of one call of every variant, round by round.

    A round is disturbed when others used the CPUs it needed, or when a pinned block did not have its CPU to
    itself. Disturbed rounds are left out for all variants alike, so that leaving out favours none. The load is
    known for windows of at least a quarter of a second, so short rounds are judged together. They stay in `all`:
    where too few others are left, they still tell a reader roughly what a call takes.
    """

    def __init__(self, meter: LoadMeter | None, read: Callable[[], LoadReading | None], threads: int) -> None:
        """`meter` null: the load does not matter on this device."""
        self._meter = meter
        self._read = read
        self._threads = threads
        self._opened = read() if meter else None
        self._pending: list[Times] = []
        self.all: list[Times] = []
        self.clean: list[Times] = []
        self.disturbed = 0
        self._loads: list[float] = []
        self._disturbing: list[float] = []

    @property
    def rounds(self) -> int:
        """Rounds so far, disturbed ones included."""
        return len(self.all)

    def add(self, times: Times, slack: bool) -> None:
        """Adds a round; `slack`: a pinned block had less CPU time than it took."""
        self.all.append(times)
        if slack:
            self.disturbed += 1
        else:
            self._pending.append(times)
        if self._meter is None:
            self._accept()
            return
        now = self._read()
        if now is None or self._opened is None:
            self._accept()
        elif now.at_s - self._opened.at_s >= LEAST_WINDOW_S:
            self._judge(now)

    def close(self) -> None:
        """Judges what is still pending by the load of the window before it."""
        if self._loads and self._meter and self._meter.disturbs(self._loads[-1], self._threads):
            self._drop()
        self._accept()

    def mean_load(self) -> float | None:
        """Cores that others used on average; null where unknown."""
        return _mean(self._loads)

    def disturbing_load(self) -> float | None:
        """Cores that others used on average while they disturbed; null where nothing did, or unknown."""
        return _mean(self._disturbing)

    def _judge(self, now: LoadReading) -> None:
        foreign = foreign_cores(self._opened, now)
        self._opened = now
        if foreign is not None:
            self._loads.append(foreign)
            if self._meter and self._meter.disturbs(foreign, self._threads):
                self._disturbing.append(foreign)
                self._drop()
        self._accept()

    def _drop(self) -> None:
        self.disturbed += len(self._pending)
        self._pending.clear()

    def _accept(self) -> None:
        self.clean += self._pending
        self._pending.clear()


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
