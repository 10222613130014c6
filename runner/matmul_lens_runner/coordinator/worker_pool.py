"""Keeps an idle worker of each framework warm. A worker serves one race, so that no race meets stale modules."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable

from matmul_lens_runner.coordinator import process_group
from matmul_lens_runner.coordinator.environment import worker_environment
from matmul_lens_runner.coordinator.mailbox import Mailbox, WorkerEnded, WorkerLine
from matmul_lens_runner.coordinator.storage import Storage
from matmul_lens_runner.coordinator.worker_process import WorkerProcess
from matmul_lens_runner.protocol import events
from matmul_lens_runner.protocol.failure import Failure
from matmul_lens_runner.protocol.request import WorkerSpec
from matmul_lens_runner.protocol.vocabulary import WORKER_KINDS, WorkerKind

#: An idle worker holds a context on an accelerator that others may want; on the CPU it only holds memory.
IDLE_ACCELERATOR_S = 60.0
IDLE_CPU_S = 600.0

#: A worker that has not imported its framework by then is broken.
IMPORT_S = 60.0


class WorkerPool:
    """Starts, lends and ends workers, and tells the client of each change."""

    def __init__(
        self,
        specs: Iterable[WorkerSpec],
        storage: Storage,
        threads: int,
        device: str,
        mailbox: Mailbox,
        emit: events.Emit,
    ) -> None:
        self._specs = {spec.framework: spec for spec in specs}
        self._storage = storage
        self._threads = threads
        self._environment = worker_environment(os.environ, storage, threads, device)
        self._mailbox = mailbox
        self._emit = emit
        self._started = 0
        self._workers: dict[int, WorkerProcess] = {}
        self._spares: dict[WorkerKind, tuple[WorkerProcess, float]] = {}
        #: Frameworks that are absent or broken are tried again by a race, not by a spare.
        self._hopeless: set[WorkerKind] = set()

    @property
    def frameworks(self) -> list[WorkerKind]:
        """Frameworks of the session that can be started."""
        return [framework for framework in WORKER_KINDS if framework in self._specs]

    def start_spares(self) -> None:
        """Starts an idle worker of each framework that has none."""
        for framework in self.frameworks:
            if framework not in self._spares and framework not in self._hopeless:
                worker = self._start(framework)
                if worker is not None:
                    self._spares[framework] = (worker, time.monotonic())

    def lend(self, framework: WorkerKind) -> WorkerProcess | None:
        """A worker for one race: the idle one, or a new one; null where it cannot be started."""
        self._hopeless.discard(framework)
        spare = self._spares.pop(framework, None)
        return spare[0] if spare and not spare[0].has_ended else self._start(framework)

    def rest(self) -> None:
        """Keeps spares that a race does not use from computing beside it: no warm-ups, no imports."""
        for framework, (worker, _) in list(self._spares.items()):
            if worker.status == "starting":
                del self._spares[framework]
                self.end([worker])
            else:
                worker.ask({"do": "rest"})

    def end(self, workers: Iterable[WorkerProcess]) -> None:
        """Ends lent workers."""
        workers = [worker for worker in workers if worker.number in self._workers]
        process_group.end([worker.process for worker in workers])
        for worker in workers:
            self._forget(worker, expected=True)

    def kill(self, worker: WorkerProcess, failure: Failure) -> None:
        """Ends a worker at once, for a reason that its failure tells."""
        worker.give_up(failure)
        self._forget(worker, expected=True)

    def on_line(self, letter: WorkerLine) -> None:
        """Takes in what a worker said."""
        worker = self._workers.get(letter.worker)
        if worker is not None and worker.hear(letter.line):
            self._tell(worker)
            if worker.has_ended:
                self._hopeless.add(worker.framework)
                self._forget(worker, expected=True)

    def on_end(self, letter: WorkerEnded) -> None:
        """Takes in that a worker ended."""
        worker = self._workers.get(letter.worker)
        if worker is not None:
            self._forget(worker, expected=False)

    def expire(self) -> float | None:
        """Ends spares that were idle for too long or never became ready; seconds until the next would."""
        now = time.monotonic()
        waits: list[float] = []
        for framework, (worker, since) in list(self._spares.items()):
            wait = since + _patience_s(worker) - now
            if wait > 0:
                waits.append(wait)
                continue
            del self._spares[framework]
            if worker.status == "starting":
                self.kill(worker, Failure("timedOut", f"Importing {worker.product} took longer than {IMPORT_S:.0f} s."))
            else:
                self.end([worker])
        return min(waits, default=None)

    def pids(self) -> list[int]:
        """Process ids of all workers."""
        return [worker.pid for worker in self._workers.values()]

    def kill_all(self) -> None:
        """Ends every worker with everything it started, at once."""
        process_group.kill([worker.process for worker in self._workers.values()])

    def close(self) -> None:
        """Ends every worker, and says so."""
        self._spares.clear()
        self.end(list(self._workers.values()))

    def _start(self, framework: WorkerKind) -> WorkerProcess | None:
        command = [*self._specs[framework].command, "--threads", str(self._threads)]
        try:
            process = process_group.start(command, self._storage.empty_folder, self._environment)
        except (OSError, ValueError) as error:
            failure = Failure("noPython", f"{command[0]} cannot be started: {error}.", "Choose another interpreter.")
            self._emit(events.worker(framework, "broken", failure=failure))
            return None
        self._started += 1
        worker = WorkerProcess(self._started, framework, process, self._mailbox)
        self._workers[worker.number] = worker
        self._tell(worker)
        return worker

    def _forget(self, worker: WorkerProcess, expected: bool) -> None:
        self._workers.pop(worker.number, None)
        spare = self._spares.get(worker.framework)
        if spare and spare[0] is worker:
            del self._spares[worker.framework]
        if worker.end(expected):
            self._tell(worker)

    def _tell(self, worker: WorkerProcess) -> None:
        self._emit(events.worker(worker.framework, worker.status, worker.pid, worker.environment, worker.failure))


def _patience_s(worker: WorkerProcess) -> float:
    if worker.status == "starting":
        return IMPORT_S
    devices = worker.environment["devices"] if worker.environment else []
    return IDLE_ACCELERATOR_S if any(device["kind"] != "cpu" for device in devices) else IDLE_CPU_S
