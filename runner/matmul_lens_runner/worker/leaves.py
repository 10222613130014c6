"""Flattens outputs the same way on both sides: sequences by index, dictionaries by sorted key."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_PLAIN_VALUES = (bool, int, float, complex, str, type(None))


class OddOutputError(Exception):
    """An output that cannot be compared: a lazy or exotic tensor, or an object of another kind."""


@dataclass(frozen=True)
class Leaf:
    """A tensor or plain value inside an output, with its path, such as `output[0].logits`."""

    path: str
    value: Any
    is_array: bool


#: Why outputs without any array are refused.
NO_TENSOR = "The code returns no tensor, so there is nothing to compare."


def flatten(value: Any, accepts: Callable[[Any], bool], path: str = "output") -> list[Leaf]:
    """Leaves in a deterministic order; `accepts` tells the framework's plain tensors. Raises OddOutputError."""
    if accepts(value):
        return [Leaf(path, value, True)]
    if isinstance(value, _PLAIN_VALUES):
        return [Leaf(path, value, False)]
    if isinstance(value, (tuple, list)):
        return [leaf for index, item in enumerate(value) for leaf in flatten(item, accepts, f"{path}[{index}]")]
    if isinstance(value, Mapping):
        keys = sorted(value, key=str)
        return [leaf for key in keys for leaf in flatten(value[key], accepts, f"{path}.{key}")]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in dataclasses.fields(value)]
        return [leaf for name in names for leaf in flatten(getattr(value, name), accepts, f"{path}.{name}")]
    raise OddOutputError(f"{path} is a {type(value).__module__}.{type(value).__qualname__}, which cannot be compared")
