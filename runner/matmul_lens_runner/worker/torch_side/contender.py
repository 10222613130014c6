"""A PyTorch variant in one mode, bound to inputs and weights that are its arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from matmul_lens_runner.protocol.worker_messages import ArrayRecord, LeafRecord, LeafReport, ReferenceFile
from matmul_lens_runner.worker.checking import check_outputs, problem, report
from matmul_lens_runner.worker.leaves import flatten
from matmul_lens_runner.worker.passing import Passing
from matmul_lens_runner.worker.torch_side.tensors import Tensors


class BoundInputs:
    """The values of one mode by name, and the arrays whose bytes they must keep."""

    def __init__(self, tensors: Tensors, values: Mapping[str, Any], records: Mapping[str, ArrayRecord]) -> None:
        self._tensors = tensors
        self._records = records
        self.values = values

    def changed(self) -> list[str]:
        """Names of inputs that something wrote to."""
        hashes = {name: self._tensors.digest(self.values[name]) for name in self._records}
        return [name for name, record in self._records.items() if hashes[name] != record["sha256"]]

    def float_leaves(self) -> dict[str, Any]:
        """Inputs that training differentiates with respect to."""
        return {name: value for name, value in self.values.items() if getattr(value, "requires_grad", False)}


class ForwardContender:
    """Calls a variant; gradients are off around it."""

    def __init__(
        self,
        tensors: Tensors,
        variant: Callable[..., Any],
        passing: Passing,
        inputs: BoundInputs,
        reference: ReferenceFile,
    ) -> None:
        self._tensors = tensors
        self._inputs = inputs
        self._reference = reference
        arguments = [inputs.values[name] for name in passing.positional]
        keywords = {name: inputs.values[name] for name in passing.keyword}
        self.run: Callable[[], Any] = lambda: variant(*arguments, **keywords)

    def check(self, result: Any) -> list[LeafReport]:
        """Every output against the reference; raises OddOutputError."""
        return check_outputs(flatten(result, self._tensors.is_plain), self._reference["outputs"], self._compare)

    def mutated(self) -> list[str]:
        """Inputs that this variant has written to."""
        return self._inputs.changed()

    def output_bytes(self, result: Any) -> int:
        """Size of all tensors of a result."""
        leaves = flatten(result, self._tensors.is_plain)
        return sum(leaf.value.numel() * leaf.value.element_size() for leaf in leaves if leaf.is_array)

    def _compare(self, tensor: Any, record: LeafRecord) -> LeafReport:
        assert record["array"] is not None
        return self.report(record["path"], tensor, record["array"])

    def report(self, path: str, tensor: Any, record: ArrayRecord) -> LeafReport:
        """One tensor against one array of the reference."""
        dtype = self._tensors.dtype_of(tensor) or str(tensor.dtype)
        shape = list(tensor.shape)
        if shape != record["shape"]:
            return problem(path, f"has shape {shape} instead of {record['shape']}", dtype, shape)
        found = self._tensors.difference(tensor, self._tensors.load(record, "cpu"))
        return report(path, dtype, shape, found, record["dtype"])


class TrainingContender:
    """Calls a variant and differentiates its outputs with respect to every float input and parameter.

    Each call yields fresh gradients, as after `zero_grad(set_to_none=True)`; nothing accumulates.
    """

    def __init__(
        self,
        torch: Any,
        tensors: Tensors,
        forward: ForwardContender,
        inputs: BoundInputs,
        parameters: Mapping[str, Any],
        reference: ReferenceFile,
        device: Any,
    ) -> None:
        self._torch = torch
        self._tensors = tensors
        self._forward = forward
        self._reference = reference
        self._inputs = inputs.float_leaves()
        self._parameters = parameters
        cotangents = {path: tensors.load(record, device) for path, record in reference["cotangents"].items()}
        single = list(cotangents) == ["output"] and len(reference["outputs"]) == 1
        self.run: Callable[[], Any] = self._single(cotangents["output"]) if single else self._many(cotangents)

    def _single(self, cotangent: Any) -> Callable[[], Any]:
        """The common case of one output tensor, without walking it in every call."""
        forward, grad = self._forward.run, self._torch.autograd.grad
        wrt = [*self._inputs.values(), *self._parameters.values()]
        matching = [cotangent]

        def run() -> Any:
            output = forward()
            if matching[0].dtype != output.dtype:
                matching[0] = cotangent.to(output.dtype)
            return output, grad((output,), wrt, matching, allow_unused=True)

        return run

    def _many(self, cotangents: Mapping[str, Any]) -> Callable[[], Any]:
        forward, grad, accepts = self._forward.run, self._torch.autograd.grad, self._tensors.is_plain
        wrt = [*self._inputs.values(), *self._parameters.values()]

        def run() -> Any:
            output = forward()
            leaves = [leaf for leaf in flatten(output, accepts) if leaf.path in cotangents]
            matching = [cotangents[leaf.path].to(leaf.value.dtype) for leaf in leaves]
            return output, grad([leaf.value for leaf in leaves], wrt, matching, allow_unused=True)

        return run

    def check(self, result: Any) -> list[LeafReport]:
        """Outputs, and the gradient of every float input and parameter."""
        outputs, gradients = result
        reports = self._forward.check(outputs)
        for (name, source, record), gradient in zip(self._expected(), gradients, strict=True):
            path = f"gradient of {name}"
            if record is None:
                reports.append(problem(path, "has no counterpart in the code as written"))
                continue
            filled = self._torch.zeros_like(source) if gradient is None else gradient
            reports.append(self._forward.report(path, filled, record))
        return reports

    def _expected(self) -> Iterator[tuple[str, Any, ArrayRecord | None]]:
        for name, source in self._inputs.items():
            yield name, source, self._reference["input_gradients"].get(name)
        for name, source in self._parameters.items():
            yield name, source, self._reference["parameter_gradients"].get(name)

    def mutated(self) -> list[str]:
        """Inputs that this variant has written to."""
        return self._forward.mutated()

    def output_bytes(self, result: Any) -> int:
        """Size of all tensors of a result."""
        outputs, gradients = result
        present = [gradient for gradient in gradients if gradient is not None]
        return self._forward.output_bytes(outputs) + self._forward.output_bytes(present)
