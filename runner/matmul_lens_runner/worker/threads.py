"""Pins a worker to one CPU where the system can."""

from __future__ import annotations

import os
import sys


def pin_to_cpu(cpu: int) -> bool:
    """Lets every thread of this process, and those it will start, run on `cpu` only; false where it cannot."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        for task in os.listdir("/proc/self/task"):
            os.sched_setaffinity(int(task), {cpu})
    except OSError:
        return False
    return True


def threads_named(part: str) -> int | None:
    """How many threads of this process carry `part` in their name; null where that cannot be seen."""
    try:
        tasks = os.listdir("/proc/self/task")
    except OSError:
        return None
    count = 0
    for task in tasks:
        try:
            with open(f"/proc/self/task/{task}/comm", encoding="utf-8", errors="replace") as stream:
                count += part in stream.read()
        except OSError:
            continue
    return count
