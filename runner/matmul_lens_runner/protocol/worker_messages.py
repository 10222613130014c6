"""What the coordinator and a worker say to each other: one JSON object a line, a question and its answer.

A question is `{"id": n, "do": name, ...}`; its answer `{"id": n, "ok": {...}}` or `{"id": n, "failure": {...}}`.
Unasked, a worker says once what it is: `{"say": "ready", "environment": ...}`, or `absent` or `broken` with a
failure. Arrays and long lists travel as files in the race's private folder; a message names them by path.
"""

from __future__ import annotations

from typing import Any, Literal, TypedDict

from matmul_lens_runner.protocol.results import Device
from matmul_lens_runner.protocol.vocabulary import Dtype


class ArrayRecord(TypedDict):
    """One array as raw little-endian bytes in C order in a file of its own."""

    dtype: Dtype
    shape: list[int]
    file: str
    sha256: str


class InputRecord(TypedDict):
    """One argument of the raced function.

    `literal`: the same Python value on both sides; `opaque`: an object that only the torch worker can make of
    its expression, from `seed` so that it is the same each time; `default`: not passed.
    """

    name: str
    kind: Literal["array", "literal", "opaque", "default"]
    array: ArrayRecord | None
    expression: str | None
    seed: int


class LeafRecord(TypedDict):
    """One leaf of the reference: an array, or a plain value. `differentiable` leaves get a cotangent."""

    path: str
    array: ArrayRecord | None
    value: Any
    dtype: str
    shape: list[int]
    differentiable: bool


class ReferenceFile(TypedDict):
    """Outputs and gradients of the reference, with the cotangents that made the gradients."""

    outputs: list[LeafRecord]
    cotangents: dict[str, ArrayRecord]
    input_gradients: dict[str, ArrayRecord]
    parameter_gradients: dict[str, ArrayRecord]


class Configured(TypedDict):
    """How a worker set itself up."""

    device: Device
    driver: str | None
    threads: int
    flags: dict[str, str]
    free_bytes: int | None


class Loaded(TypedDict):
    """Failures by program; the weights all variants share, by path; remarks."""

    failures: dict[str, dict[str, Any]]
    state: str | None
    notes: list[str]


class LeafReport(TypedDict):
    """One leaf x against the reference r, or what rules a comparison out, as a sentence's predicate.

    `error`: |x - r| / |r|; `distance`: |x - r|; `norm`: |r|; `reference`: the dtype that r was computed in.
    """

    path: str
    dtype: str
    shape: list[int]
    error: float | None
    problem: str | None
    distance: float
    norm: float
    reference: str


class Prepared(TypedDict):
    """The first call, the check, and the calibration of one variant in one mode."""

    first_s: float
    steady_s: float
    empty_s: float
    leaves: list[LeafReport]
    mutated: list[str]
    matmul_error: float | None
    cache: str | None
    peak_memory_bytes: int | None


class Stretch(TypedDict):
    """One call's share of N calls and one wait, in host time, and of the process's CPU time meanwhile."""

    call_s: float
    cpu_s: float


class Block(TypedDict):
    """The timed stretches of one turn of a variant, at least one."""

    stretches: list[Stretch]
