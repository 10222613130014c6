"""The float64 reference where there is no PyTorch: the first JAX variant with 64-bit floats enabled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matmul_lens_runner.protocol.vocabulary import Mode
from matmul_lens_runner.protocol.worker_messages import LeafRecord, ReferenceFile
from matmul_lens_runner.worker.arrays import ArrayFolder
from matmul_lens_runner.worker.jax_side.contender import Bound
from matmul_lens_runner.worker.jax_side.device import wide_floats
from matmul_lens_runner.worker.leaves import flatten
from matmul_lens_runner.worker.numpy_side import ndarrays


def jax_reference(jax: Any, bound: Bound, mode: Mode, seed: int, folder: ArrayFolder) -> str:
    """Writes outputs, and for training gradients of the float inputs; what the variant raises passes through."""
    import numpy as np

    def accepts(value: Any) -> bool:
        return isinstance(value, jax.Array)

    with wide_floats(jax):
        values = {name: _widen(jax, value) for name, value in bound.values.items()}
        floats = {n: x for n, x in values.items() if accepts(x) and jax.numpy.issubdtype(x.dtype, jax.numpy.floating)}
        output = bound.call(None, values)
        leaves = flatten(output, accepts)
        differentiable = [
            leaf.path for leaf in leaves if leaf.is_array and jax.numpy.issubdtype(leaf.value.dtype, jax.numpy.floating)
        ]
        outputs: list[LeafRecord] = []
        for index, leaf in enumerate(leaves):
            array = (
                ndarrays.save(np.asarray(leaf.value), folder, f"reference-{mode}-{index}") if leaf.is_array else None
            )
            outputs.append(
                {
                    "path": leaf.path,
                    "array": array,
                    "value": None if leaf.is_array else leaf.value,
                    "dtype": array["dtype"] if array else "value",
                    "shape": array["shape"] if array else [],
                    "differentiable": leaf.path in differentiable,
                }
            )
        file: ReferenceFile = {"outputs": outputs, "cotangents": {}, "input_gradients": {}, "parameter_gradients": {}}
        if mode == "training":
            _differentiate(jax, bound, values, floats, differentiable, seed, folder, file)
    return folder.write_list(f"reference-{mode}", file)


def _differentiate(
    jax: Any,
    bound: Bound,
    values: Mapping[str, Any],
    floats: Mapping[str, Any],
    differentiable: list[str],
    seed: int,
    folder: ArrayFolder,
    file: ReferenceFile,
) -> None:
    import ml_dtypes
    import numpy as np

    def primal(floats: Mapping[str, Any]) -> dict[str, Any]:
        leaves = flatten(bound.call(None, {**values, **floats}), lambda value: isinstance(value, jax.Array))
        return {leaf.path: leaf.value for leaf in leaves if leaf.path in differentiable}

    outputs, pull = jax.vjp(primal, dict(floats))
    generator = np.random.default_rng(seed + 2)
    cotangents = {}
    for index, (path, value) in enumerate(outputs.items()):
        # Values of bfloat16 are exact in every float dtype, so that no side rounds its own cotangent.
        drawn = generator.standard_normal(value.shape).astype(ml_dtypes.bfloat16).astype(np.float32)
        file["cotangents"][path] = ndarrays.save(drawn, folder, f"cotangent{index}")
        cotangents[path] = jax.numpy.asarray(drawn, dtype=value.dtype)
    (gradients,) = pull(cotangents)
    for index, (name, gradient) in enumerate(gradients.items()):
        file["input_gradients"][name] = ndarrays.save(np.asarray(gradient), folder, f"gradient-input{index}")


def _widen(jax: Any, value: Any) -> Any:
    if not isinstance(value, jax.Array):
        return value
    if jax.numpy.issubdtype(value.dtype, jax.numpy.floating):
        return value.astype(jax.numpy.float64)
    return value
