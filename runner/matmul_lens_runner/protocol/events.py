"""Events of the coordinator, as in `src/protocol/events.ts`."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable, Mapping
from typing import Any

from matmul_lens_runner import VERSION
from matmul_lens_runner.protocol.failure import Failure
from matmul_lens_runner.protocol.results import Comparison, Environment, Report, VariantResult
from matmul_lens_runner.protocol.vocabulary import PROTOCOL_VERSION, LogLevel, Mode, Phase, WorkerKind, WorkerStatus

Event = Mapping[str, Any]
Emit = Callable[[Event], None]


def hello() -> Event:
    """The first line of every coordinator."""
    return {
        "type": "hello",
        "protocol": PROTOCOL_VERSION,
        "runner": VERSION,
        "python": platform.python_version(),
        "executable": sys.executable,
        "pid": os.getpid(),
    }


def worker(
    framework: WorkerKind,
    status: WorkerStatus,
    pid: int | None = None,
    environment: Environment | None = None,
    failure: Failure | None = None,
) -> Event:
    """A worker's state changed."""
    return {
        "type": "worker",
        "framework": framework,
        "status": status,
        "pid": pid,
        "environment": environment,
        "failure": failure.to_json() if failure else None,
    }


def started(race: str, target: Mapping[str, Any], rows: list[VariantResult]) -> Event:
    """A race began; `rows` are all it will fill, in order."""
    return {"type": "started", "race": race, "target": target, "rows": rows}


def phase(
    race: str,
    name: Phase,
    variant: str | None = None,
    mode: Mode | None = None,
    round_number: int | None = None,
    rounds: int | None = None,
) -> Event:
    """What the race is doing now."""
    return {
        "type": "phase",
        "race": race,
        "phase": name,
        "variant": variant,
        "mode": mode,
        "round": round_number,
        "rounds": rounds,
    }


def row(race: str, result: VariantResult) -> Event:
    """A row's whole present state."""
    return {"type": "row", "race": race, "row": result}


def note(race: str, text: str) -> Event:
    """A remark on the conditions of the race."""
    return {"type": "note", "race": race, "text": text}


def comparisons(race: str, known: list[Comparison]) -> Event:
    """All comparisons known so far."""
    return {"type": "comparisons", "race": race, "comparisons": known}


def report(race: str, result: Report) -> Event:
    """The race is over."""
    return {"type": "report", "race": race, "report": result}


def failed(race: str | None, failure: Failure) -> Event:
    """The race ended without a report, or (`race` null) a command could not be carried out."""
    return {"type": "failed", "race": race, "failure": failure.to_json()}


def log(level: LogLevel, source: str, text: str) -> Event:
    """A line for the log."""
    return {"type": "log", "level": level, "source": source, "text": text}
