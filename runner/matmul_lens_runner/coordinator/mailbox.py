"""Everything that can happen to the coordinator, in one queue that its one thread reads.

Reader threads only post; all state lives in the main thread, so nothing needs a lock. The main thread also
starts every worker, because Linux sends the parent-death signal when the *thread* that forked a child ends.
"""

from __future__ import annotations

import queue
from dataclasses import dataclass

from matmul_lens_runner.wire.lines import Oversized


@dataclass(frozen=True)
class ClientLine:
    """A line of the client."""

    line: bytes | Oversized


@dataclass(frozen=True)
class ClientGone:
    """The client closed its end, or ended."""


@dataclass(frozen=True)
class WorkerLine:
    """A line of the worker with that number."""

    worker: int
    line: bytes | Oversized


@dataclass(frozen=True)
class WorkerEnded:
    """The worker with that number closed its end."""

    worker: int


Letter = ClientLine | ClientGone | WorkerLine | WorkerEnded


class Mailbox:
    """The queue of letters."""

    def __init__(self) -> None:
        self._letters: queue.SimpleQueue[Letter] = queue.SimpleQueue()

    def post(self, letter: Letter) -> None:
        """Adds a letter; from any thread, also from a signal handler."""
        self._letters.put(letter)

    def take(self, timeout_s: float | None) -> Letter | None:
        """The next letter; null when none came in time. Waits for ever with null."""
        try:
            return self._letters.get(timeout=timeout_s)
        except queue.Empty:
            return None
