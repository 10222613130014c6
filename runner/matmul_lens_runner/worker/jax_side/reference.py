"""The float64 reference where there is no PyTorch: the first JAX variant with 64-bit floats enabled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from matmul_lens_runner.protocol.failure import Failure
from matmul_lens_runner.protocol.vocabulary import Mode
from matmul_lens_runner.protocol.worker_messages import LeafRecord, ReferenceFile
from matmul_lens_runner.worker.arrays import ArrayFolder
from matmul_lens_runner.worker.jax_side.contender import Bound
from matmul_lens_runner.worker.jax_side.device import wide_floats
from matmul_lens_runner.worker.leaves import NO_TENSOR, flatten
from matmul_lens_runner.worker.numpy_side import ndarrays


def jax_reference(jax: Any, bound: Bound, mode: Mode, seed: int, folder: ArrayFolder) -> str | Failure:
    """Writes outputs, and for training gradients of the float inputs; what the variant raises passes through."""
    import numpy as np

    def accepts(value: Any) -> bool:
        return isinstance(value, jax.Array)

    with wide_floats(jax):
        values = {name: _widen(jax, value) for name, value in bound.values.items()}
        floats = {n: x for n, x in values.items() if accepts(x) and jax.numpy.issubdtype(x.dtype, jax.numpy.floating)}
        leaves = flatten(bound.call(None, values), accepts)
        if not any(leaf.is_array for leaf in leaves):
            return Failure("unsupported", NO_TENSOR)
    exact = any(leaf.is_array and not _is_inexact(jax, leaf.value) for leaf in leaves)
    own = _own_integers(jax, bound, accepts) if exact else {}
    with wide_floats(jax):
        differentiable = [
            leaf.path for leaf in leaves if leaf.is_array and jax.numpy.issubdtype(leaf.value.dtype, jax.numpy.floating)
        ]
        outputs: list[LeafRecord] = []
        for index, leaf in enumerate(leaves):
            value = own.get(leaf.path, leaf.value)
            array = ndarrays.save(np.asarray(value), folder, f"reference-{mode}-{index}") if leaf.is_array else None
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


def _own_integers(jax: Any, bound: Bound, accepts: Callable[[Any], bool]) -> dict[str, Any]:
    """Integers and booleans by path, as the code computes them in its own dtype.

    In float64, `argmax` and the indices of `sort` may be others, and rightly so. Compiled inside a function of its
    own, so that the variant's first call still has its compile to do.
    """
    arrays = {name: value for name, value in bound.values.items() if accepts(value)}
    constants = {name: value for name, value in bound.values.items() if name not in arrays}

    def exact(arrays: Mapping[str, Any]) -> dict[str, Any]:
        leaves = flatten(bound.call(None, {**constants, **arrays}), accepts)
        return {leaf.path: leaf.value for leaf in leaves if leaf.is_array and not _is_inexact(jax, leaf.value)}

    found: dict[str, Any] = jax.jit(exact)(arrays)
    return found


def _is_inexact(jax: Any, value: Any) -> bool:
    return bool(jax.numpy.issubdtype(value.dtype, jax.numpy.inexact))


def _widen(jax: Any, value: Any) -> Any:
    if not isinstance(value, jax.Array):
        return value
    if jax.numpy.issubdtype(value.dtype, jax.numpy.floating):
        return value.astype(jax.numpy.float64)
    return value
