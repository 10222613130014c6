"""Imports a worker's framework and describes the interpreter it lives in."""

from __future__ import annotations

import importlib
import importlib.metadata
import os
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from matmul_lens_runner.protocol.failure import Failure
from matmul_lens_runner.protocol.results import Device, Environment
from matmul_lens_runner.protocol.tracebacks import failure_of
from matmul_lens_runner.protocol.vocabulary import WorkerKind
from matmul_lens_runner.worker.side import Side

_PRODUCT = {"torch": "PyTorch", "jax": "JAX"}


@dataclass
class Installed:
    """A framework that could be imported; `warm_ups` are done in idle time, each short."""

    side: Side
    environment: Environment
    warm_ups: list[Callable[[], Any]] = field(default_factory=list)


def import_framework(framework: WorkerKind, threads: int) -> Installed | Failure:
    """Imports the framework; failures are `frameworkAbsent` and `importFailed`."""
    try:
        module = importlib.import_module(framework)
        installed = _torch(module, threads) if framework == "torch" else _jax(module, threads)
    except ModuleNotFoundError as error:
        if error.name in (framework, "jaxlib"):
            return Failure(
                "frameworkAbsent",
                f"{_PRODUCT[framework]} is not installed in {sys.executable}.",
                f"Install {framework} there, or choose another interpreter.",
            )
        return _broken(framework, error)
    except (Exception, SystemExit) as error:
        return _broken(framework, error)
    return installed


def bare_environment(framework: WorkerKind, threads: int) -> Environment:
    """The interpreter without its framework."""
    return _environment(framework, None, [], threads)


def _torch(torch: Any, threads: int) -> Installed:
    from matmul_lens_runner.worker.torch_side.device import torch_devices
    from matmul_lens_runner.worker.torch_side.side import TorchSide

    torch.set_num_threads(threads)
    # What torch.compile imports takes as long as torch itself; done while idle, a first race need not wait for it.
    lazy = ("torch._dynamo", "torch._functorch.aot_autograd", "torch._inductor.compile_fx", "torch._functorch.vmap")
    devices = torch_devices(torch)
    warm_ups: list[Callable[[], Any]] = [lambda: torch.randn(256, 256) @ torch.randn(256, 256)]
    warm_ups += [partial(importlib.import_module, name) for name in lazy]
    return Installed(TorchSide(torch), _environment("torch", str(torch.__version__), devices, threads), warm_ups)


def _jax(jax: Any, threads: int) -> Installed:
    from matmul_lens_runner.worker.jax_side.device import POOL_VARIABLE, jax_devices
    from matmul_lens_runner.worker.jax_side.side import JaxSide

    os.environ[POOL_VARIABLE] = str(threads)
    devices = [description for description, _ in jax_devices(jax)]
    first = jax.jit(lambda x: x + 1)
    warm_ups: list[Callable[[], Any]] = [lambda: first(jax.numpy.zeros(3)).block_until_ready()]
    return Installed(JaxSide(jax), _environment("jax", str(jax.__version__), devices, threads), warm_ups)


def _environment(framework: WorkerKind, version: str | None, devices: list[Device], threads: int) -> Environment:
    try:
        numpy = importlib.metadata.version("numpy")
    except importlib.metadata.PackageNotFoundError:
        numpy = None
    return {
        "framework": framework,
        "executable": sys.executable,
        "python": platform.python_version(),
        "version": version,
        "numpy": numpy,
        "devices": devices,
        "threads": threads,
    }


def _broken(framework: WorkerKind, error: BaseException) -> Failure:
    failure = failure_of(error, "importFailed", ())
    return Failure(
        failure.kind,
        f"Importing {_PRODUCT[framework]} in {sys.executable} failed: {failure.message}",
        detail=failure.detail,
    )
