"""The device layer of PyTorch: which devices there are, waiting for one, its memory, its precision flags."""

from __future__ import annotations

from typing import Any

from matmul_lens_runner.protocol.results import Device
from matmul_lens_runner.protocol.vocabulary import DeviceKind, Precision
from matmul_lens_runner.worker.devices import cpu_name


class TorchDevice:
    """One device as PyTorch sees it."""

    def __init__(self, torch: Any, description: Device) -> None:
        self._torch = torch
        self.description = description
        self.handle = torch.device(description["id"])

    @property
    def is_cpu(self) -> bool:
        """Whether calls return only when they are done."""
        return self.description["kind"] == "cpu"

    def synchronize(self) -> None:
        """Waits for every stream of the device."""
        kind = self.description["kind"]
        if kind in ("cuda", "rocm"):
            self._torch.cuda.synchronize(self.handle)
        elif kind == "mps":
            self._torch.mps.synchronize()

    def reference_handle(self) -> Any:
        """Where float64 is computed: Apple's GPU has none."""
        return self._torch.device("cpu") if self.description["kind"] == "mps" else self.handle

    def free_bytes(self) -> int | None:
        """Free memory of a GPU; null where it shares the host's."""
        if self.description["kind"] in ("cuda", "rocm"):
            return int(self._torch.cuda.mem_get_info(self.handle)[0])
        return None

    def reset_peak_memory(self) -> None:
        """Starts a new high-water mark."""
        if self.description["kind"] in ("cuda", "rocm"):
            self._torch.cuda.reset_peak_memory_stats(self.handle)

    def peak_memory_bytes(self) -> int | None:
        """The allocator's high-water mark since the reset; null where the framework keeps none."""
        if self.description["kind"] in ("cuda", "rocm"):
            return int(self._torch.cuda.max_memory_allocated(self.handle))
        return None

    def driver(self) -> str | None:
        """Version of the GPU's runtime and, on Linux, its kernel driver."""
        kind = self.description["kind"]
        if kind == "rocm":
            return f"ROCm {self._torch.version.hip}"
        if kind != "cuda":
            return None
        runtime = f"CUDA {self._torch.version.cuda}"
        try:
            with open("/proc/driver/nvidia/version", encoding="utf-8") as stream:
                return f"{runtime}, {stream.readline().strip()}"
        except OSError:
            return runtime


def torch_devices(torch: Any) -> list[Device]:
    """All devices, accelerators first."""
    devices: list[Device] = []
    if torch.cuda.is_available():
        kind: DeviceKind = "rocm" if torch.version.hip else "cuda"
        for index in range(torch.cuda.device_count()):
            properties = torch.cuda.get_device_properties(index)
            memory = int(properties.total_memory)
            devices.append({"id": f"cuda:{index}", "kind": kind, "name": properties.name, "memory_bytes": memory})
    mps = getattr(torch.backends, "mps", None)
    if mps is not None and mps.is_available():
        devices.append({"id": "mps", "kind": "mps", "name": f"{cpu_name()} GPU", "memory_bytes": None})
    devices.append({"id": "cpu", "kind": "cpu", "name": cpu_name(), "memory_bytes": None})
    return devices


def set_precision(torch: Any, device: Device, precision: Precision) -> dict[str, str]:
    """Fixes the precision of float32 products; returns what PyTorch then reports.

    Through the older interface, which Inductor reads: setting the newer `fp32_precision` attributes beside it
    makes the older getters raise. On CPU `high` may choose reduced precision, so TF32 is only for CUDA devices.
    """
    reduced = precision == "tf32" and device["kind"] == "cuda"
    torch.set_float32_matmul_precision("high" if reduced else "highest")
    torch.backends.cudnn.allow_tf32 = reduced
    return {"torch.float32_matmul_precision": torch.get_float32_matmul_precision()}
