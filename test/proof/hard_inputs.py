"""Inputs that tell equal code from code that is equal on good days: what is called safe must be so on these, too."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch

#: In float32; which of two orders of a sum is nearer to the truth is not asked here.
RELATIVE, ABSOLUTE = 1e-3, 1e-4


def safe_cases(folder: Path, fixed: str) -> set[str]:
    """The definitions of a rule's `invalid.py` of which every fix is safe that made `fixed` of them."""
    source = (folder / "invalid.py").read_text(encoding="utf-8")
    spans = {
        each.name: (each.lineno, each.end_lineno or each.lineno)
        for each in ast.parse(source).body
        if isinstance(each, ast.FunctionDef | ast.ClassDef)
    }
    at = -1 if fixed.endswith("last") else 0
    safe: dict[str, bool] = {}
    for finding in json.loads((folder / "findings.json").read_text(encoding="utf-8")):
        name = next((name for name, (start, end) in spans.items() if start <= finding["line"] <= end), None)
        if name is None or not finding["fixes"]:
            continue
        safe[name] = safe.get(name, True) and finding["fixes"][at].startswith("safe:")
    return {name for name, is_safe in safe.items() if is_safe}


def variations(inputs: tuple[Any, ...]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """The same inputs with Inf, with NaN, with zeros, and with memory that has gaps."""
    yield "Inf among the values", tuple(_with(each, float("inf")) for each in inputs)
    yield "NaN among the values", tuple(_with(each, float("nan")) for each in inputs)
    yield "zeros and an Inf", tuple(_zeros(each, at) for at, each in enumerate(inputs))
    yield "strides of their own", tuple(_strided(each) for each in inputs)


def prove_hard(original: Callable[..., Any], fixed: Callable[..., Any], inputs: tuple[Any, ...]) -> str | None:
    """What differs on hard inputs, or None. Where the original raises, nothing is asked of the fixed code."""
    for label, values in variations(inputs):
        with torch.no_grad():
            try:
                expected = original(*values)
            except Exception:
                continue
            try:
                found = fixed(*values)
                torch.testing.assert_close(found, expected, rtol=RELATIVE, atol=ABSOLUTE, equal_nan=True)
            except Exception as error:
                return f"with {label}: {error}"
    return None


def _with(value: Any, special: float) -> Any:
    if not isinstance(value, torch.Tensor) or not value.is_floating_point() or value.numel() < 2:
        return value
    return value.masked_fill((torch.arange(value.numel()) == 1).reshape(value.shape), special)


def _zeros(value: Any, at: int) -> Any:
    """Zeros everywhere but in the second input, one of whose elements is infinite: a product of both is NaN."""
    if not isinstance(value, torch.Tensor) or not value.is_floating_point():
        return value
    return _with(value, float("inf")) if at == 1 else torch.zeros_like(value)


def _strided(value: Any) -> Any:
    if not isinstance(value, torch.Tensor) or value.ndim < 2:
        return value
    return value.transpose(-1, -2).contiguous().transpose(-1, -2)
