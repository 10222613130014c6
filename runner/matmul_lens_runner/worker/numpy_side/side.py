"""NumPy's part of a race: forward only, on the CPU, inside another framework's worker."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from matmul_lens_runner.protocol.failure import Failure
from matmul_lens_runner.protocol.request import InitArgument, InputSpec, Program, VariantSpec
from matmul_lens_runner.protocol.vocabulary import Dtype, Mode, Precision
from matmul_lens_runner.protocol.worker_messages import (
    ArrayRecord,
    Configured,
    InputRecord,
    LeafRecord,
    LeafReport,
    Loaded,
    ReferenceFile,
)
from matmul_lens_runner.worker.arrays import ArrayFolder, read_list
from matmul_lens_runner.worker.checking import check_outputs
from matmul_lens_runner.worker.devices import cpu_name
from matmul_lens_runner.worker.leaves import flatten
from matmul_lens_runner.worker.loading.programs import Programs
from matmul_lens_runner.worker.numpy_side import ndarrays
from matmul_lens_runner.worker.numpy_side.inputs import make_inputs
from matmul_lens_runner.worker.passing import plan_passing
from matmul_lens_runner.worker.preparing import Contender


class NumpyBackend:
    """NumPy computes when it is called and keeps no books."""

    def settle(self, outputs: Collection[Any]) -> None:
        """Nothing is pending."""

    def context(self, mode: Mode) -> AbstractContextManager[Any]:
        """There are no gradients."""
        return nullcontext()

    def reset_peak_memory(self) -> None:
        """No high-water mark is kept."""

    def peak_memory_bytes(self) -> int | None:
        """Unknown."""
        return None

    def matmul_error(self) -> float:
        """Normwise error of a plain float32 product."""
        import numpy as np

        generator = np.random.default_rng(0)
        a, b = (generator.standard_normal((256, 256)).astype(np.float32) for _ in range(2))
        return ndarrays.matmul_error(a @ b, a, b)

    def compile_cache(self) -> tuple[int, int]:
        """There is none."""
        return 0, 0


class NumpyContender:
    """Calls a variant on NumPy arrays."""

    def __init__(
        self, variant: Callable[[], Any], inputs: Mapping[str, tuple[Any, ArrayRecord]], reference: ReferenceFile
    ) -> None:
        self.run = variant
        self._inputs = inputs
        self._reference = reference

    def check(self, result: Any) -> list[LeafReport]:
        """Every output against the reference; raises OddOutputError."""
        return check_outputs(flatten(result, _is_plain), self._reference["outputs"], _compare)

    def mutated(self) -> list[str]:
        """Inputs that this variant has written to."""
        return [name for name, (value, array) in self._inputs.items() if ndarrays.hash_of(value) != array["sha256"]]

    def output_bytes(self, result: Any) -> int:
        """Size of all arrays of a result."""
        return sum(leaf.value.nbytes for leaf in flatten(result, _is_plain) if leaf.is_array)


class NumpySide:
    """Holds NumPy programs and inputs of one race."""

    def __init__(self) -> None:
        self.backend = NumpyBackend()
        self._programs = Programs({"math": math})
        self._input_records: list[InputRecord] = []
        self._values: dict[str, Any] = {}

    def configure(
        self, device: str, precision: Precision, threads: int, pin: int | None, x64: bool
    ) -> Configured | Failure:
        """Threads and pinning are the hosting worker's: its BLAS read them from the environment."""
        return {
            "device": {"id": "cpu", "kind": "cpu", "name": cpu_name(), "memory_bytes": None},
            "driver": None,
            "threads": threads,
            "flags": {},
            "free_bytes": None,
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
        """Loads programs; NumPy shares no weights."""
        failures = {}
        for program in programs:
            failure = self._programs.load(program, init, lambda target: None)
            if failure:
                failures[program.id] = failure.to_json()
        return {"failures": failures, "state": state, "notes": self._programs.remarks()}

    def bind(self, inputs: str, state: str | None) -> Failure | None:
        """Takes the inputs from their list."""
        self._input_records = read_list(inputs)
        self.forget_inputs("forward")
        opaque = [record["name"] for record in self._input_records if record["kind"] == "opaque"]
        if opaque:
            return Failure("unsupported", f"Input {opaque[0]} is an object that only PyTorch's worker can make.")
        return None

    def reference(self, spec: VariantSpec, mode: Mode, seed: int, folder: ArrayFolder) -> dict[str, Any] | Failure:
        """NumPy is no reference."""
        return Failure("unsupported", "A race of NumPy alone has no reference to check against.")

    def contender(self, spec: VariantSpec, mode: Mode, reference: str) -> Contender | Failure:
        """Binds a variant to the inputs."""
        if mode == "training":
            return Failure("unsupported", "NumPy has no gradients.")
        source = self._programs.source_of(spec)
        if isinstance(source, Failure):
            return source
        call = self._programs.callable_of(spec, source)
        passing = plan_passing(call, [(each["name"], each["kind"] != "default") for each in self._input_records])
        if isinstance(passing, Failure):
            return passing
        values = self._inputs()
        variant = source.variant
        arguments = [values[name] for name in passing.positional]
        keywords = {name: values[name] for name in passing.keyword}
        arrays = {each["name"]: (values[each["name"]], each["array"]) for each in self._input_records if each["array"]}
        return NumpyContender(lambda: variant(*arguments, **keywords), arrays, read_list(reference))

    def forget_inputs(self, mode: Mode) -> None:
        """Leaves the present inputs to the variant that wrote to them."""
        self._values = {}

    def mutated(self) -> list[str]:
        """Inputs that changed although no variant did so in its first call."""
        records = {each["name"]: each["array"] for each in self._input_records if each["array"]}
        return [
            n for n, value in self._values.items() if n in records and ndarrays.hash_of(value) != records[n]["sha256"]
        ]

    def failure(self, spec: VariantSpec, error: BaseException) -> Failure:
        """The failure of an exception that a variant raised."""
        return self._programs.failure(spec, error)

    def matmul(self, size: int, dtype: Dtype) -> Callable[[], Any]:
        """A square product of normal values, for the peak."""
        import numpy as np

        a, b = (
            np.random.default_rng(0).standard_normal((size, size)).astype(ndarrays.numpy_dtype(dtype)) for _ in "ab"
        )
        return lambda: a @ b

    def _inputs(self) -> dict[str, Any]:
        if not self._values:
            for each in self._input_records:
                if each["array"] is not None:
                    self._values[each["name"]] = ndarrays.load(each["array"])
                elif each["expression"] is not None:
                    self._values[each["name"]] = ast.literal_eval(each["expression"])
        return self._values


def _is_plain(value: Any) -> bool:
    import numpy as np

    return type(value) is np.ndarray or isinstance(value, np.generic)


def _compare(array: Any, record: LeafRecord) -> LeafReport:
    assert record["array"] is not None
    return ndarrays.report(record["path"], array, ndarrays.load(record["array"]))
