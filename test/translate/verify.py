"""Runs PyTorch code and its JAX translation on the same numbers and compares values and gradients.

Reads JSON lines `{file, qualname, source, entry, takes_params}` from standard input and writes for each a line
`{qualname, problem}`; `problem` is null where the translation is equal. The bound is tied to a float64 run of the
PyTorch code: JAX may be as far from it as four times PyTorch's own float32 error, and a few roundings.
"""

from __future__ import annotations

import copy
import json
import sys
import traceback
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import torch

ROUNDING = 32 * float(np.finfo(np.float32).eps)


def load(source: str, name: str) -> dict[str, Any]:
    """Executes source as a module of its own; dataclasses look their module up by name."""
    module = ModuleType(name)
    sys.modules[name] = module
    exec(compile(source, name, "exec"), module.__dict__)
    return module.__dict__


def tensors_of(value: Any) -> list[torch.Tensor]:
    """The tensors in a result, in order."""
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, dict):
        return [each for key in sorted(value) for each in tensors_of(value[key])]
    return [each for item in value for each in tensors_of(item)] if isinstance(value, (tuple, list)) else []


def widened(value: Any) -> Any:
    """The same input in float64."""
    if isinstance(value, torch.Tensor):
        return value.double() if value.is_floating_point() else value
    return type(value)(map(widened, value)) if isinstance(value, (tuple, list)) else value


def as_jax(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return jnp.asarray(value.detach().numpy())
    return type(value)(map(as_jax, value)) if isinstance(value, (tuple, list)) else value


def is_traced(value: Any) -> bool:
    return isinstance(value, torch.Tensor) or (isinstance(value, (tuple, list)) and any(map(is_traced, value)))


def run_torch(
    call: Callable[..., Any], inputs: Sequence[Any], weights: dict[str, torch.Tensor]
) -> tuple[list[np.ndarray], list[np.ndarray], dict[str, np.ndarray]]:
    """Results, gradients by the float inputs, gradients by the weights; of a fixed weighted sum of the results."""
    leaves: list[torch.Tensor] = []

    def leaf(value: Any) -> Any:
        if isinstance(value, torch.Tensor) and value.is_floating_point():
            leaves.append(value.clone().requires_grad_())
            return leaves[-1]
        return type(value)(map(leaf, value)) if isinstance(value, (tuple, list)) else value

    results = tensors_of(call(*[leaf(each) for each in inputs]))
    loss = sum(
        (each * torch.from_numpy(cotangent(each.shape, at)).to(each.dtype)).sum()
        for at, each in enumerate(results)
        if each.is_floating_point() and each.requires_grad
    )
    trained = {name: each for name, each in weights.items() if each.requires_grad}
    gradients: Sequence[Any] = [None] * (len(leaves) + len(trained))
    if isinstance(loss, torch.Tensor):
        gradients = torch.autograd.grad(loss, [*leaves, *trained.values()], allow_unused=True)
    dense = [
        (torch.zeros_like(leaf) if each is None else each).detach().numpy()
        for leaf, each in zip([*leaves, *trained.values()], gradients, strict=True)
    ]
    by_weight = {name: np.zeros(tuple(each.shape), each.detach().numpy().dtype) for name, each in weights.items()}
    by_weight.update(zip(trained, dense[len(leaves) :], strict=True))
    return [each.detach().numpy() for each in results], dense[: len(leaves)], by_weight


def cotangent(shape: Sequence[int], seed: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(tuple(shape)).astype(np.float32)


def run_jax(call: Callable[..., Any], inputs: Sequence[Any], params: Any) -> tuple[list[Any], list[Any], Any]:
    """As `run_torch`, under `jax.jit`; what is no array stays out of the trace."""
    places = [at for at, each in enumerate(inputs) if is_traced(each)]
    arrays = [as_jax(inputs[at]) for at in places]

    def forward(params: Any, arrays: Sequence[Any]) -> Any:
        filled = list(inputs)
        for at, array in zip(places, arrays, strict=True):
            filled[at] = array
        return call(params, *filled) if params is not None else call(*filled)

    flat, structure = jax.tree.flatten(arrays)
    floats = [at for at, each in enumerate(flat) if jnp.issubdtype(each.dtype, jnp.floating)]

    def loss(params: Any, chosen: Sequence[Any]) -> Any:
        merged = list(flat)
        for at, each in zip(floats, chosen, strict=True):
            merged[at] = each
        results = jax.tree.leaves(forward(params, jax.tree.unflatten(structure, merged)))
        return sum(
            (each * cotangent(each.shape, at)).sum()
            for at, each in enumerate(results)
            if jnp.issubdtype(each.dtype, jnp.floating)
        ) + jnp.zeros(())

    results = jax.tree.leaves(jax.jit(forward)(params, arrays))
    by_params, by_inputs = jax.jit(jax.grad(loss, argnums=(0, 1)))(params, [flat[at] for at in floats])
    return results, by_inputs, by_params


def differing(what: str, ours: Any, theirs: np.ndarray, exact: np.ndarray, rounding: float = ROUNDING) -> str | None:
    """What is wrong with our array, beside PyTorch's float32 one and the float64 one."""
    ours = np.asarray(ours)
    if ours.shape != theirs.shape:
        return f"{what}: shape {ours.shape} instead of {theirs.shape}"
    if theirs.dtype.kind != ours.dtype.kind:
        return f"{what}: dtype {ours.dtype} instead of {theirs.dtype}"
    if theirs.dtype.kind != "f":
        return None if np.array_equal(ours, theirs) else f"{what}: other values"
    if not np.array_equal(np.isfinite(ours), np.isfinite(exact)):
        return f"{what}: finite where PyTorch is not, or the other way"
    finite = np.isfinite(exact)
    if not np.array_equal(ours[~finite], exact[~finite].astype(ours.dtype), equal_nan=True):
        return f"{what}: another infinity or NaN"
    if not finite.any():
        return None
    error = np.abs(ours[finite] - exact[finite]).max()
    own = np.abs(theirs[finite] - exact[finite]).max()
    bound = 4 * own + rounding * max(np.abs(exact[finite]).max(), 1e-6)
    return None if error <= bound else f"{what}: error {error:.2e}, PyTorch's own {own:.2e}"


def verify(case: dict[str, Any], fixtures: dict[str, dict[str, Any]]) -> str | None:
    file, qualname = case["file"], case["qualname"]
    if file not in fixtures:
        with open(file, encoding="utf8") as stream:
            fixtures[file] = load(stream.read(), f"fixture_{len(fixtures)}")
    torch.manual_seed(0)
    fixture = fixtures[file]
    made = fixture["CASES"][qualname]()
    init, inputs = made if isinstance(made, tuple) else ([], made)
    program = load(case["source"], "translated")
    target, _, method = qualname.partition(".")
    call = wide = fixture[target]
    params, weights, wide_weights = None, {}, {}
    if case["takes_params"]:
        module = fixture[target](*init).eval()
        with torch.no_grad():
            for each in module.parameters():
                each.add_(0.1 * torch.randn_like(each))
        double = copy.deepcopy(module).double()
        call, wide = (getattr(each, method) if method else each for each in (module, double))
        weights, wide_weights = (dict(each.state_dict(keep_vars=True)) for each in (module, double))
        params = program["params_from_torch"](module)
    theirs = run_torch(call, inputs, weights)
    exact = run_torch(wide, [widened(each) for each in inputs], wide_weights)
    ours = run_jax(program[case["entry"]], inputs, params)
    problems = []
    for what, at in (("result", 0), ("gradient by input", 1)):
        if len(ours[at]) != len(theirs[at]):
            return f"{what}: {len(ours[at])} instead of {len(theirs[at])}"
        for index, three in enumerate(zip(ours[at], theirs[at], exact[at], strict=True)):
            problems.append(differing(f"{what} {index}", *three))
    if params is not None:
        convert = program["params_from_state_dict"]
        config = [params["config"]] if "config" in params else []
        expected = jax.tree.leaves(convert(theirs[2], *config))
        with jax.enable_x64(True):
            exactly = [np.asarray(each) for each in jax.tree.leaves(convert(exact[2], *config))]
        names = [jax.tree_util.keystr(path) for path, _ in jax.tree_util.tree_leaves_with_path(ours[2])]
        for name, *three in zip(names, jax.tree.leaves(ours[2]), expected, exactly, strict=True):
            problems.append(differing(f"gradient by {name}", three[0], np.asarray(three[1]), three[2]))
    return next((each for each in problems if each is not None), None)


def main() -> None:
    fixtures: dict[str, dict[str, Any]] = {}
    for line in sys.stdin:
        case = json.loads(line)
        try:
            problem = verify(case, fixtures)
        except Exception:
            problem = traceback.format_exc(limit=-4)
        print(json.dumps({"qualname": case["qualname"], "problem": problem}), flush=True)


if __name__ == "__main__":
    main()
