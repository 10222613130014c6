"""What this machine offers: CPUs and memory, within the limits of a container."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping

_QUOTA_V2 = "/sys/fs/cgroup/cpu.max"
_QUOTA_V1 = "/sys/fs/cgroup/cpu/cpu.cfs_quota_us"
_PERIOD_V1 = "/sys/fs/cgroup/cpu/cpu.cfs_period_us"


def usable_cpus() -> list[int]:
    """CPUs that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def fair_threads(environment: Mapping[str, str]) -> int:
    """Threads that both frameworks get: `OMP_NUM_THREADS`, or one a physical core within affinity and quota.

    PyTorch counts physical cores by default and XLA logical ones; left alone they would not race on equal terms.
    """
    chosen = environment.get("OMP_NUM_THREADS", "")
    if chosen.isdigit() and int(chosen) > 0:
        return int(chosen)
    cpus = usable_cpus()
    cores = {_read(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list") or str(cpu) for cpu in cpus}
    quota = _cpu_quota()
    return max(1, min(len(cores), math.floor(quota) if quota else len(cores)))


def available_memory() -> int | None:
    """Bytes that can be had without swapping; null where the system does not tell."""
    found: int | None = None
    for line in (_read("/proc/meminfo") or "").splitlines():
        if line.startswith("MemAvailable:"):
            found = int(line.split()[1]) * 1024
    limit, used = _read("/sys/fs/cgroup/memory.max"), _read("/sys/fs/cgroup/memory.current")
    if found is not None and limit and used and limit.isdigit():
        found = min(found, max(0, int(limit) - int(used)))
    return found


def _cpu_quota() -> float | None:
    """CPUs' worth of time that a control group allows; null without a limit."""
    parts = (_read(_QUOTA_V2) or "").split()
    if len(parts) == 2 and parts[0].isdigit():
        return int(parts[0]) / int(parts[1])
    quota, period = _read(_QUOTA_V1), _read(_PERIOD_V1)
    if quota and period and quota.isdigit():
        return int(quota) / int(period)
    return None


def _read(path: str) -> str | None:
    try:
        with open(path, encoding="utf-8") as stream:
            return stream.read().strip()
    except OSError:
        return None
