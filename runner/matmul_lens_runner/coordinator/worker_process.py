"""One worker as the coordinator sees it: a process, its wire, and what it has said."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Mapping
from typing import IO, Any

from matmul_lens_runner.coordinator import process_group
from matmul_lens_runner.coordinator.mailbox import Mailbox, WorkerEnded, WorkerLine
from matmul_lens_runner.coordinator.tail import Tail
from matmul_lens_runner.protocol.failure import DETAIL_CHARACTERS, Failure, failure_from_json
from matmul_lens_runner.protocol.results import Environment
from matmul_lens_runner.protocol.vocabulary import WorkerKind, WorkerStatus
from matmul_lens_runner.wire.lines import MAX_MESSAGE_BYTES, LineWriter, Oversized, parse_object, read_lines

_PRODUCT = {"torch": "PyTorch", "jax": "JAX"}
_CHUNK_BYTES = 65_536

#: Time to read what an ended worker left in its pipe; something outside its group may keep the pipe open.
LAST_WORDS_S = 0.5


class WorkerProcess:
    """A started worker. Only the main thread calls its methods; two threads read its pipes."""

    def __init__(self, number: int, framework: WorkerKind, process: subprocess.Popen[bytes], mailbox: Mailbox) -> None:
        self.number = number
        self.framework: WorkerKind = framework
        self.process = process
        self.status: WorkerStatus = "starting"
        self.environment: Environment | None = None
        self.failure: Failure | None = None
        self._tail = Tail()
        self._asked = 0
        self._answers: dict[int, dict[str, Any] | Failure] = {}
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        # The writer closes its descriptor when the worker ends; the pipe object must not close it once more.
        self._writer = LineWriter(os.dup(process.stdin.fileno()))
        process.stdin.close()
        threading.Thread(target=_pass_lines, args=(number, process.stdout, mailbox), daemon=True).start()
        self._errors = threading.Thread(target=_pass_errors, args=(process.stderr, self._tail), daemon=True)
        self._errors.start()

    @property
    def pid(self) -> int:
        """The process id of the worker, or of the launcher that started it."""
        return self.process.pid

    @property
    def has_ended(self) -> bool:
        """Whether it can answer no more."""
        return self.status in ("absent", "broken", "exited")

    @property
    def product(self) -> str:
        """The framework's name for people."""
        return _PRODUCT[self.framework]

    def ask(self, question: Mapping[str, Any]) -> int:
        """Sends a question; the number under which `take_answer` will have its answer."""
        self._asked += 1
        self._writer.write({"id": self._asked, **question})
        return self._asked

    def take_answer(self, number: int) -> dict[str, Any] | Failure | None:
        """The answer to a question, once it is there."""
        return self._answers.pop(number, None)

    def hear(self, line: bytes | Oversized) -> bool:
        """Takes in a line of the worker; true when its status changed."""
        message = "an oversized line" if isinstance(line, Oversized) else parse_object(line)
        if isinstance(message, str):
            self.failure = Failure("internal", f"The {self.product} worker sent {message}.")
            self.status = "broken"
            return True
        said = message.get("say")
        if said in ("ready", "absent", "broken"):
            self.status = said
            self.environment = message.get("environment")
            self.failure = failure_from_json(message["failure"]).with_detail(self.tail()) if said != "ready" else None
            return True
        number = message.get("id")
        if isinstance(number, int):
            failed = "failure" in message
            self._answers[number] = failure_from_json(message["failure"]) if failed else message.get("ok", {})
        return False

    def end(self, expected: bool) -> bool:
        """Takes in that the worker is no more, and ends what it started; true when its status changed.

        `expected`: we ended it, for the reason that `failure` tells, or because its race is over.
        """
        process_group.kill([self.process])
        self._errors.join(LAST_WORDS_S)
        self._writer.close()
        if self.has_ended:
            return False
        importing = self.status == "starting"
        self.status = "broken" if importing and not expected else "exited"
        if not expected:
            doing = " while it imported its framework" if importing else ""
            how = process_group.describe_end(self.process.poll())
            self.failure = Failure("workerDied", f"The {self.product} worker {how}{doing}.").with_detail(self.tail())
        return True

    def give_up(self, failure: Failure) -> None:
        """Tells why we end the worker."""
        self.failure = failure.with_detail(self.tail())

    def tail(self) -> str:
        """The end of its standard error."""
        return self._tail.text()[-DETAIL_CHARACTERS:]


def _pass_lines(number: int, stream: IO[bytes], mailbox: Mailbox) -> None:
    for line in read_lines(stream.fileno(), MAX_MESSAGE_BYTES):
        mailbox.post(WorkerLine(number, line))
    mailbox.post(WorkerEnded(number))


def _pass_errors(stream: IO[bytes], tail: Tail) -> None:
    while True:
        try:
            chunk = stream.read(_CHUNK_BYTES)
        except (OSError, ValueError):
            return
        if not chunk:
            return
        tail.add(chunk)
