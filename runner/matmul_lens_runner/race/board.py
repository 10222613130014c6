"""The rows of a race as the client sees them; every change is told at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from matmul_lens_runner.protocol import events
from matmul_lens_runner.protocol.failure import Failure, failure_from_json
from matmul_lens_runner.protocol.request import RaceRequest, VariantSpec
from matmul_lens_runner.protocol.results import Comparison, VariantResult
from matmul_lens_runner.protocol.vocabulary import Mode, VariantStatus

#: Forward and backward: two more products for each of the forward ones, by the inputs and by the weights.
TRAINING_WORK = 3


class Board:
    """Rows, remarks and comparisons of one race."""

    def __init__(self, request: RaceRequest, emit: events.Emit) -> None:
        self._race = request.id
        self._emit = emit
        self._rows = {
            (spec.name, mode): _new_row(request, spec, mode) for mode in request.modes for spec in request.variants
        }
        self.notes: list[str] = []
        self._comparisons: dict[Mode, list[Comparison]] = {}
        emit(events.started(request.id, request.target, self.rows()))

    def rows(self) -> list[VariantResult]:
        """All rows, in order."""
        return [row.copy() for row in self._rows.values()]

    def row(self, name: str, mode: Mode) -> VariantResult:
        """One row as it stands."""
        return self._rows[name, mode].copy()

    def update(self, name: str, mode: Mode, **changes: Any) -> None:
        """Changes fields of a row."""
        row = self._rows[name, mode]
        row.update(changes)  # type: ignore[typeddict-item]
        self._emit(events.row(self._race, row.copy()))

    def fail(
        self,
        name: str,
        mode: Mode,
        failure: Failure,
        status: VariantStatus = "failed",
        error: float | None = None,
    ) -> None:
        """Ends a row without a result; `error` is what was measured of one that computes something else."""
        numbers: dict[str, Any] = {
            "median_s": None,
            "ci_s": None,
            "samples": [],
            "flops_per_s": None,
            "compile_s": None,
        }
        said = {"status": status, "reason": failure.message, "failure": failure.to_json(), "error": error}
        self.update(name, mode, **numbers, **said)

    def skip(self, variants: Iterable[VariantSpec], failure: Failure, status: VariantStatus = "skipped") -> None:
        """Ends rows of variants that cannot take part, where they have not ended."""
        names = {spec.name for spec in variants}
        for name, mode in self._rows:
            if name in names and self._rows[name, mode]["status"] in ("waiting", "preparing"):
                self.fail(name, mode, failure, status)

    def skip_mode(self, mode: Mode, failure: Failure, status: VariantStatus) -> None:
        """Ends all rows of a mode that cannot be run."""
        for name, of_mode in self._rows:
            if of_mode == mode and self._rows[name, mode]["status"] == "waiting":
                self.fail(name, mode, failure, status)

    def first_failure(self) -> Failure | None:
        """Why the first row that has no result has none."""
        found = next((row["failure"] for row in self._rows.values() if row["failure"]), None)
        return failure_from_json(found) if found else None

    def note(self, text: str) -> None:
        """Adds a remark, once."""
        if text not in self.notes:
            self.notes.append(text)
            self._emit(events.note(self._race, text))

    def compare(self, mode: Mode, comparisons: list[Comparison]) -> None:
        """Sets the comparisons of one mode."""
        if self._comparisons.get(mode) != comparisons:
            self._comparisons[mode] = comparisons
            self._emit(events.comparisons(self._race, self.comparisons()))

    def comparisons(self) -> list[Comparison]:
        """All comparisons known so far."""
        return [comparison for known in self._comparisons.values() for comparison in known]

    def has_numbers(self) -> bool:
        """Whether any row has been timed."""
        return any(row["median_s"] is not None for row in self._rows.values())

    def settle(self, failure: Failure) -> None:
        """Brings rows that a broken-off race left open to a final status."""
        for row in self._rows.values():
            if row["status"] == "provisional":
                row["status"] = "ok"
            elif row["status"] in ("waiting", "preparing"):
                row["status"] = "skipped"
                row["reason"] = failure.message


def _new_row(request: RaceRequest, spec: VariantSpec, mode: Mode) -> VariantResult:
    flops = request.work.flops if spec.flops is None else spec.flops
    if flops is not None and mode == "training":
        flops *= TRAINING_WORK
    return {
        "name": spec.name,
        "label": spec.label,
        "framework": spec.framework,
        "mode": mode,
        "status": "waiting",
        "reason": None,
        "failure": None,
        "median_s": None,
        "ci_s": None,
        "samples": [],
        "compile_s": None,
        "break_even_calls": None,
        "error": None,
        "flops": flops,
        "flops_per_s": None,
        "peak_fraction": None,
        "peak_memory_bytes": None,
        "source": spec.source,
    }
