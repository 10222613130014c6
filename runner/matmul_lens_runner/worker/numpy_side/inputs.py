"""Makes the inputs of a race with NumPy where there is no PyTorch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from matmul_lens_runner.protocol.failure import Failure
from matmul_lens_runner.protocol.request import ArrayInput, DefaultInput, InputSpec
from matmul_lens_runner.protocol.worker_messages import ArrayRecord, InputRecord
from matmul_lens_runner.worker.arrays import ArrayFolder
from matmul_lens_runner.worker.numpy_side import ndarrays


def make_inputs(specs: Sequence[InputSpec], seed: int, folder: ArrayFolder) -> str | Failure:
    """Makes and writes every input; the path of their list. An expression needs PyTorch's worker."""
    import numpy as np

    generator = np.random.default_rng(seed)
    records: list[InputRecord] = []
    for index, spec in enumerate(specs):
        if isinstance(spec, DefaultInput):
            records.append(_record(spec.name, "default"))
        elif isinstance(spec, ArrayInput):
            try:
                array = ndarrays.save(_array(spec, generator), folder, f"input{index}")
            except (MemoryError, OSError, ValueError) as error:
                return Failure("inputsFailed", f"Input {spec.name}: {error}.")
            records.append(_record(spec.name, "array", array))
        elif spec.kind == "literal":
            records.append(_record(spec.name, "literal", expression=spec.expression))
        else:
            return Failure("inputsFailed", f"Input {spec.name} is an expression, which needs PyTorch to be evaluated.")
    return folder.write_list("inputs", records)


def _record(
    name: str,
    kind: Literal["array", "literal", "default"],
    array: ArrayRecord | None = None,
    expression: str | None = None,
) -> InputRecord:
    return {"name": name, "kind": kind, "array": array, "expression": expression, "seed": 0}


def _array(spec: ArrayInput, generator: Any) -> Any:
    dtype = ndarrays.numpy_dtype(spec.dtype)
    if spec.kind == "float":
        values = generator.standard_normal(spec.shape)
        if dtype.kind == "c":
            values = (values + 1j * generator.standard_normal(spec.shape)) / 2**0.5
        return values.astype(dtype)
    if spec.kind == "index":
        return generator.integers(0, spec.high, spec.shape).astype(dtype)
    mask = generator.random(spec.shape) < spec.density
    if mask.ndim and mask.size:
        mask[..., 0] |= ~mask.any(axis=-1)
    return mask
