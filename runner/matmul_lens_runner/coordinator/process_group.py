"""Starts and ends a worker together with everything it starts, and names how it ended."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence

#: Time a worker has between the request to end and being killed.
GRACE_S = 2.0

_HINTS = {"SIGKILL": " (the system may have run out of memory)"}


def start(command: Sequence[str], folder: str, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Starts a worker in a session and process group of its own; raises OSError where it cannot."""
    return subprocess.Popen(
        list(command),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        cwd=folder,
        env=dict(environment),
        start_new_session=True,
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )


def end(processes: Iterable[subprocess.Popen[bytes]]) -> None:
    """Asks every group to end, waits for at most two seconds, then kills what is left."""
    alive = [process for process in processes if process.poll() is None]
    for process in alive:
        _signal(process, force=False)
    until = time.monotonic() + GRACE_S
    for process in alive:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, until - time.monotonic()))
    kill(alive)


def kill(processes: Iterable[subprocess.Popen[bytes]]) -> None:
    """Kills every group at once."""
    processes = list(processes)
    for process in processes:
        _signal(process, force=True)
    for process in processes:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(GRACE_S)


def _signal(process: subprocess.Popen[bytes], force: bool) -> None:
    if sys.platform == "win32":
        # Windows has no groups to signal; taskkill ends the tree.
        command = ["taskkill", "/T", "/F", "/PID", str(process.pid)]
        with contextlib.suppress(OSError):
            subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        return
    # The worker leads its group, whose number stays taken while any member lives.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL if force else signal.SIGTERM)


def describe_end(status: int | None) -> str:
    """How a process ended, in words: `was ended by SIGSEGV`, `ended by itself with exit status 3`."""
    if status is None:
        return "closed its connection"
    if status >= 0:
        return f"ended by itself with exit status {status}"
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"
    return f"was ended by {name}{_HINTS.get(name, '')}"
