"""Makes the inputs of a race once, in PyTorch, from the request's seed."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from matmul_lens_runner.protocol.failure import Failure
from matmul_lens_runner.protocol.request import (
    ALL_ARGUMENTS,
    ArrayInput,
    DefaultInput,
    ExpressionInput,
    InputSpec,
)
from matmul_lens_runner.protocol.worker_messages import InputRecord
from matmul_lens_runner.worker.arrays import ArrayFolder
from matmul_lens_runner.worker.loading.scope import Scope
from matmul_lens_runner.worker.torch_side.seeding import seed_generators
from matmul_lens_runner.worker.torch_side.tensors import Tensors


class TorchInputs:
    """Inputs as records; a value that no file can carry stays an expression and never reaches JAX."""

    def __init__(self, torch: Any, tensors: Tensors) -> None:
        self._torch = torch
        self._tensors = tensors

    def make(
        self, specs: Sequence[InputSpec], seed: int, folder: ArrayFolder, scope: Scope
    ) -> list[InputRecord] | Failure:
        """Makes and writes every input. Expected failures: an expression raises, memory or disk is full."""
        generator = self._torch.Generator().manual_seed(seed)
        records: list[InputRecord] = []
        for index, spec in enumerate(specs):
            try:
                # Each expression draws numbers of its own, or two calls of `torch.randn` would yield the same ones.
                records += self._records(spec, generator, folder, f"input{index}", scope, seed + index)
            except (Exception, SystemExit) as error:
                failure = scope.failure(error, "inputsFailed")
                return replace(failure, message=f"Input {spec.name}: {failure.message}")
        return records

    def opaque(self, record: InputRecord, scope: Scope) -> Any:
        """Another object like the one that an expression made when it was recorded."""
        assert record["expression"] is not None
        seed_generators(self._torch, record["seed"])
        return scope.evaluate(record["expression"])

    def _records(
        self, spec: InputSpec, generator: Any, folder: ArrayFolder, file: str, scope: Scope, seed: int
    ) -> list[InputRecord]:
        if isinstance(spec, DefaultInput):
            return [{"name": spec.name, "kind": "default", "array": None, "expression": None, "seed": seed}]
        if isinstance(spec, ArrayInput):
            return [self._record(spec.name, self._array(spec, generator), "", folder, file, seed)]
        if spec.kind == "literal":
            return [{"name": spec.name, "kind": "literal", "array": None, "expression": spec.expression, "seed": seed}]
        return self._evaluated(spec, folder, file, scope, seed)

    def _evaluated(
        self, spec: ExpressionInput, folder: ArrayFolder, file: str, scope: Scope, seed: int
    ) -> list[InputRecord]:
        seed_generators(self._torch, seed)
        if spec.name != ALL_ARGUMENTS:
            value = scope.evaluate(spec.expression)
            return [self._record(spec.name, value, spec.expression, folder, file, seed)]
        return [
            self._record(f"inputs[{at}]", value, f"({spec.expression})[{at}]", folder, f"{file}-{at}", seed)
            for at, value in enumerate(scope.evaluate_all(spec.expression))
        ]

    def _record(self, name: str, value: Any, expression: str, folder: ArrayFolder, file: str, seed: int) -> InputRecord:
        if self._tensors.is_plain(value):
            array = self._tensors.save(value, folder, file)
            return {"name": name, "kind": "array", "array": array, "expression": None, "seed": seed}
        text = repr(value)
        if _is_literal(value, text):
            return {"name": name, "kind": "literal", "array": None, "expression": text, "seed": seed}
        return {"name": name, "kind": "opaque", "array": None, "expression": expression, "seed": seed}

    def _array(self, spec: ArrayInput, generator: Any) -> Any:
        torch = self._torch
        shape = list(spec.shape)
        if spec.kind == "float":
            dtype = self._tensors.torch_dtype(spec.dtype)
            wide = torch.complex128 if dtype.is_complex else torch.float64 if spec.dtype == "f64" else torch.float32
            return torch.randn(shape, generator=generator, dtype=wide).to(dtype)
        if spec.kind == "index":
            values = torch.randint(0, spec.high, shape, generator=generator)
            return values.to(self._tensors.torch_dtype(spec.dtype))
        mask = torch.rand(shape, generator=generator) < spec.density
        if mask.ndim and mask.numel():
            # A row without a single true makes attention divide zero by zero, on one side or on both.
            empty = ~mask.any(dim=-1)
            mask[..., 0] |= empty
        return mask


def _is_literal(value: Any, text: str) -> bool:
    try:
        return bool(ast.literal_eval(text) == value)
    except (ValueError, SyntaxError, MemoryError, RecursionError, RuntimeError):
        return False
