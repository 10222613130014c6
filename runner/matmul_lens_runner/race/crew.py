"""The workers of one race: lent by the pool, asked one at a time, ended when the race is over."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, is_dataclass
from typing import Any

from matmul_lens_runner.coordinator.worker_pool import WorkerPool
from matmul_lens_runner.coordinator.worker_process import WorkerProcess
from matmul_lens_runner.protocol.failure import Failure
from matmul_lens_runner.protocol.vocabulary import WorkerKind

Pump = Callable[[float], None]


class RaceCancelledError(Exception):
    """The reader cancelled; raised out of whatever the race was waiting for."""


class Crew:
    """Asks workers with a deadline. `pump` handles one letter of the mailbox, waiting at most so many seconds."""

    def __init__(self, pool: WorkerPool, pump: Pump, is_cancelled: Callable[[], bool], total_s: float) -> None:
        self._pool = pool
        self._pump = pump
        self._is_cancelled = is_cancelled
        self._workers: dict[WorkerKind, WorkerProcess] = {}
        self._lost: dict[WorkerKind, Failure] = {}
        self._ends_at = time.monotonic() + total_s

    @property
    def remaining_s(self) -> float:
        """Seconds until the race's own deadline."""
        return self._ends_at - time.monotonic()

    def call_up(self, frameworks: Iterable[WorkerKind]) -> None:
        """Takes a worker of each framework, whose import may still be going on."""
        for framework in frameworks:
            worker = self._pool.lend(framework)
            if worker is None:
                self._lost[framework] = Failure("noPython", f"The interpreter for {framework} cannot be started.")
            else:
                self._workers[framework] = worker
                self._lost.pop(framework, None)

    def is_here(self, framework: WorkerKind) -> bool:
        """Whether a worker of that framework was called up and has not been lost."""
        worker = self._workers.get(framework)
        return worker is not None and not worker.has_ended

    def worker(self, framework: WorkerKind) -> WorkerProcess | None:
        """The worker of a framework, also after it ended."""
        return self._workers.get(framework)

    def pids(self) -> list[int]:
        """Process ids of the workers."""
        return [worker.pid for worker in self._workers.values()]

    def ready(self, framework: WorkerKind, import_s: float) -> WorkerProcess | Failure:
        """The worker once it has imported its framework, or why it has not."""
        worker = self._workers.get(framework)
        if worker is None:
            return self._lost.get(framework) or Failure("unsupported", f"This session has no {framework} worker.")
        done = self._wait(lambda: worker.status != "starting", import_s)
        if not done:
            self._lose(worker, Failure("timedOut", f"Importing {worker.product} took longer than {import_s:g} s."))
        return worker if worker.status == "ready" else self._end_of(worker)

    def ask(self, framework: WorkerKind, do: str, deadline_s: float, **fields: Any) -> dict[str, Any] | Failure:
        """A worker's answer. Deadlines kill it: nothing else ends a compile or a loop in C."""
        worker = self._workers.get(framework)
        if worker is None or worker.has_ended:
            return self._end_of(worker) if worker else Failure("internal", f"There is no {framework} worker.")
        question = {name: _plain(value) for name, value in fields.items()}
        number = worker.ask({"do": do, **question})
        answers: list[dict[str, Any] | Failure] = []

        def answered() -> bool:
            answer = worker.take_answer(number)
            if answer is not None:
                answers.append(answer)
            return bool(answers) or worker.has_ended

        if not self._wait(answered, deadline_s):
            over = "the race took" if self.remaining_s <= 0 else f"{_doing(do)} took"
            limit = "its whole budget" if self.remaining_s <= 0 else f"{deadline_s:g} s"
            self._lose(worker, Failure("timedOut", f"{over[0].upper()}{over[1:]} longer than {limit}."))
        if not answers:
            return self._end_of(worker)
        answer = answers[0]
        return answer.with_detail(worker.tail()) if isinstance(answer, Failure) else answer

    def replace(self, framework: WorkerKind) -> None:
        """Ends a worker and takes a new one in its place."""
        old = self._workers.pop(framework, None)
        if old is not None:
            self._pool.end([old])
        self.call_up([framework])

    def pause(self, seconds: float) -> None:
        """Lets time pass, taking in what happens."""
        self._wait(lambda: False, seconds)

    def dismiss(self) -> None:
        """Ends all workers of the race."""
        self._pool.end(self._workers.values())

    def _wait(self, done: Callable[[], bool], seconds: float) -> bool:
        until = min(time.monotonic() + seconds, self._ends_at)
        while True:
            if self._is_cancelled():
                raise RaceCancelledError
            if done():
                return True
            remaining = until - time.monotonic()
            if remaining <= 0:
                return False
            self._pump(remaining)

    def _lose(self, worker: WorkerProcess, failure: Failure) -> None:
        self._pool.kill(worker, failure)

    def _end_of(self, worker: WorkerProcess) -> Failure:
        return worker.failure or Failure("workerDied", f"The {worker.product} worker is gone.")


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return value


def _doing(do: str) -> str:
    return {
        "load": "loading the file",
        "inputs": "making the inputs",
        "reference": "computing the reference",
        "prepare": "the first call, with its compile,",
        "block": "one block of calls",
    }.get(do, "an answer of the worker")
