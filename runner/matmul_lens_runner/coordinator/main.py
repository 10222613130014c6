"""Serves one client: a session with warm workers, one race at a time and one more waiting."""

from __future__ import annotations

import os
import signal
import threading
from typing import NoReturn

from matmul_lens_runner.coordinator.foreign_load import LoadMeter
from matmul_lens_runner.coordinator.host import fair_threads, usable_cpus
from matmul_lens_runner.coordinator.idle_load import IdleLoad
from matmul_lens_runner.coordinator.mailbox import ClientGone, ClientLine, Mailbox, WorkerEnded, WorkerLine
from matmul_lens_runner.coordinator.storage import Storage
from matmul_lens_runner.coordinator.worker_pool import WorkerPool
from matmul_lens_runner.protocol import events
from matmul_lens_runner.protocol.failure import Failure
from matmul_lens_runner.protocol.parse import parse_command
from matmul_lens_runner.protocol.request import Cancel, Close, Command, Open, Race, RaceRequest
from matmul_lens_runner.race.race import RaceRun
from matmul_lens_runner.wire.descriptors import Wire
from matmul_lens_runner.wire.lines import MAX_COMMAND_BYTES, LineWriter, Oversized, parse_object, read_lines

#: How often the load is looked at while nothing happens.
IDLE_LOOK_S = 1.0

#: One race runs and one waits.
MOST_RACES = 2


def run_coordinator(wire: Wire) -> NoReturn:
    """Serves the client until it closes or is gone; ends the process."""
    mailbox = Mailbox()
    signal.signal(signal.SIGTERM, lambda *_: mailbox.post(ClientGone()))
    signal.signal(signal.SIGINT, lambda *_: mailbox.post(ClientGone()))
    threading.Thread(target=_listen, args=(wire.incoming, mailbox), daemon=True).start()
    Coordinator(mailbox, LineWriter(wire.outgoing)).serve()


def _listen(incoming: int, mailbox: Mailbox) -> None:
    for line in read_lines(incoming, MAX_COMMAND_BYTES):
        mailbox.post(ClientLine(line))
    mailbox.post(ClientGone())


class Coordinator:
    """All state of a session; everything here runs in the main thread."""

    def __init__(self, mailbox: Mailbox, writer: LineWriter) -> None:
        self._mailbox = mailbox
        self._writer = writer
        self._meter = LoadMeter(usable_cpus())
        self._idle_load = IdleLoad()
        self._threads = fair_threads(os.environ)
        self._session: tuple[Open, Storage, WorkerPool] | None = None
        self._running: RaceRun | None = None
        self._waiting: list[RaceRequest] = []
        self._closing = False

    def serve(self) -> NoReturn:
        """Handles letters until the client closes or is gone."""
        self._emit(events.hello())
        while not self._closing:
            if self._waiting and self._session is not None:
                self._race(self._waiting.pop(0), *self._session)
            else:
                self._idle()
        if self._session is not None:
            self._session[2].close()
        os._exit(0)

    def _idle(self) -> None:
        """Waits for a letter; looks after spares and load meanwhile."""
        pool = self._session[2] if self._session else None
        until_expiry = pool.expire() if pool else None
        if pool is None or until_expiry is None:
            self._idle_load.forget()
            self._pump(None)
            return
        self._idle_load.look(self._meter.read(pool.pids()))
        self._pump(min(until_expiry, IDLE_LOOK_S))

    def _race(self, request: RaceRequest, session: Open, storage: Storage, pool: WorkerPool) -> None:
        load = self._idle_load.cores
        self._idle_load.forget()
        self._running = RaceRun(request, pool, storage, self._emit, self._pump, self._meter, self._threads, load)
        self._running.run()
        self._running = None
        if session.warm and not self._waiting and not self._closing:
            pool.start_spares()

    def _pump(self, timeout_s: float | None) -> None:
        """Handles one letter, waiting for it at most so long; the running race calls this, too."""
        letter = self._mailbox.take(timeout_s)
        pool = self._session[2] if self._session else None
        if isinstance(letter, ClientGone):
            if pool:
                pool.kill_all()
            os._exit(0)
        elif isinstance(letter, ClientLine):
            self._on_line(letter.line)
        elif pool and isinstance(letter, WorkerLine):
            pool.on_line(letter)
        elif pool and isinstance(letter, WorkerEnded):
            pool.on_end(letter)

    def _on_line(self, line: bytes | Oversized) -> None:
        if isinstance(line, Oversized):
            self._refuse(None, f"A command of {line.length} bytes is longer than {MAX_COMMAND_BYTES}.")
            return
        value = parse_object(line)
        if isinstance(value, str):
            self._refuse(None, f"A command is {value}.")
            return
        command = parse_command(value)
        if isinstance(command, Failure):
            race = value.get("race")
            identifier = race.get("id") if isinstance(race, dict) else None
            self._emit(events.failed(identifier if isinstance(identifier, str) else None, command))
        else:
            self._on_command(command)

    def _on_command(self, command: Command) -> None:
        if isinstance(command, Open):
            self._open(command)
        elif isinstance(command, Race):
            self._enqueue(command.race)
        elif isinstance(command, Cancel):
            self._cancel(command.race)
        elif isinstance(command, Close):
            self._closing = True
            if self._running:
                self._running.cancel()

    def _open(self, command: Open) -> None:
        if self._session is not None:
            self._refuse(None, "The session is open already.")
            return
        try:
            storage = Storage(command.storage)
        except OSError as error:
            self._emit(events.failed(None, Failure("internal", f"The storage folder cannot be used: {error}.")))
            return
        pool = WorkerPool(command.workers, storage, self._threads, command.device, self._mailbox, self._emit)
        self._session = (command, storage, pool)
        if command.warm:
            pool.start_spares()

    def _enqueue(self, request: RaceRequest) -> None:
        if self._session is None:
            self._refuse(request.id, "A race needs an open session.")
        elif len(self._waiting) + (self._running is not None) >= MOST_RACES:
            message = "A race is running and another one waits; wait for them, or cancel one."
            self._emit(events.failed(request.id, Failure("deviceBusy", message)))
        else:
            self._waiting.append(request)

    def _cancel(self, race: str) -> None:
        if self._running and self._running.request.id == race:
            self._running.cancel()
            return
        for request in [each for each in self._waiting if each.id == race]:
            self._waiting.remove(request)
            self._emit(events.failed(race, Failure("cancelled", "The race was cancelled before it began.")))

    def _refuse(self, race: str | None, message: str) -> None:
        self._emit(events.failed(race, Failure("badRequest", message)))

    def _emit(self, event: events.Event) -> None:
        if not self._writer.write(event):
            self._mailbox.post(ClientGone())
