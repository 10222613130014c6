"""What preparing and timing need of JAX."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from matmul_lens_runner.protocol.vocabulary import Mode
from matmul_lens_runner.worker.jax_side.device import JaxDevice
from matmul_lens_runner.worker.numpy_side import ndarrays

PROBE_SIZE = 256


class CompileCacheEvents:
    """Counts hits and misses of JAX' persistent compile cache, which it reports as monitoring events."""

    def __init__(self, jax: Any) -> None:
        self.hits = 0
        self.misses = 0
        jax.monitoring.register_event_listener(self._listen)

    def _listen(self, event: str, **details: Any) -> None:
        if event == "/jax/compilation_cache/cache_hits":
            self.hits += 1
        elif event == "/jax/compilation_cache/cache_misses":
            self.misses += 1


class JaxBackend:
    """Waiting, memory, precision and compile cache of JAX on one device."""

    def __init__(self, jax: Any, device: JaxDevice, cache: CompileCacheEvents) -> None:
        self._jax = jax
        self._device = device
        self._cache = cache

    def settle(self, outputs: Collection[Any]) -> None:
        """Waits for every array of the outputs; a call returns before they are computed."""
        self._jax.block_until_ready(list(outputs))

    def context(self, mode: Mode) -> AbstractContextManager[Any]:
        """Nothing is recorded for gradients unless they are asked for."""
        return nullcontext()

    def reset_peak_memory(self) -> None:
        """Remembers the high-water mark."""
        self._device.reset_peak_memory()

    def peak_memory_bytes(self) -> int | None:
        """The high-water mark where it rose since the reset."""
        return self._device.peak_memory_bytes()

    def matmul_error(self) -> float:
        """Normwise error of a plain float32 product under the flags that hold now."""
        import numpy as np

        generator = np.random.default_rng(0)
        a, b = (generator.standard_normal((PROBE_SIZE, PROBE_SIZE)).astype(np.float32) for _ in range(2))
        put = self._jax.device_put
        return ndarrays.matmul_error(put(a, self._device.handle) @ put(b, self._device.handle), a, b)

    def compile_cache(self) -> tuple[int, int]:
        """Hits and misses so far."""
        return self._cache.hits, self._cache.misses
