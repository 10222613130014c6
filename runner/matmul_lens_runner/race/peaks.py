"""The measured matmul throughput that shares of peak refer to, measured once for each fingerprint."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matmul_lens_runner.coordinator.storage import Storage
from matmul_lens_runner.protocol.failure import Failure
from matmul_lens_runner.protocol.results import Fingerprint
from matmul_lens_runner.protocol.vocabulary import Dtype, WorkerKind
from matmul_lens_runner.race.crew import Crew

#: Time for both frameworks together.
CPU_BUDGET_S = 1.2
ACCELERATOR_BUDGET_S = 4.0

#: Slack for what a worker does around the measuring, such as making operands and compiling a product.
DEADLINE_S = 20.0


class Peaks:
    """Looks a peak up in storage, or has the workers measure it."""

    def __init__(self, storage: Storage, log: Callable[[str], None]) -> None:
        self._storage = storage
        self._log = log

    def find(
        self, crew: Crew, workers: Sequence[WorkerKind], fingerprint: Fingerprint, dtype: Dtype, seen: float
    ) -> float | None:
        """Best operations a second of any framework; null where none could measure it.

        `seen`: the most that a variant of this race reached; a stored peak that it exceeds was measured on a
        busier machine and is measured again.
        """
        key = _key(fingerprint, dtype)
        known = self._storage.read_peaks()
        if key in known and known[key] >= seen:
            return known[key]
        on_cpu = fingerprint["device_kind"] == "cpu"
        budget_s = (CPU_BUDGET_S if on_cpu else ACCELERATOR_BUDGET_S) / max(1, len(workers))
        found: list[float] = []
        for worker in workers:
            answer = crew.ask(worker, "peak", DEADLINE_S, dtype=dtype, on_cpu=on_cpu, budget_s=budget_s)
            if isinstance(answer, Failure):
                self._log(f"The peak of {worker} could not be measured: {answer.message}")
            elif answer["flops_per_s"]:
                found.append(answer["flops_per_s"])
        if key in known:
            found.append(known[key])
        if not found:
            return None
        try:
            self._storage.write_peaks({**known, key: max(found)})
        except OSError as error:
            self._log(f"The measured peak could not be saved: {error}")
        return max(found)


def _key(fingerprint: Fingerprint, dtype: Dtype) -> str:
    parts = (
        fingerprint["device"],
        fingerprint["driver"],
        fingerprint["torch"],
        fingerprint["jax"],
        dtype,
        fingerprint["precision"],
        f"{fingerprint['threads']} threads",
    )
    return " | ".join(str(part) for part in parts)
