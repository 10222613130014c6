"""The environment of a worker."""

from __future__ import annotations

from collections.abc import Mapping

from matmul_lens_runner.coordinator.storage import Storage
from matmul_lens_runner.search_path import absolute_entries

#: Variables that make an interpreter run something of its own when it starts.
_DROPPED = ("PYTHONSTARTUP", "PYTHONINSPECT", "PYTHONSAFEPATH")


def worker_environment(base: Mapping[str, str], storage: Storage, threads: int, device: str) -> dict[str, str]:
    """The coordinator's environment with equal threads on both sides, private caches and no preallocation."""
    result = {name: value for name, value in base.items() if name not in _DROPPED}
    if "PYTHONPATH" in result:
        result["PYTHONPATH"] = absolute_entries(result["PYTHONPATH"])
    count = str(threads)
    result |= {
        "OMP_NUM_THREADS": count,
        "MKL_NUM_THREADS": count,
        "OPENBLAS_NUM_THREADS": count,
        # By default JAX takes three quarters of a GPU's memory (JAX docs, gpu_memory_allocation).
        "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
        "JAX_COMPILATION_CACHE_DIR": storage.cache("jax"),
        "TORCHINDUCTOR_CACHE_DIR": storage.cache("inductor"),
        "TRITON_CACHE_DIR": storage.cache("triton"),
        # Inductor would start a pool of compile processes that outlives a compile.
        "TORCHINDUCTOR_COMPILE_THREADS": "1",
        "TF_CPP_MIN_LOG_LEVEL": "2",
        "GRPC_VERBOSITY": "ERROR",
    }
    if device == "cpu":
        result.setdefault("JAX_PLATFORMS", "cpu")
    return result
