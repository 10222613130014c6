"""Which processes live, by Linux' /proc."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path


def is_alive(pid: int) -> bool:
    """Whether a process runs; an ended one that nobody has waited for does not."""
    return _state(pid)[0] not in ("", "Z")


def members_of(leader: int) -> list[int]:
    """Living processes of the group that `leader` leads."""
    numbers = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [pid for pid in numbers if _state(pid) not in (("", 0), ("Z", leader)) and _state(pid)[1] == leader]


def wait_until_gone(pids: Iterable[int], seconds: float) -> list[int]:
    """Waits until none of them lives; those that still do."""
    pids = list(pids)
    until = time.monotonic() + seconds
    while time.monotonic() < until and any(is_alive(pid) for pid in pids):
        time.sleep(0.05)
    return [pid for pid in pids if is_alive(pid)]


def _state(pid: int) -> tuple[str, int]:
    """State letter and process group."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return "", 0
    return fields[0], int(fields[2])
