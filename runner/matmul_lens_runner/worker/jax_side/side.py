"""JAX' part of a race."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Sequence
from typing import Any

from matmul_lens_runner.protocol.failure import Failure
from matmul_lens_runner.protocol.request import InitArgument, InputSpec, Program, VariantSpec
from matmul_lens_runner.protocol.vocabulary import Dtype, Mode, Precision
from matmul_lens_runner.protocol.worker_messages import ArrayRecord, Configured, InputRecord, Loaded, ReferenceFile
from matmul_lens_runner.worker.arrays import ArrayFolder, read_list
from matmul_lens_runner.worker.devices import choose_device
from matmul_lens_runner.worker.jax_side.backend import CompileCacheEvents, JaxBackend
from matmul_lens_runner.worker.jax_side.contender import Bound, JaxForward, JaxTraining
from matmul_lens_runner.worker.jax_side.device import JaxDevice, jax_devices, set_precision, set_threads
from matmul_lens_runner.worker.jax_side.parameters import SharedState
from matmul_lens_runner.worker.jax_side.reference import jax_reference
from matmul_lens_runner.worker.leaves import OddOutputError
from matmul_lens_runner.worker.loading.programs import Programs
from matmul_lens_runner.worker.numpy_side import ndarrays
from matmul_lens_runner.worker.numpy_side.inputs import make_inputs
from matmul_lens_runner.worker.passing import plan_passing
from matmul_lens_runner.worker.preparing import Contender

INT32_MAX = 2**31 - 1


class JaxSide:
    """Holds JAX programs, inputs and weights of one race."""

    #: There since `configure`: a device that is held keeps the thread pool of a client that is started anew.
    _device: JaxDevice
    backend: JaxBackend

    def __init__(self, jax: Any) -> None:
        self._jax = jax
        self._cache = CompileCacheEvents(jax)
        self._programs = Programs({"math": math})
        self._x64 = False
        self._input_records: list[InputRecord] = []
        self._values: dict[str, Any] = {}
        self._state: dict[str, ArrayRecord] | None = None

    def configure(
        self, device: str, precision: Precision, threads: int, pin: int | None, x64: bool
    ) -> Configured | Failure:
        """Sizes the thread pool, chooses the device, and fixes precision and float width."""
        real_threads = set_threads(self._jax, threads, pin)
        devices = jax_devices(self._jax)
        chosen = choose_device([description for description, _ in devices], device)
        if chosen is None:
            there = ", ".join(description["id"] for description, _ in devices)
            return Failure("unsupported", f"JAX has no device {device} here; it has {there}.")
        self._device = JaxDevice(chosen, next(handle for description, handle in devices if description is chosen))
        self.backend = JaxBackend(self._jax, self._device, self._cache)
        self._x64 = x64
        return {
            "device": chosen,
            "driver": self._device.driver(),
            "threads": real_threads,
            "flags": {
                **set_precision(self._jax, chosen, precision, x64),
                "jax.xla_cpu_threads": str(real_threads),
            },
            "free_bytes": self._device.free_bytes(),
        }

    def make_inputs(self, specs: Sequence[InputSpec], seed: int, folder: ArrayFolder) -> str | Failure:
        """Makes and writes the inputs; the path of their list."""
        return make_inputs(specs, seed, folder)

    def load(
        self,
        programs: Sequence[Program],
        init: Sequence[InitArgument],
        seed: int,
        state: str | None,
        folder: ArrayFolder,
    ) -> Loaded:
        """Loads JAX programs; weights come from PyTorch by `bind`."""
        failures = {}
        for program in programs:
            failure = self._programs.load(program, init, lambda target: None)
            if failure:
                failures[program.id] = failure.to_json()
        return {"failures": failures, "state": state, "notes": self._programs.remarks()}

    def bind(self, inputs: str, state: str | None) -> Failure | None:
        """Puts the inputs on the device; refuses integers that 32 bits cannot hold."""
        self._input_records = read_list(inputs)
        self._state = read_list(state) if state else None
        for record in self._input_records:
            name, array = record["name"], record["array"]
            if record["kind"] == "opaque":
                return Failure("unsupported", f"Input {name} is an object that only PyTorch's worker can make.")
            if array is not None:
                value = ndarrays.load(array)
                if array["dtype"] == "i64" and not self._x64 and value.size and abs(value).max() > INT32_MAX:
                    return Failure("unsupported", f"Input {name} has integers that need 64 bits, which JAX has off.")
                self._values[name] = self._jax.device_put(value, self._device.handle)
            elif record["expression"] is not None:
                self._values[name] = ast.literal_eval(record["expression"])
        return None

    def reference(self, spec: VariantSpec, mode: Mode, seed: int, folder: ArrayFolder) -> dict[str, Any] | Failure:
        """Computes the reference under 64-bit floats; only for variants without PyTorch's weights."""
        bound = self._bound(spec, ())
        if isinstance(bound, Failure):
            return bound
        try:
            made = jax_reference(self._jax, bound, mode, seed, folder)
            return made if isinstance(made, Failure) else {"reference": made, "notes": []}
        except OddOutputError as error:
            return Failure("unsupported", f"The {error}.")
        except Exception as error:
            return self.failure(spec, error)

    def contender(self, spec: VariantSpec, mode: Mode, reference: str) -> Contender | Failure:
        """Binds a variant to inputs, weights and cotangents."""
        file: ReferenceFile = read_list(reference)
        bound = self._bound(spec, tuple(file["parameter_gradients"]))
        if isinstance(bound, Failure):
            return bound
        if mode == "forward":
            return JaxForward(self._jax, bound, file)
        return JaxTraining(self._jax, bound, file, self._device.handle)

    def forget_inputs(self, mode: Mode) -> None:
        """JAX arrays cannot be written to."""

    def mutated(self) -> list[str]:
        """JAX arrays cannot be written to."""
        return []

    def failure(self, spec: VariantSpec, error: BaseException) -> Failure:
        """The failure of an exception that a variant raised."""
        return self._programs.failure(spec, error)

    def matmul(self, size: int, dtype: Dtype) -> Callable[[], Any]:
        """A compiled square product of normal values, for the peak."""
        import numpy as np

        values = [np.random.default_rng(seed).standard_normal((size, size)) for seed in range(2)]
        a, b = (self._jax.device_put(each.astype(ndarrays.numpy_dtype(dtype)), self._device.handle) for each in values)
        product = self._jax.jit(lambda a, b: a @ b)
        return lambda: product(a, b)

    def _bound(self, spec: VariantSpec, trained: Sequence[str]) -> Bound | Failure:
        source = self._programs.source_of(spec)
        if isinstance(source, Failure):
            return source
        convert = source.params_from_state_dict
        inputs = [(each["name"], each["kind"] != "default") for each in self._input_records]
        # The variant's own signature counts: its target may take its weights, or go by other names.
        passing = plan_passing(source.variant, inputs, skip=1 if convert else 0)
        if isinstance(passing, Failure):
            return passing
        if convert is None:
            return Bound(source.variant, passing, self._values)
        if self._state is None:
            return Failure("unsupported", f"{spec.label} takes its weights from PyTorch, which is not in this race.")
        try:
            state = SharedState(self._jax, convert, self._state, self._device.handle)
            return Bound(source.variant, passing, self._values, state.parameters(trained), state)
        except Exception as error:
            return self.failure(spec, error)
