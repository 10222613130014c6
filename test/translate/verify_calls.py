"""Runs single calls in PyTorch and their JAX translation on the same numbers, many to a compilation.

Reads JSON lines `{id, torch, inputs, jax}` from standard input: PyTorch source that defines `f` or a module `Net`,
the names of its inputs, and JAX source, null where the call was refused. Writes for each `{id, torch_refuses,
problem}`. Besides floats each call is tried on integers and on truth values where PyTorch takes them.
"""

from __future__ import annotations

import json
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import torch
from verify import ROUNDING, cotangent, differing, load

KINDS = ("float", "int", "bool")
# One compilation of many small programs costs less than many compilations.
BATCH = 100


def make_inputs() -> dict[str, torch.Tensor]:
    """One tensor for each name that the samples use."""
    torch.manual_seed(0)
    randn = torch.randn
    zero_row = randn(3, 4)
    zero_row[1] = 0
    zero_row[2, 1] = 0
    return {
        "x": randn(3, 4),
        "y": randn(3, 4),
        "p": torch.rand(3, 4) + 0.5,
        "u": torch.rand(3, 4) * 1.6 - 0.8,
        "z": zero_row,
        "v": randn(4),
        "a": randn(3),
        "m": randn(4, 5),
        "w": randn(5, 4),
        "s": randn(4, 4),
        "c": randn(2, 3, 4),
        "d": randn(2, 4, 5),
        "o": randn(1, 3, 1),
        "e": randn(()),
        "t": randn(3, 4),
        "k": torch.randint(1, 5, (3, 4)),
        "i": torch.tensor([[0, 2], [1, 1], [2, 0]]),
        "j": torch.tensor([2, 0]),
        "b": torch.rand(3, 4) > 0.4,
    }


def as_kind(value: torch.Tensor, kind: str) -> torch.Tensor:
    """A float tensor as integers or truth values; others as they are."""
    if not value.is_floating_point() or kind == "float":
        return value
    return (value * 3).round().long() if kind == "int" else value > 0


def leaves_of(value: Any) -> list[Any]:
    """Tensors, numbers and truth values in a result, in order."""
    if isinstance(value, (tuple, list)):
        return [each for item in value for each in leaves_of(item)]
    return [value]


def as_input(value: torch.Tensor) -> Any:
    """The same for JAX; NumPy itself has no bfloat16."""
    array = as_array(value)
    return array.astype(jnp.bfloat16) if value.dtype == torch.bfloat16 else array


def as_array(value: Any) -> np.ndarray:
    if isinstance(value, torch.Tensor):
        value = value.detach()
        return value.float().numpy() if value.dtype == torch.bfloat16 else value.numpy()
    return np.asarray(value)


@dataclass
class Run:
    """Results and the gradients of a fixed weighted sum of them, by the float inputs."""

    results: list[np.ndarray]
    gradients: list[np.ndarray]


def run_torch(call: Callable[..., Any], inputs: Sequence[torch.Tensor]) -> Run:
    leaves = [each.clone().requires_grad_(each.is_floating_point()) for each in inputs]
    results = leaves_of(call(*leaves))
    loss = torch.zeros((), dtype=torch.float64)
    for at, each in enumerate(results):
        if isinstance(each, torch.Tensor) and each.is_floating_point() and each.requires_grad:
            weights = torch.from_numpy(cotangent(each.shape, at)).to(each.dtype)
            loss = loss + (each * weights).sum()
    floats = [each for each in leaves if each.requires_grad]
    gradients: Sequence[Any] = [None] * len(floats)
    if loss.requires_grad and floats:
        gradients = torch.autograd.grad(loss, floats, allow_unused=True)
    dense = [torch.zeros_like(leaf) if each is None else each for leaf, each in zip(floats, gradients, strict=True)]
    return Run([as_array(each) for each in results], [as_array(each) for each in dense])


@dataclass
class Expected:
    """What PyTorch gave for one call, in float32 and in float64."""

    number: int
    what: str
    may_fail: bool
    theirs: Run
    exact: Run


@dataclass
class Trial:
    """One JAX program on inputs of one kind, with what PyTorch gave for each call that it translates."""

    program: Callable[..., Any]
    inputs: list[np.ndarray]
    expected: list[Expected] = field(default_factory=list)


def traced(trial: Trial) -> tuple[list[Any], list[Any]]:
    floats = [at for at, each in enumerate(trial.inputs) if jnp.issubdtype(each.dtype, jnp.floating)]

    def loss(chosen: Sequence[Any]) -> tuple[Any, list[Any]]:
        inputs = [jnp.asarray(each) for each in trial.inputs]
        for at, each in zip(floats, chosen, strict=True):
            inputs[at] = each
        results = [jnp.asarray(each) for each in jax.tree.leaves(trial.program(*inputs))]
        total = jnp.zeros(())
        for at, each in enumerate(results):
            if jnp.issubdtype(each.dtype, jnp.floating):
                total = total + (each * cotangent(each.shape, at).astype(each.dtype)).sum()
        return total, results

    gradients, results = jax.grad(loss, has_aux=True)([jnp.asarray(trial.inputs[at]) for at in floats])
    return results, gradients


def run_jax(trials: Sequence[Trial]) -> Iterator[tuple[Trial, Run | str]]:
    """Runs programs together under one `jax.jit`; a text says why one cannot be traced."""
    for start in range(0, len(trials), BATCH):
        batch = trials[start : start + BATCH]
        failed: dict[int, str] = {}

        def together(batch: Sequence[Trial] = batch, failed: dict[int, str] = failed) -> list[Any]:
            made = []
            for at, trial in enumerate(batch):
                try:
                    made.append(traced(trial))
                except Exception:
                    failed[at] = traceback.format_exc(limit=-2)
                    made.append(([], []))
            return made

        for at, (trial, (results, gradients)) in enumerate(zip(batch, jax.jit(together)(), strict=True)):
            run = Run([np.asarray(each) for each in results], [np.asarray(each) for each in gradients])
            yield trial, failed.get(at, run)


def compared(ours: Run, theirs: Run, exact: Run) -> str | None:
    # What passes through half precision is half precision in the float64 run, too: two roundings of it are no error.
    halves = any(each.dtype.name in ("float16", "bfloat16") for each in ours.results)
    rounding = 4 * float(np.finfo(np.float16).eps) if halves else ROUNDING
    for what in ("results", "gradients"):
        three = [getattr(each, what) for each in (ours, theirs, exact)]
        if len(three[0]) != len(three[1]):
            return f"{what}: {len(three[0])} instead of {len(three[1])}"
        for at, (one, other, reference) in enumerate(zip(*three, strict=True)):
            ours_here = one.astype(np.float32) if one.dtype.name == "bfloat16" else one
            if other.dtype.kind == "f" and ours_here.dtype.itemsize != min(other.dtype.itemsize, 4):
                return f"{what} {at}: {one.dtype} instead of {other.dtype}"
            problem = differing(f"{what} {at}", ours_here, other, reference, rounding)
            if problem is not None:
                return problem
    return None


class ModuleCall:
    """A module whose weights are inputs after its own, so that they get gradients like these."""

    def __init__(self, module: torch.nn.Module) -> None:
        self.module = module
        self.weights = dict(module.named_parameters())
        self.buffers = {name: each.numpy() for name, each in module.named_buffers()}

    def __call__(self, *inputs: torch.Tensor) -> Any:
        own = len(inputs) - len(self.weights)
        weights = dict(zip(self.weights, inputs[own:], strict=True))
        return torch.func.functional_call(self.module, weights | self.tensors(), inputs[:own])

    def tensors(self) -> dict[str, torch.Tensor]:
        """The buffers in the dtype of the moment."""
        dtype = torch.get_default_dtype()
        floats = {name: torch.from_numpy(each) for name, each in self.buffers.items() if each.dtype.kind == "f"}
        return {name: each.to(dtype) for name, each in floats.items()}

    def translated(self, program: dict[str, Any]) -> Callable[..., Any]:
        params = program["params_from_torch"](self.module)
        check_copied(params, self.module.state_dict())
        config = [params["config"]] if "config" in params else []

        def call(*inputs: Any) -> Any:
            own = len(inputs) - len(self.weights)
            state = self.buffers | dict(zip(self.weights, inputs[own:], strict=True))
            return program["model"](program["params_from_state_dict"](state, *config), *inputs[:own])

        return call


def check_copied(params: Any, state: dict[str, torch.Tensor]) -> None:
    """Every float of the state has come over with its dtype and value."""
    for name, tensor in state.items():
        if not tensor.is_floating_point():
            continue
        array = params
        for key in name.split("."):
            array = array[key]
        assert str(array.dtype) == str(tensor.dtype).removeprefix("torch."), f"{name}: {array.dtype}"
        assert np.array_equal(as_array(array.astype(jnp.float32)), as_array(tensor.float())), f"{name}: other values"


def callables(case: dict[str, Any]) -> tuple[Callable[..., Any], ModuleCall | None]:
    """The PyTorch call, and the module where it is one."""
    defined = load(case["torch"], "torch_call")
    if "Net" not in defined:
        return defined["f"], None
    torch.manual_seed(1)
    module = defined["Net"]().eval()
    with torch.no_grad():
        for each in [*module.parameters(), *module.buffers()]:
            if each.is_floating_point():
                each.add_(0.1 * torch.rand_like(each))
    made = ModuleCall(module)
    return made, made


def main() -> None:
    warnings.simplefilter("ignore")
    pool = make_inputs()
    trials: dict[tuple[str, str, int], Trial] = {}
    refused: dict[int, str | None] = {}
    problems: dict[int, str | None] = {}
    for line in sys.stdin:
        case = json.loads(line)
        number = case["id"]
        refused[number] = problems[number] = None
        call, module = callables(case)
        weights = list(module.weights.values()) if module else []
        for kind in KINDS:
            inputs = [as_kind(pool[name], "float" if name == "t" else kind) for name in case["inputs"]]
            if kind != "float" and all(a is b for a, b in zip(inputs, map(pool.get, case["inputs"]), strict=True)):
                continue
            inputs += weights
            try:
                theirs = run_torch(call, inputs)
                torch.set_default_dtype(torch.float64)
                exact = run_torch(call, [each.double() if each.is_floating_point() else each for each in inputs])
            except Exception as error:
                if kind == "float":
                    refused[number] = f"{type(error).__name__}: {error}"[:200]
                    break
                continue
            finally:
                torch.set_default_dtype(torch.float32)
            # A program that was not told the kind of its inputs may fail on integers, but not give other values.
            silent = case["jax"] if kind == "float" or not case["floats_only"] else None
            for source, may_fail in ((silent, kind != "float"), (case["declared"].get(kind), False)):
                if source is None:
                    continue
                key = (source, kind, number if module is not None else -1)
                if key not in trials:
                    trials[key] = Trial(jax_program(source, module), [as_input(each) for each in inputs])
                trials[key].expected.append(Expected(number, f"{kind} inputs", may_fail, theirs, exact))
    for trial, ours in run_jax(list(trials.values())):
        for each in trial.expected:
            failed = isinstance(ours, str)
            problem = ours if isinstance(ours, str) else compared(ours, each.theirs, each.exact)
            if problem is not None and not (failed and each.may_fail) and problems[each.number] is None:
                problems[each.number] = f"on {each.what}: {problem}"
    for number, reason in refused.items():
        print(json.dumps({"id": number, "torch_refuses": reason, "problem": problems[number]}))


def jax_program(source: str, module: ModuleCall | None) -> Callable[..., Any]:
    program = load(source, "jax_call")
    return program["f"] if module is None else module.translated(program)


if __name__ == "__main__":
    main()
