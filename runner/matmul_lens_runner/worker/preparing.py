"""First call, check, and calibration of one variant in one mode: the same steps for every framework."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import AbstractContextManager
from itertools import repeat
from time import perf_counter
from typing import Any, Protocol

from matmul_lens_runner.protocol.vocabulary import Mode
from matmul_lens_runner.protocol.worker_messages import LeafReport, Prepared
from matmul_lens_runner.worker.timing import Call, steady_call_s

#: Steady enough to begin: successive probes within 5 %, or after this many seconds.
STEADY_WITHIN = 0.05
PATIENCE_S = 0.3
PROBE_S = 0.006

#: Above this error of a float32 result, the precision of a plain product is measured, too.
SUSPECT_ERROR = 1e-6

EMPTY_CALLS = 1_000


class Contender(Protocol):
    """A variant bound to its inputs, weights and cotangents in one mode."""

    def run(self) -> Any:
        """One call: the outputs, and in training their gradients."""

    def check(self, result: Any) -> list[LeafReport]:
        """Every leaf of a result against the reference; raises OddOutputError."""

    def mutated(self) -> list[str]:
        """Names of inputs whose bytes are no longer what was made; they are then this variant's own."""

    def output_bytes(self, result: Any) -> int:
        """Size of everything that a call returns."""


class Backend(Protocol):
    """What preparing and timing need of a framework."""

    def settle(self, outputs: Collection[Any]) -> None:
        """Waits until outputs are computed."""

    def context(self, mode: Mode) -> AbstractContextManager[Any]:
        """Gradients off unless training is the subject."""

    def reset_peak_memory(self) -> None:
        """Starts a new high-water mark."""

    def peak_memory_bytes(self) -> int | None:
        """The framework's high-water mark since the reset; null where it has none."""

    def matmul_error(self) -> float:
        """Normwise error of a plain float32 product on this device, now."""

    def compile_cache(self) -> tuple[int, int]:
        """Hits and misses of the persistent compile cache so far."""


def prepare(backend: Backend, contender: Contender, mode: Mode) -> tuple[Call, Prepared]:
    """Makes a variant ready to be timed. What the variant raises passes through."""
    with backend.context(mode):
        hits, misses = backend.compile_cache()
        start = perf_counter()
        result = contender.run()
        backend.settle((result,))
        first_s = perf_counter() - start
        new_hits, new_misses = backend.compile_cache()
        leaves = contender.check(result)
        mutated = contender.mutated()
        call = Call(contender.run, backend.settle, contender.output_bytes(result))
        del result
        backend.reset_peak_memory()
        steady_s = steady_call_s(call, PROBE_S, STEADY_WITHIN, PATIENCE_S)
        suspect = any((leaf["error"] or 0) > SUSPECT_ERROR and leaf["dtype"] == "f32" for leaf in leaves)
        return call, {
            "first_s": first_s,
            "steady_s": steady_s,
            "empty_s": _empty_call_s(),
            "leaves": leaves,
            "mutated": mutated,
            "matmul_error": backend.matmul_error() if suspect else None,
            "cache": "cold" if new_misses > misses else "warm" if new_hits > hits else None,
            "peak_memory_bytes": backend.peak_memory_bytes(),
        }


def _empty_call_s() -> float:
    """Time of one turn of the measuring loop around a function that does nothing."""

    def nothing() -> None:
        return None

    start = perf_counter()
    for _ in repeat(None, EMPTY_CALLS):
        nothing()
    return (perf_counter() - start) / EMPTY_CALLS
