"""Compares the structure of a result with the reference's; the framework compares the numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from matmul_lens_runner.protocol.worker_messages import LeafRecord, LeafReport
from matmul_lens_runner.worker.leaves import Leaf

#: Plain numbers may come from float32 on one side and from Python on the other.
VALUE_TOLERANCE = 1e-5


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


def problem(path: str, what: str, dtype: str = "", shape: Sequence[int] = ()) -> LeafReport:
    """A leaf that rules a comparison out."""
    return {"path": path, "dtype": dtype, "shape": list(shape), "error": None, "problem": what}


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
    return {"path": path, "dtype": "value", "shape": [], "error": 0.0, "problem": None}


def _is_scalar(value: Any) -> bool:
    return bool(math.prod(value.shape) == 1)


def _same_value(value: object, expected: object) -> bool:
    if isinstance(expected, float) and isinstance(value, (int, float)):
        return math.isclose(value, expected, rel_tol=VALUE_TOLERANCE)
    # What JSON cannot carry stands in the reference by its representation.
    return value == expected or repr(value) == expected
