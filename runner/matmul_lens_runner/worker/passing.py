"""How a function gets its inputs: positionally in the order listed, by keyword where it must be."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from matmul_lens_runner.protocol.failure import Failure


@dataclass(frozen=True)
class Passing:
    """Names of the inputs passed by position, in order, and of those passed by keyword."""

    positional: tuple[str, ...]
    keyword: tuple[str, ...]


def plan_passing(function: Callable[..., Any], inputs: Sequence[tuple[str, bool]], skip: int = 0) -> Passing | Failure:
    """Plans the call of `function` for inputs given as (name, passed), in the order of its parameters.

    An input that is not passed leaves its parameter's default in place; what follows goes by keyword. `skip`
    leading parameters are filled by the caller. Without a readable signature everything goes by position.
    """
    parameters = _parameters(function)
    if parameters is None:
        return Passing(tuple(name for name, passed in inputs if passed), ())
    keyword_only = {each.name for each in parameters if each.kind is inspect.Parameter.KEYWORD_ONLY}
    no_keyword = {each.name for each in parameters[skip:] if each.kind is inspect.Parameter.POSITIONAL_ONLY}
    positional: list[str] = []
    keyword: list[str] = []
    gap = False
    for name, passed in inputs:
        if not passed:
            gap = gap or name not in keyword_only
        elif name in keyword_only:
            keyword.append(name)
        elif not gap:
            positional.append(name)
        elif name in no_keyword:
            return Failure(
                "inputsFailed", f"{name} cannot be passed by keyword, and an argument before it is left out."
            )
        else:
            keyword.append(name)
    return Passing(tuple(positional), tuple(keyword))


def _parameters(function: Callable[..., Any]) -> list[inspect.Parameter] | None:
    """Parameters of a callable; a module's are its `forward`'s, since its `__call__` takes anything."""
    forward = getattr(function, "forward", None)
    try:
        return list(inspect.signature(forward if callable(forward) else function).parameters.values())
    except (TypeError, ValueError):
        return None
