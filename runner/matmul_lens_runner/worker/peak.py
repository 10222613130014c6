"""The matmul throughput that a framework reaches on this device: what a variant's share of peak is a share of."""

from __future__ import annotations

from time import perf_counter

from matmul_lens_runner.protocol.vocabulary import Dtype
from matmul_lens_runner.worker.preparing import Backend
from matmul_lens_runner.worker.side import Side
from matmul_lens_runner.worker.timing import Call, time_block

#: Large enough to be bound by arithmetic on the device; the budget ends the list early on slow ones.
CPU_SIZES = (1024, 1536, 2048)
ACCELERATOR_SIZES = (2048, 4096, 8192)
REPEATS = 3


def measure_peak(side: Side, backend: Backend, dtype: Dtype, on_cpu: bool, budget_s: float) -> float | None:
    """Best floating-point operations a second over a few square products; null where none ran."""
    best: float | None = None
    began = perf_counter()
    with backend.context("forward"):
        for size in CPU_SIZES if on_cpu else ACCELERATOR_SIZES:
            run = side.matmul(size, dtype)
            call = Call(run, backend.settle, size * size * 8)
            backend.settle((run(),))
            took = 0.0
            for _ in range(REPEATS):
                (stretch,) = time_block(call, 1, 1, rewarm=False)["stretches"]
                took = stretch["call_s"]
                best = max(best or 0.0, 2.0 * size**3 / took)
                if perf_counter() - began > budget_s:
                    return best
            # The next size is at most eight times the work, run about five times.
            if perf_counter() - began + 5 * 8 * took > budget_s and took > budget_s / 100:
                return best
    return best
