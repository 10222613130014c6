"""Proves that fixed code computes what the original computes: values and gradients, on this machine's torch.

    python test/proof/prove.py FIXTURES_FOLDER RULE...

For each rule its fixtures `invalid.py` and `fixed.py` (and `fixed_last.py`, where findings have several fixes)
are imported, and each case of `cases.py` is run in both, in float64 and in float32. In float64 results must agree
to rounding, and in float32 they must have the same strides or be contiguous, unless `OTHER_LAYOUT` of the cases
names them: then the fix is unsafe and its title says so. There the error of the fixed code against the float64
result of the original may be four times that of the original itself, and a few roundings: a fixed bound would
fail code that is better than the original. Fixes that are called safe must agree on hard inputs, too.

A rule without fixed code finds errors: each definition of its `invalid.py` must raise when it is run, and none of
its `valid.py` may. One JSON object a case goes to standard output.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from hard_inputs import prove_hard, safe_cases


def load(path: Path) -> ModuleType:
    """The module that a fixture is."""
    name = f"fixture_{path.parent.name}_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def callables(
    definition: Any, other: Any, dtype: torch.dtype
) -> tuple[Callable[..., Any], Callable[..., Any], list[Any]]:
    """Original and fixed as functions of the inputs, with the weights that they share."""
    if not isinstance(definition, type):
        return definition, other, []
    original, fixed = definition().to(dtype), other().to(dtype)
    missing = fixed.load_state_dict(original.state_dict(), strict=True)
    if missing.missing_keys or missing.unexpected_keys:
        raise AssertionError("the fixed module has other weights")
    for a, b in zip(original.parameters(), fixed.parameters(), strict=True):
        b.data = a.data
    return original, fixed, [list(original.parameters()), list(fixed.parameters())]


def run(
    function: Callable[..., Any], inputs: tuple[torch.Tensor, ...], weights: list[torch.Tensor]
) -> list[torch.Tensor]:
    """Outputs and the gradients of all inputs and weights, for a seeded cotangent."""
    leaves = [each.detach().requires_grad_() for each in inputs]
    output = function(*leaves)
    generator = torch.Generator().manual_seed(1)
    cotangent = torch.randn(output.shape, generator=generator, dtype=torch.float64).to(output.dtype)
    gradients = torch.autograd.grad(output, [*leaves, *weights], cotangent)
    return [output.detach(), *gradients]


def error(results: list[torch.Tensor], reference: list[torch.Tensor]) -> float:
    """The largest normwise relative error."""
    worst = 0.0
    for result, right in zip(results, reference, strict=True):
        if result.shape != right.shape:
            return float("inf")
        scale = float(right.double().norm()) or 1.0
        worst = max(worst, float((result.double() - right.double()).norm()) / scale)
    return worst


def prove(original: Any, fixed: Any, inputs: tuple[torch.Tensor, ...], any_layout: bool = False) -> str | None:
    """What differs between the original and the fixed code, or None."""
    torch.manual_seed(0)
    first, second, weights = callables(original, fixed, torch.float64)
    wide = tuple(each.double() for each in inputs)
    reference = run(first, wide, weights[0] if weights else [])
    difference = error(run(second, wide, weights[1] if weights else []), reference)
    if difference > 1e-12:
        return f"float64 results differ by {difference:.1e}"
    torch.manual_seed(0)
    first, second, weights = callables(original, fixed, torch.float32)
    outcome = run(second, inputs, weights[1] if weights else [])
    before = run(first, inputs, weights[0] if weights else [])
    if [each.dtype for each in outcome] != [each.dtype for each in before]:
        return "the dtypes of the results differ"
    own = error(before, reference)
    allowed = 4 * own + 16 * torch.finfo(torch.float32).eps
    # A contiguous result can be viewed in every way that the original's can.
    laid_out = any_layout or outcome[0].is_contiguous() or outcome[0].stride() == before[0].stride()
    if not laid_out:
        return f"the result has strides {outcome[0].stride()}, the original's has {before[0].stride()}"
    difference = error(outcome, reference)
    return None if difference <= allowed else f"float32 error is {difference:.1e}, the original's own is {own:.1e}"


def definitions(module: ModuleType) -> dict[str, Callable[..., Any]]:
    """The functions and classes that a fixture defines; names that begin with an underscore only help them."""
    own = {name: each for name, each in vars(module).items() if getattr(each, "__module__", None) == module.__name__}
    return {name: each for name, each in own.items() if callable(each) and not name.startswith("_")}


def outcome_of(definition: Callable[..., Any], inputs: tuple[Any, ...]) -> Exception | None:
    """What running a case raises; a class is a module, and its construction must not fail."""
    run = definition() if isinstance(definition, type) else definition
    try:
        run(*inputs)
    except Exception as raised:
        return raised
    return None


def prove_errors(folder: Path) -> None:
    """That what an error rule finds raises, and that what it leaves alone does not."""
    arguments = load(folder / "cases.py")
    for file, cases in (("invalid", arguments.cases()), ("valid", arguments.valid_cases())):
        found = definitions(load(folder / f"{file}.py"))
        for name in sorted(cases.keys() - found.keys()):
            problem = "there is no such definition"
            print(json.dumps({"rule": folder.name, "fixed": file, "case": name, "problem": problem}), flush=True)
        for name, definition in found.items():
            raised = outcome_of(definition, cases.get(name, ()))
            # Of a missing dimension an IndexError tells, of three operands' sizes opt_einsum, where it is installed.
            as_promised = (
                isinstance(raised, RuntimeError | ValueError | IndexError) if file == "invalid" else raised is None
            )
            problem = None if as_promised else "nothing is raised" if raised is None else repr(raised)
            print(json.dumps({"rule": folder.name, "fixed": file, "case": name, "problem": problem}), flush=True)


def main() -> None:
    folder = Path(sys.argv[1])
    for rule in sys.argv[2:]:
        if not any((folder / rule).glob("fixed*.py")):
            prove_errors(folder / rule)
            continue
        original, cases = (load(folder / rule / f"{name}.py") for name in ("invalid", "cases"))
        for file in sorted((folder / rule).glob("fixed*.py")):
            fixed = load(file)
            torch.manual_seed(0)
            for name, inputs in cases.cases().items():
                one, other = getattr(original, name), getattr(fixed, name)
                safe = name in safe_cases(folder / rule, file.stem)
                any_layout = not safe and name in getattr(cases, "OTHER_LAYOUT", ())
                problem = prove(one, other, inputs, any_layout)
                if problem is None and safe:
                    first, second, _ = callables(one, other, torch.float32)
                    problem = prove_hard(first, second, inputs)
                print(json.dumps({"rule": rule, "fixed": file.stem, "case": name, "problem": problem}), flush=True)


if __name__ == "__main__":
    main()
