"""The worker's loop: says what it is, then answers one question at a time until its input ends."""

from __future__ import annotations

import argparse
import contextlib
import os
import queue
import threading
from typing import Any, NoReturn

from matmul_lens_runner.protocol.failure import Failure
from matmul_lens_runner.protocol.tracebacks import failure_of
from matmul_lens_runner.wire.descriptors import Wire
from matmul_lens_runner.wire.lines import MAX_COMMAND_BYTES, LineWriter, Oversized, parse_object, read_lines
from matmul_lens_runner.worker.answers import Answers
from matmul_lens_runner.worker.frameworks import Installed, bare_environment, import_framework

#: Idle for this long, a worker does the next of its warm-ups.
IDLE_S = 0.25


def run_worker(arguments: list[str], wire: Wire) -> NoReturn:
    """Imports the framework and serves the coordinator; ends the process."""
    parser = argparse.ArgumentParser(prog="runner worker")
    parser.add_argument("--framework", choices=("torch", "jax"), required=True)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args(arguments)
    writer = LineWriter(wire.outgoing)
    questions: queue.SimpleQueue[bytes | Oversized] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(wire.incoming, questions), daemon=True).start()

    installed = import_framework(options.framework, options.threads)
    if isinstance(installed, Failure):
        say = "absent" if installed.kind == "frameworkAbsent" else "broken"
        environment = bare_environment(options.framework, options.threads)
        writer.write({"say": say, "environment": environment, "failure": installed.to_json()})
        os._exit(0)
    writer.write({"say": "ready", "environment": installed.environment})
    _serve(questions, writer, installed)


def _listen(incoming: int, questions: queue.SimpleQueue[bytes | Oversized]) -> None:
    """Passes questions on; the end of input means that the coordinator is gone."""
    for line in read_lines(incoming, MAX_COMMAND_BYTES):
        questions.put(line)
    os._exit(0)


def _serve(questions: queue.SimpleQueue[bytes | Oversized], writer: LineWriter, installed: Installed) -> NoReturn:
    answers = Answers(installed.side)
    warm_ups = list(installed.warm_ups)
    while True:
        try:
            line = questions.get(timeout=IDLE_S if warm_ups else None)
        except queue.Empty:
            with contextlib.suppress(Exception):
                # A warm-up only saves time; what is wrong with it shows in a race.
                warm_ups.pop(0)()
            continue
        question = "too long" if isinstance(line, Oversized) else parse_object(line)
        if isinstance(question, str):
            writer.write({"id": None, "failure": Failure("internal", f"A question is {question}.").to_json()})
            continue
        # Once a race is on, idle moments are the other worker's turns.
        warm_ups.clear()
        writer.write({"id": question.get("id"), **_answer(answers, question)})


def _answer(answers: Answers, question: dict[str, Any]) -> dict[str, Any]:
    try:
        answer = answers.to(question)
    except (Exception, SystemExit) as error:
        answer = failure_of(error, "internal", ())
    return {"failure": answer.to_json()} if isinstance(answer, Failure) else {"ok": answer}
