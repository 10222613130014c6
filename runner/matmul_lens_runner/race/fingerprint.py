"""What the results of a race hold for."""

from __future__ import annotations

import os
from collections.abc import Mapping

from matmul_lens_runner.protocol.request import RaceRequest
from matmul_lens_runner.protocol.results import Environment, Fingerprint
from matmul_lens_runner.protocol.vocabulary import WorkerKind
from matmul_lens_runner.protocol.worker_messages import Configured
from matmul_lens_runner.race.conditions import Conditions

#: Variables of the reader's that change what is measured.
_VARIABLES = ("XLA_FLAGS", "JAX_PLATFORMS", "CUDA_VISIBLE_DEVICES", "CUBLAS_WORKSPACE_CONFIG", "OMP_NUM_THREADS")

#: Raised whenever the method of measuring changes, so that older results are told apart.
METHOD_VERSION = "1"


def make_fingerprint(
    request: RaceRequest,
    configured: Mapping[WorkerKind, Configured],
    environments: Mapping[WorkerKind, Environment],
    conditions: Conditions,
    load: float | None,
) -> Fingerprint:
    """The fingerprint as far as it is known; before any worker is set up, of this machine's CPU."""
    leader = next(iter(configured.values()), None)
    flags = {"method": METHOD_VERSION}
    for each in configured.values():
        flags |= each["flags"]
    for name in _VARIABLES:
        if os.environ.get(name):
            flags[name] = os.environ[name]
    if conditions.pin is not None:
        flags["pinned_cpu"] = str(conditions.pin)
    python = next((each["python"] for each in environments.values()), None)
    reduced = request.precision == "tf32" and leader is not None and leader["device"]["kind"] == "cuda"
    return {
        "device": leader["device"]["name"] if leader else "unknown",
        "device_kind": leader["device"]["kind"] if leader else "cpu",
        "driver": leader["driver"] if leader else None,
        "python": python,
        "numpy": next((each["numpy"] for each in environments.values() if each["numpy"]), None),
        "torch": environments["torch"]["version"] if "torch" in environments else None,
        "jax": environments["jax"]["version"] if "jax" in environments else None,
        "threads": conditions.threads,
        "precision": "tf32" if reduced else "highest",
        "flags": flags,
        "load": load,
    }
