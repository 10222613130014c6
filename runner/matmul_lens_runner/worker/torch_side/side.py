"""PyTorch's part of a race."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from matmul_lens_runner.protocol.failure import Failure
from matmul_lens_runner.protocol.request import InitArgument, InputSpec, Program, VariantSpec
from matmul_lens_runner.protocol.vocabulary import Dtype, Mode, Precision
from matmul_lens_runner.protocol.worker_messages import ArrayRecord, Configured, InputRecord, Loaded
from matmul_lens_runner.worker.arrays import ArrayFolder, read_list
from matmul_lens_runner.worker.devices import choose_device
from matmul_lens_runner.worker.leaves import OddOutputError
from matmul_lens_runner.worker.loading.programs import Programs
from matmul_lens_runner.worker.loading.target import Target
from matmul_lens_runner.worker.passing import Passing, plan_passing
from matmul_lens_runner.worker.preparing import Contender
from matmul_lens_runner.worker.threads import pin_to_cpu
from matmul_lens_runner.worker.torch_side.backend import TorchBackend
from matmul_lens_runner.worker.torch_side.contender import BoundInputs, ForwardContender, TrainingContender
from matmul_lens_runner.worker.torch_side.device import TorchDevice, set_precision, torch_devices
from matmul_lens_runner.worker.torch_side.inductor import ready_inductor
from matmul_lens_runner.worker.torch_side.inputs import TorchInputs
from matmul_lens_runner.worker.torch_side.reference import Subject, TorchReference
from matmul_lens_runner.worker.torch_side.seeding import seed_generators
from matmul_lens_runner.worker.torch_side.tensors import Tensors
from matmul_lens_runner.worker.torch_side.weights import SharedWeights, trainable


class TorchSide:
    """Holds the reader's loaded code, the inputs and the weights of one race."""

    def __init__(self, torch: Any) -> None:
        self._torch = torch
        self._tensors = Tensors(torch)
        self._inputs = TorchInputs(torch, self._tensors)
        self._device = TorchDevice(torch, torch_devices(torch)[-1])
        self._programs = Programs({"torch": torch, "math": math})
        self._input_records: list[InputRecord] = []
        self._bound: dict[Mode, BoundInputs] = {}
        self.backend = TorchBackend(torch, self._tensors, self._device)

    def configure(
        self, device: str, precision: Precision, threads: int, pin: int | None, x64: bool
    ) -> Configured | Failure:
        """Chooses the device and fixes threads and precision; `x64` concerns JAX only."""
        devices = torch_devices(self._torch)
        chosen = choose_device(devices, device)
        if chosen is None:
            there = ", ".join(each["id"] for each in devices)
            return Failure("unsupported", f"PyTorch has no device {device} here; it has {there}.")
        self._device = TorchDevice(self._torch, chosen)
        self.backend = TorchBackend(self._torch, self._tensors, self._device)
        self._torch.set_num_threads(threads)
        if pin is not None:
            pin_to_cpu(pin)
        threads = int(self._torch.get_num_threads())
        return {
            "device": chosen,
            "driver": self._device.driver(),
            "threads": threads,
            "flags": {**set_precision(self._torch, chosen, precision), "torch.num_threads": str(threads)},
            "free_bytes": self._device.free_bytes(),
        }

    def make_inputs(self, specs: Sequence[InputSpec], seed: int, folder: ArrayFolder) -> str | Failure:
        """Makes and writes the inputs; the path of their list."""
        records = self._inputs.make(specs, seed, folder, self._programs.scope())
        return records if isinstance(records, Failure) else folder.write_list("inputs", records)

    def load(
        self,
        programs: Sequence[Program],
        init: Sequence[InitArgument],
        seed: int,
        state: str | None,
        folder: ArrayFolder,
    ) -> Loaded:
        """Loads every program; the first module lends its weights to the others, unless `state` lists them."""
        weights = SharedWeights(self._torch, self._tensors, folder, seed, state)

        def settle(target: Target) -> Failure | None:
            if not isinstance(target.owner, self._torch.nn.Module):
                return None
            try:
                return weights.settle(target.owner, self._device.handle)
            except (OSError, ValueError, RuntimeError) as error:
                return target.failure(error, "loadFailed")

        failures: dict[str, dict[str, Any]] = {}
        for program in programs:
            seed_generators(self._torch, seed)
            failure = self._programs.load(program, init, settle)
            if failure:
                failures[program.id] = failure.to_json()
        return {"failures": failures, "state": weights.state, "notes": [*weights.notes, *self._programs.remarks()]}

    def bind(self, inputs: str, state: str | None) -> Failure | None:
        """Takes the inputs from their list; the weights are in place since `load`."""
        self._input_records = read_list(inputs)
        self._bound = {}
        return None

    def reference(self, spec: VariantSpec, mode: Mode, seed: int, folder: ArrayFolder) -> dict[str, Any] | Failure:
        """Computes the float64 reference of what `spec`'s program defines, or of the variant where it has none."""
        try:
            subject = self._subject(spec)
            if isinstance(subject, Failure):
                return subject
            reference = TorchReference(self._torch, self._tensors, self._device.reference_handle())
            made = reference.compute(subject, self._inputs_of(mode).values, mode, seed, folder)
        except OddOutputError as error:
            return Failure("unsupported", f"The {error}.")
        except (Exception, SystemExit) as error:
            return self.failure(spec, error)
        return made if isinstance(made, Failure) else {"reference": made[0], "notes": made[1]}

    def contender(self, spec: VariantSpec, mode: Mode, reference: str) -> Contender | Failure:
        """Binds a variant to inputs, weights and cotangents; its source runs, its first call does not."""
        if spec.compiled:
            ready_inductor(self._device.is_cpu)
        source = self._programs.source_of(spec)
        if isinstance(source, Failure):
            return source
        passing = self._passing(self._programs.callable_of(spec, source))
        if isinstance(passing, Failure):
            return passing
        inputs, expected = self._inputs_of(mode), read_list(reference)
        forward = ForwardContender(self._tensors, source.variant, passing, inputs, expected)
        if mode == "forward":
            return forward
        target = self._programs.target_of(spec)
        owner = target.owner if isinstance(target, Target) else None
        parameters = dict(trainable(owner)) if isinstance(owner, self._torch.nn.Module) else {}
        return TrainingContender(self._torch, self._tensors, forward, inputs, parameters, expected, self._device.handle)

    def forget_inputs(self, mode: Mode) -> None:
        """Leaves the present inputs to the variant that wrote to them; the next variant reads them anew."""
        self._bound.pop(mode, None)

    def mutated(self) -> list[str]:
        """Inputs that changed although no variant did so in its first call."""
        return sorted({name for bound in self._bound.values() for name in bound.changed()})

    def failure(self, spec: VariantSpec, error: BaseException) -> Failure:
        """The failure of an exception that a variant raised."""
        failure = self._programs.failure(spec, error)
        if "C++ compiler" in str(error) or "CppCompileError" in str(error):
            return replace(failure, hint="torch.compile needs a C++ compiler, such as g++ or clang, on the PATH.")
        return failure

    def matmul(self, size: int, dtype: Dtype) -> Callable[[], Any]:
        """A square product of normal values, for the peak."""
        torch = self._torch
        a, b = (torch.randn(size, size).to(self._tensors.torch_dtype(dtype)).to(self._device.handle) for _ in range(2))
        return lambda: a @ b

    def _inputs_of(self, mode: Mode) -> BoundInputs:
        if mode not in self._bound:
            values: dict[str, Any] = {}
            records: dict[str, ArrayRecord] = {}
            for record in self._input_records:
                name, array = record["name"], record["array"]
                if array is not None:
                    value = self._tensors.load(array, self._device.handle)
                    values[name] = value.requires_grad_(mode == "training" and value.is_floating_point())
                    records[name] = array
                elif record["kind"] == "opaque":
                    values[name] = self._inputs.opaque(record, self._programs.scope())
                elif record["expression"] is not None:
                    values[name] = ast.literal_eval(record["expression"])
            self._bound[mode] = BoundInputs(self._tensors, values, records)
        return self._bound[mode]

    def _passing(self, call: Callable[..., Any]) -> Passing | Failure:
        return plan_passing(call, [(each["name"], each["kind"] != "default") for each in self._input_records])

    def _subject(self, spec: VariantSpec) -> Subject | Failure:
        target = self._programs.target_of(spec)
        if isinstance(target, Failure):
            return target
        if target is None:
            source = self._programs.source_of(spec)
            if isinstance(source, Failure):
                return source
            owner, call = None, source.variant
        else:
            owner, call = target.owner, target.call
        passing = self._passing(call)
        if isinstance(passing, Failure):
            return passing
        if target is not None and isinstance(owner, self._torch.nn.Module):
            return Subject(owner, target.call_on, passing)
        return Subject(None, lambda _: call, passing)
