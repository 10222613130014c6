"""Compares the structure of a result with the reference's; the framework compares the numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from matmul_lens_runner.protocol.worker_messages import LeafRecord, LeafReport
from matmul_lens_runner.worker.leaves import Leaf

#: Keep the error of a result that should be exactly zero finite, as JSON needs it.
TINY, HUGE = 1e-300, 1e300

#: Plain numbers may come from float32 on one side and from Python on the other.
VALUE_TOLERANCE = 1e-5


@dataclass(frozen=True)
class Distance:
    """How far an array x is from its reference r, in the 2-norm over all elements: |x - r|, and |r|."""

    distance: float
    norm: float

    @property
    def error(self) -> float:
        """Relative to the reference."""
        return min(self.distance / max(self.norm, TINY), HUGE) if self.distance else 0.0


def check_outputs(
    leaves: Sequence[Leaf],
    reference: Sequence[LeafRecord],
    compare: Callable[[Any, LeafRecord], LeafReport],
) -> list[LeafReport]:
    """A report for each leaf of the reference, and for each that should not be there."""
    found = {leaf.path: leaf for leaf in leaves}
    expected = {record["path"] for record in reference}
    reports = [_check(found.get(record["path"]), record, compare) for record in reference]
    return reports + [
        problem(leaf.path, "is not an output of the code as written") for leaf in leaves if leaf.path not in expected
    ]


def report(path: str, dtype: str, shape: Sequence[int], found: Distance | str, reference: str) -> LeafReport:
    """What came of comparing one array; a string is the reason why there is no distance."""
    if isinstance(found, str):
        return problem(path, found, dtype, shape)
    return {
        "path": path,
        "dtype": dtype,
        "shape": list(shape),
        "error": found.error,
        "problem": None,
        "distance": found.distance,
        "norm": found.norm,
        "reference": reference,
    }


def problem(path: str, what: str, dtype: str = "", shape: Sequence[int] = ()) -> LeafReport:
    """A leaf that rules a comparison out."""
    return {
        "path": path,
        "dtype": dtype,
        "shape": list(shape),
        "error": None,
        "problem": what,
        "distance": 0.0,
        "norm": 0.0,
        "reference": "",
    }


def _check(leaf: Leaf | None, record: LeafRecord, compare: Callable[[Any, LeafRecord], LeafReport]) -> LeafReport:
    path = record["path"]
    if leaf is None:
        return problem(path, "is missing")
    if record["array"] is not None:
        if not leaf.is_array:
            return problem(path, f"is {leaf.value!r} instead of an array")
        return compare(leaf.value, record)
    value = leaf.value.item() if leaf.is_array and _is_scalar(leaf.value) else leaf.value
    if not _same_value(value, record["value"]):
        return problem(path, f"is {value!r} instead of {record['value']!r}")
    return report(path, "value", [], Distance(0.0, 0.0), "value")


def _is_scalar(value: Any) -> bool:
    return bool(math.prod(value.shape) == 1)


def _same_value(value: object, expected: object) -> bool:
    if isinstance(expected, float) and isinstance(value, (int, float)):
        return math.isclose(value, expected, rel_tol=VALUE_TOLERANCE)
    # What JSON cannot carry stands in the reference by its representation.
    return value == expected or repr(value) == expected
