"""The load of this machine while the coordinator itself was idle: what a race will meet, without its own burst."""

from __future__ import annotations

from collections import deque

from matmul_lens_runner.coordinator.foreign_load import LoadReading, foreign_cores

#: The load over the last readings, taken about a second apart.
READINGS = 5

#: A look back over less than this says little.
LEAST_S = 2.0


class IdleLoad:
    """A short history of readings."""

    def __init__(self) -> None:
        self._readings: deque[LoadReading] = deque(maxlen=READINGS)

    def look(self, reading: LoadReading | None) -> None:
        """Adds a reading."""
        if reading is not None:
            self._readings.append(reading)

    def forget(self) -> None:
        """Drops the history: something of ours ran meanwhile."""
        self._readings.clear()

    @property
    def cores(self) -> float | None:
        """Cores that others used; null where nothing is known yet."""
        if len(self._readings) < 2 or self._readings[-1].at_s - self._readings[0].at_s < LEAST_S:
            return None
        return foreign_cores(self._readings[0], self._readings[-1])
