"""The closed sets of words of the wire."""

from __future__ import annotations

from typing import Literal, get_args

PROTOCOL_VERSION = 1
REPORT_SCHEMA = "matmul-lens.report/1"

#: Where a framework runs; NumPy has no worker of its own.
WorkerKind = Literal["torch", "jax"]
Framework = Literal["torch", "jax", "numpy"]
Mode = Literal["forward", "training"]
Dtype = Literal["f16", "bf16", "f32", "f64", "i8", "i16", "i32", "i64", "u8", "bool", "c64", "c128"]
Verdict = Literal["faster", "slower", "no difference", "inconclusive", "not comparable"]
DeviceKind = Literal["cpu", "cuda", "rocm", "mps", "tpu"]
Precision = Literal["highest", "tf32"]
VariantStatus = Literal["waiting", "preparing", "provisional", "ok", "failed", "skipped"]
WorkerStatus = Literal["starting", "ready", "absent", "broken", "exited"]
Phase = Literal["workers", "load", "reference", "prepare", "measure"]
LogLevel = Literal["info", "warning", "error"]
FailureKind = Literal[
    "noPython",
    "frameworkAbsent",
    "importFailed",
    "loadFailed",
    "inputsFailed",
    "runFailed",
    "outputsDiffer",
    "timedOut",
    "cancelled",
    "workerDied",
    "outOfMemory",
    "deviceBusy",
    "unsupported",
    "badRequest",
    "internal",
]

WORKER_KINDS: tuple[WorkerKind, ...] = get_args(WorkerKind)
FRAMEWORKS: tuple[Framework, ...] = get_args(Framework)
MODES: tuple[Mode, ...] = get_args(Mode)
DTYPES: tuple[Dtype, ...] = get_args(Dtype)
PRECISIONS: tuple[Precision, ...] = get_args(Precision)
FAILURE_KINDS: tuple[FailureKind, ...] = get_args(FailureKind)

FLOAT_DTYPES: tuple[Dtype, ...] = ("f16", "bf16", "f32", "f64")
COMPLEX_DTYPES: tuple[Dtype, ...] = ("c64", "c128")
INTEGER_DTYPES: tuple[Dtype, ...] = ("i8", "i16", "i32", "i64", "u8")

#: Bytes of one element.
ITEM_BYTES: dict[Dtype, int] = {
    "f16": 2,
    "bf16": 2,
    "f32": 4,
    "f64": 8,
    "i8": 1,
    "i16": 2,
    "i32": 4,
    "i64": 8,
    "u8": 1,
    "bool": 1,
    "c64": 8,
    "c128": 16,
}

#: Unit roundoff u of round-to-nearest: half the distance from 1 to the next number (Higham, Accuracy and
#: Stability of Numerical Algorithms, 2nd ed., section 2.1).
UNIT_ROUNDOFF: dict[str, float] = {
    "f16": 2.0**-11,
    "bf16": 2.0**-8,
    "f32": 2.0**-24,
    "f64": 2.0**-53,
    "c64": 2.0**-24,
    "c128": 2.0**-53,
    "tf32": 2.0**-11,
}
