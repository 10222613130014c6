"""What every framework needs to know of devices."""

from __future__ import annotations

import platform

from matmul_lens_runner.protocol.results import Device


def cpu_name() -> str:
    """The processor's name, such as `AMD EPYC 9654`."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as stream:
            for line in stream:
                if line.lower().startswith(("model name", "hardware")):
                    return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def choose_device(devices: list[Device], wanted: str) -> Device | None:
    """The device of that id, or for `auto` the first; null where there is none of that id."""
    if wanted == "auto":
        return devices[0]
    return next((device for device in devices if device["id"] == wanted), None)
