"""The device layer of JAX: which devices there are, their memory, precision, and the size of XLA's thread pool."""

from __future__ import annotations

import gc
import os
from typing import Any

from matmul_lens_runner.protocol.results import Device
from matmul_lens_runner.protocol.vocabulary import DeviceKind, Precision
from matmul_lens_runner.worker.devices import cpu_name
from matmul_lens_runner.worker.threads import pin_to_cpu, threads_named

#: XLA's CPU client sizes its pool by this variable when it starts (`DefaultThreadPoolSize`, openxla/xla
#: xla/pjrt/utils.cc); its threads carry the name of Eigen's pool.
POOL_VARIABLE = "NPROC"
POOL_THREADS = "XLAEigen"

_KINDS: dict[str, DeviceKind] = {"cpu": "cpu", "gpu": "cuda", "cuda": "cuda", "rocm": "rocm", "tpu": "tpu"}


def jax_devices(jax: Any) -> list[tuple[Device, Any]]:
    """All local devices with JAX's own objects, accelerators first, the CPU always among them."""
    found = [each for each in jax.local_devices() if each.platform in _KINDS]
    if all(each.platform != "cpu" for each in found):
        found += jax.local_devices(backend="cpu")[:1]
    return [(_describe(each), each) for each in found]


def _describe(device: Any) -> Device:
    kind = _KINDS[device.platform]
    if kind == "cuda" and "rocm" in str(device.client.platform_version).lower():
        kind = "rocm"
    if kind == "cpu":
        return {"id": "cpu", "kind": "cpu", "name": cpu_name(), "memory_bytes": None}
    family = "tpu" if kind == "tpu" else "cuda"
    limit = (device.memory_stats() or {}).get("bytes_limit")
    number = device.local_hardware_id if device.local_hardware_id is not None else device.id
    return {"id": f"{family}:{number}", "kind": kind, "name": device.device_kind, "memory_bytes": limit}


class JaxDevice:
    """One device as JAX sees it."""

    def __init__(self, description: Device, handle: Any) -> None:
        self.description = description
        self.handle = handle
        self._peak_before = 0

    def free_bytes(self) -> int | None:
        """Memory that XLA's allocator may still take; null where the device keeps no books."""
        stats = self.handle.memory_stats() or {}
        if "bytes_limit" not in stats:
            return None
        return int(stats["bytes_limit"]) - int(stats.get("bytes_in_use", 0))

    def reset_peak_memory(self) -> None:
        """Remembers the high-water mark, which XLA never lowers."""
        self._peak_before = self._peak()

    def peak_memory_bytes(self) -> int | None:
        """The high-water mark where it rose since the reset; else it is an earlier variant's, and unknown."""
        peak = self._peak()
        return peak if peak > self._peak_before else None

    def _peak(self) -> int:
        return int((self.handle.memory_stats() or {}).get("peak_bytes_in_use", 0))

    def driver(self) -> str | None:
        """What the platform says of its runtime; null on the CPU."""
        return None if self.description["kind"] == "cpu" else str(self.handle.client.platform_version).strip()


def set_threads(jax: Any, threads: int, pin: int | None) -> int:
    """Sizes XLA's CPU pool, starting the client anew where it has another size; the size it really has.

    Arrays made before are lost, so this comes first in a race.
    """
    if pin is not None:
        pin_to_cpu(pin)
    os.environ[POOL_VARIABLE] = str(threads)
    jax.devices()
    present = threads_named(POOL_THREADS)
    if pin is not None or (present and present != threads):
        from jax.extend import backend

        backend.clear_backends()
        gc.collect()
        jax.devices()
        present = threads_named(POOL_THREADS)
    return present or threads


def set_precision(jax: Any, device: Device, precision: Precision, x64: bool) -> dict[str, str]:
    """Fixes the precision of float32 products and the width of floats; returns what JAX then has.

    On the CPU products are IEEE float32 by default; GPUs use TF32 and TPUs bfloat16 unless told otherwise.
    """
    wanted = None
    if device["kind"] != "cpu":
        wanted = "tensorfloat32" if precision == "tf32" and device["kind"] == "cuda" else "highest"
    jax.config.update("jax_default_matmul_precision", wanted)
    jax.config.update("jax_enable_x64", x64)
    return {"jax.default_matmul_precision": wanted or "default", "jax.enable_x64": str(x64).lower()}


def wide_floats(jax: Any) -> Any:
    """A context in which float64 exists."""
    if hasattr(jax, "enable_x64"):
        return jax.enable_x64(True)
    from jax.experimental import enable_x64

    return enable_x64(True)
