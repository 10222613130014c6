"""The shapes of what a race yields, as in `src/protocol/report.ts`. Times in seconds, sizes in bytes."""

from __future__ import annotations

from typing import Any, Literal, TypedDict

from matmul_lens_runner.protocol.vocabulary import DeviceKind, Framework, Mode, VariantStatus, Verdict, WorkerKind


class Device(TypedDict):
    """A device that a framework can use."""

    id: str
    kind: DeviceKind
    name: str
    memory_bytes: int | None


class Environment(TypedDict):
    """What one interpreter offers; `version` is null where the framework is absent or broken."""

    framework: WorkerKind
    executable: str
    python: str
    version: str | None
    numpy: str | None
    devices: list[Device]
    threads: int


class Fingerprint(TypedDict):
    """What a result holds for; reports are comparable only where fingerprints match."""

    device: str
    device_kind: DeviceKind
    driver: str | None
    python: str | None
    numpy: str | None
    torch: str | None
    jax: str | None
    threads: int
    precision: str
    flags: dict[str, str]
    load: float | None


class VariantResult(TypedDict):
    """One variant in one mode."""

    name: str
    label: str
    framework: Framework
    mode: Mode
    status: VariantStatus
    reason: str | None
    failure: dict[str, Any] | None
    median_s: float | None
    ci_s: list[float] | None
    samples: list[float]
    compile_s: float | None
    break_even_calls: float | None
    error: float | None
    flops: float | None
    flops_per_s: float | None
    peak_fraction: float | None
    peak_memory_bytes: int | None
    source: str


class Comparison(TypedDict):
    """`ratio` is the time of b divided by the time of a; under 1, b is faster."""

    a: str
    b: str
    mode: Mode
    ratio: float | None
    ci: list[float] | None
    verdict: Verdict
    reason: str | None


class Report(TypedDict):
    """The contract of `bench --format json`; `partial` races have no verdicts."""

    schema: str
    status: Literal["complete", "partial"]
    started_at: str
    duration_s: float
    target: dict[str, Any]
    fingerprint: Fingerprint
    variants: list[VariantResult]
    comparisons: list[Comparison]
    notes: list[str]
