"""What preparing and timing need of PyTorch."""

from __future__ import annotations

import sys
from collections.abc import Collection
from contextlib import AbstractContextManager
from typing import Any

from matmul_lens_runner.protocol.vocabulary import Mode
from matmul_lens_runner.worker.torch_side.device import TorchDevice
from matmul_lens_runner.worker.torch_side.tensors import Tensors

PROBE_SIZE = 256


class TorchBackend:
    """Waiting, gradients, memory, precision and compile cache of PyTorch on one device."""

    def __init__(self, torch: Any, tensors: Tensors, device: TorchDevice) -> None:
        self._torch = torch
        self._tensors = tensors
        self._device = device

    def settle(self, outputs: Collection[Any]) -> None:
        """Waits for the whole device; on the CPU calls return when they are done."""
        if not self._device.is_cpu:
            self._device.synchronize()

    def context(self, mode: Mode) -> AbstractContextManager[Any]:
        """Gradients off unless training is the subject."""
        context: AbstractContextManager[Any]
        context = self._torch.enable_grad() if mode == "training" else self._torch.no_grad()
        return context

    def reset_peak_memory(self) -> None:
        """Starts a new high-water mark."""
        self._device.reset_peak_memory()

    def peak_memory_bytes(self) -> int | None:
        """The allocator's high-water mark since the reset."""
        return self._device.peak_memory_bytes()

    def matmul_error(self) -> float:
        """Normwise error of a plain float32 product under the flags that hold now."""
        torch = self._torch
        generator = torch.Generator().manual_seed(0)
        a, b = (torch.randn(PROBE_SIZE, PROBE_SIZE, generator=generator) for _ in range(2))
        product = a.to(self._device.handle) @ b.to(self._device.handle)
        found = self._tensors.difference(product, a.double() @ b.double())
        return 1.0 if isinstance(found, str) else found.error

    def compile_cache(self) -> tuple[int, int]:
        """Hits and misses of Inductor's graph cache so far."""
        dynamo = sys.modules.get("torch._dynamo.utils")
        counters = getattr(dynamo, "counters", {}).get("inductor", {})
        return int(counters.get("fxgraph_cache_hit", 0)), int(counters.get("fxgraph_cache_miss", 0))
