"""A JAX variant in one mode, bound to inputs and weights that are its arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from matmul_lens_runner.protocol.worker_messages import LeafRecord, LeafReport, ReferenceFile
from matmul_lens_runner.worker.checking import check_outputs
from matmul_lens_runner.worker.jax_side.parameters import Parameters, SharedState
from matmul_lens_runner.worker.leaves import Leaf, flatten
from matmul_lens_runner.worker.numpy_side import ndarrays
from matmul_lens_runner.worker.passing import Passing


class Bound:
    """A variant with its inputs by name and, where it takes weights, these and what they are made of."""

    def __init__(
        self,
        variant: Callable[..., Any],
        passing: Passing,
        values: Mapping[str, Any],
        params: Parameters | None = None,
        state: SharedState | None = None,
    ) -> None:
        self._variant = variant
        self._passing = passing
        self.values = values
        self.params = params
        self.state = state

    def call(self, params: Any, values: Mapping[str, Any]) -> Any:
        """One call with given weights and inputs."""
        arguments = [values[name] for name in self._passing.positional]
        keywords = {name: values[name] for name in self._passing.keyword}
        leading = [] if self.params is None else [params]
        return self._variant(*leading, *arguments, **keywords)

    def forward(self, params: Any) -> Callable[[], Any]:
        """A call without anything to look up."""
        variant = self._variant
        arguments = [self.values[name] for name in self._passing.positional]
        keywords = {name: self.values[name] for name in self._passing.keyword}
        if self.params is not None:
            arguments.insert(0, params)
        return lambda: variant(*arguments, **keywords)


class JaxForward:
    """Calls a variant, which its source has already transformed."""

    def __init__(self, jax: Any, bound: Bound, reference: ReferenceFile) -> None:
        self._jax = jax
        self._reference = reference
        params = bound.params.rebuild(jax, bound.params.leaves) if bound.params else None
        self.run = bound.forward(params)

    def check(self, result: Any) -> list[LeafReport]:
        """Every output against the reference; raises OddOutputError."""
        return check_outputs(flatten(result, self.accepts), self._reference["outputs"], compare)

    def mutated(self) -> list[str]:
        """JAX arrays cannot be written to."""
        return []

    def output_bytes(self, result: Any) -> int:
        """Size of all arrays of a result."""
        return sum(leaf.value.nbytes for leaf in flatten(result, self.accepts) if leaf.is_array)

    def accepts(self, value: Any) -> bool:
        """JAX' own arrays, traced ones included."""
        return isinstance(value, self._jax.Array)


class JaxTraining:
    """One compiled function of weights, inputs and cotangents that yields outputs and gradients.

    Differentiated outside of `jit`, the backward pass would be traced anew in every call.
    """

    def __init__(self, jax: Any, bound: Bound, reference: ReferenceFile, device: Any) -> None:
        self._jax = jax
        self._reference = reference
        self._forward = JaxForward(jax, bound, reference)
        self._bound = bound
        arrays = {name: value for name, value in bound.values.items() if self._forward.accepts(value)}
        self._floats = {n: x for n, x in arrays.items() if jax.numpy.issubdtype(x.dtype, jax.numpy.floating)}
        others = {name: value for name, value in arrays.items() if name not in self._floats}
        constants = {name: value for name, value in bound.values.items() if name not in arrays}
        self._cotangents = {
            path: jax.device_put(ndarrays.load(record), device) for path, record in reference["cotangents"].items()
        }
        #: The outputs' leaves as they were when the function was traced; values that are no arrays stay theirs.
        self._traced: list[Leaf] = []
        step = jax.jit(self._step(bound, constants))
        leaves = list(bound.params.leaves) if bound.params else []
        trained = set(bound.params.trainable) if bound.params else set()
        weights = [leaf for index, leaf in enumerate(leaves) if index in trained]
        fixed = [leaf for index, leaf in enumerate(leaves) if index not in trained]
        arguments = (weights, fixed, self._floats, others, self._cotangents)
        self.run: Callable[[], Any] = lambda: step(*arguments)

    def _step(self, bound: Bound, constants: Mapping[str, Any]) -> Callable[..., Any]:
        jax = self._jax

        def step(weights: Any, fixed: Any, floats: Any, others: Any, cotangents: Any) -> Any:
            def primal(weights: Any, floats: Any) -> Any:
                params = self._assemble(bound.params, weights, fixed)
                output = bound.call(params, {**constants, **others, **floats})
                self._traced = flatten(output, self._forward.accepts)
                arrays = {leaf.path: leaf.value for leaf in self._traced if leaf.is_array}
                return {path: arrays[path] for path in cotangents}, arrays

            differentiable, pull, arrays = jax.vjp(primal, weights, floats, has_aux=True)
            matching = {path: cotangents[path].astype(leaf.dtype) for path, leaf in differentiable.items()}
            return arrays, pull(matching)

        return step

    def _assemble(self, params: Parameters | None, weights: Sequence[Any], fixed: Sequence[Any]) -> Any:
        if params is None:
            return None
        trained, rest = iter(weights), iter(fixed)
        merged = [next(trained if index in params.trainable else rest) for index in range(len(params.leaves))]
        return params.rebuild(self._jax, merged)

    def check(self, result: Any) -> list[LeafReport]:
        """Outputs, and the gradient of every float input and of every weight that PyTorch trains."""
        arrays, (weight_gradients, input_gradients) = result
        leaves = [Leaf(leaf.path, arrays.get(leaf.path, leaf.value), leaf.is_array) for leaf in self._traced]
        reports = check_outputs(leaves, self._reference["outputs"], compare)
        for name, gradient in input_gradients.items():
            record = self._reference["input_gradients"][name]
            reports.append(_report(f"gradient of {name}", gradient, ndarrays.load(record)))
        if self._bound.params is not None and self._bound.state is not None:
            found = self._bound.state.pull_back(self._bound.params, weight_gradients)
            for name, record in self._reference["parameter_gradients"].items():
                reports.append(_report(f"gradient of {name}", found[name], ndarrays.load(record)))
        return reports

    def mutated(self) -> list[str]:
        """JAX arrays cannot be written to."""
        return []

    def output_bytes(self, result: Any) -> int:
        """Size of all arrays of a result."""
        return sum(leaf.nbytes for leaf in self._jax.tree_util.tree_leaves(result))


def compare(array: Any, record: LeafRecord) -> LeafReport:
    """One output against the reference, on the host."""
    assert record["array"] is not None
    return _report(record["path"], array, ndarrays.load(record["array"]))


def _report(path: str, array: Any, reference: Any) -> LeafReport:
    import numpy as np

    return ndarrays.report(path, np.asarray(array), reference)
