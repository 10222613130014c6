"""PyTorch's weights as the pytree of a JAX variant, and its gradients as those of PyTorch's weights."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matmul_lens_runner.protocol.worker_messages import ArrayRecord
from matmul_lens_runner.worker.jax_side.device import wide_floats
from matmul_lens_runner.worker.numpy_side import ndarrays

Convert = Callable[[Any], Any]


@dataclass(frozen=True)
class Parameters:
    """Leaves of a params pytree; `trainable` are positions among them."""

    leaves: Sequence[Any]
    structure: Any
    trainable: tuple[int, ...]

    def rebuild(self, jax: Any, leaves: Sequence[Any]) -> Any:
        """The pytree with other leaves."""
        return jax.tree_util.tree_unflatten(self.structure, leaves)


class SharedState:
    """The weights of a race and a variant's `params_from_state_dict`, which is differentiated like any function.

    Entries whose records name the same file are one tied weight.
    """

    def __init__(self, jax: Any, convert: Convert, records: Mapping[str, ArrayRecord], device: Any) -> None:
        self._jax = jax
        self._convert = convert
        self._records = records
        self._device = device

    def parameters(self, trained: Collection[str]) -> Parameters:
        """The weights as the variant takes them; what its conversion raises passes through.

        A leaf is trainable where it changes with a weight that PyTorch trains: where the conversion's derivative
        in a random direction of these weights is not zero.
        """
        jax = self._jax
        arrays = {file: jax.device_put(array, self._device) for file, array in self._load().items()}
        state = {name: arrays[record["file"]] for name, record in self._records.items()}
        leaves, structure = jax.tree_util.tree_flatten(jax.device_put(self._convert(state), self._device))
        return Parameters(leaves, structure, self._trainable(state, trained) if trained else ())

    def pull_back(self, parameters: Parameters, gradients: Sequence[Any]) -> dict[str, Any]:
        """The gradient with respect to each weight, from those with respect to the trainable leaves.

        By the chain rule through the conversion, in float64 on the host; tied weights have the sum of their parts.
        """
        import numpy as np

        jax = self._jax
        with wide_floats(jax), jax.default_device(jax.local_devices(backend="cpu")[0]):
            host = {file: jax.numpy.asarray(_widened(array)) for file, array in self._load().items()}
            floats, convert = self._differentiable({n: host[r["file"]] for n, r in self._records.items()})
            leaves, pull = jax.vjp(convert, floats)
            by_leaf = dict(zip(parameters.trainable, gradients, strict=True))
            cotangents = [
                jax.numpy.asarray(np.asarray(by_leaf[at]), leaf.dtype) if at in by_leaf else _zeros(jax, leaf)
                for at, leaf in enumerate(leaves)
            ]
            (pulled,) = pull(cotangents)
            sums: dict[str, Any] = {}
            for name, gradient in pulled.items():
                file = self._records[name]["file"]
                sums[file] = sums[file] + gradient if file in sums else gradient
        return {
            name: np.asarray(sums[record["file"]]).astype(ndarrays.numpy_dtype(record["dtype"]))
            for name, record in self._records.items()
            if record["file"] in sums
        }

    def _load(self) -> dict[str, Any]:
        """The arrays by file."""
        return {record["file"]: ndarrays.load(record) for record in self._records.values()}

    def _trainable(self, state: Mapping[str, Any], trained: Collection[str]) -> tuple[int, ...]:
        import numpy as np

        jax = self._jax
        trained_files = {self._records[name]["file"] for name in trained}
        floats, convert = self._differentiable(state)
        keys = jax.random.split(jax.random.key(0), len(floats))
        directions = {
            name: jax.random.normal(key, value.shape, value.dtype)
            if self._records[name]["file"] in trained_files
            else jax.numpy.zeros_like(value)
            for key, (name, value) in zip(keys, floats.items(), strict=True)
        }
        leaves, tangents = jax.jvp(convert, (floats,), (directions,))
        return tuple(
            at
            for at, (leaf, tangent) in enumerate(zip(leaves, tangents, strict=True))
            if _is_float(jax, leaf) and bool(np.any(np.asarray(tangent) != 0))
        )

    def _differentiable(self, state: Mapping[str, Any]) -> tuple[dict[str, Any], Convert]:
        """The float entries, and the conversion as a function of them alone that yields a list of leaves."""
        jax = self._jax
        floats = {name: value for name, value in state.items() if _is_float(jax, value)}
        others = {name: value for name, value in state.items() if name not in floats}
        order = list(state)

        def convert(floats: Mapping[str, Any]) -> list[Any]:
            merged = {**others, **floats}
            params = self._convert({name: merged[name] for name in order})
            return [jax.numpy.asarray(leaf) for leaf in jax.tree_util.tree_leaves(params)]

        return floats, convert


def _is_float(jax: Any, value: Any) -> bool:
    return bool(jax.numpy.issubdtype(value.dtype, jax.numpy.floating))


def _widened(array: Any) -> Any:
    import numpy as np

    return array.astype(np.float64) if ndarrays.dtype_of(array) in ("f16", "bf16", "f32") else array


def _zeros(jax: Any, leaf: Any) -> Any:
    """The cotangent of a leaf that is not differentiated; JAX wants none of an integer's own dtype."""
    import numpy as np

    return jax.numpy.zeros_like(leaf) if _is_float(jax, leaf) else np.zeros(leaf.shape, jax.dtypes.float0)
