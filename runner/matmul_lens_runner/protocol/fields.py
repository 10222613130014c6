"""Reads JSON values by path, so that a refusal names the field that is wrong."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

T = TypeVar("T")


class FieldError(Exception):
    """Raised while a request is read and turned into a `badRequest` by `parse_command`."""


class Field:
    """A JSON value and the path that led to it, such as `race.inputs[0].shape`."""

    def __init__(self, value: Any, path: str) -> None:
        self._value = value
        self._path = path

    def wrong(self, expected: str) -> FieldError:
        """The error that says what this field should have been."""
        return FieldError(f"{self._path or 'the command'} must be {expected}")

    def get(self, name: str) -> Field:
        """A member of an object, which must be there."""
        if not isinstance(self._value, dict):
            raise self.wrong("an object")
        path = f"{self._path}.{name}" if self._path else name
        if name not in self._value:
            raise FieldError(f"{path} is missing")
        return Field(self._value[name], path)

    def string(self, limit: int | None = None) -> str:
        """A string, of at most `limit` characters."""
        if not isinstance(self._value, str):
            raise self.wrong("a string")
        if limit is not None and len(self._value) > limit:
            raise self.wrong(f"at most {limit} characters long")
        return self._value

    def boolean(self) -> bool:
        """True or false."""
        if not isinstance(self._value, bool):
            raise self.wrong("true or false")
        return self._value

    def number(self, low: float | None = None) -> float:
        """A finite number, not under `low`."""
        if isinstance(self._value, bool) or not isinstance(self._value, (int, float)):
            raise self.wrong("a number")
        try:
            value = float(self._value)
        except OverflowError:
            value = math.inf
        if not math.isfinite(value):
            raise self.wrong("a finite number")
        if low is not None and value < low:
            raise self.wrong(f"at least {low:g}")
        return value

    def integer(self, low: int | None = None) -> int:
        """A whole number, not under `low`; JSON writers may spell it `3.0`."""
        value = self.number(low)
        if not value.is_integer():
            raise self.wrong("a whole number")
        return int(value)

    def one_of(self, words: Sequence[T]) -> T:
        """One of a closed set of words."""
        for word in words:
            if self._value == word and type(self._value) is type(word):
                return word
        raise self.wrong("one of " + ", ".join(str(word) for word in words))

    def items(self, least: int = 0) -> list[Field]:
        """The elements of an array that has at least `least` of them."""
        if not isinstance(self._value, list):
            raise self.wrong("an array")
        if len(self._value) < least:
            raise self.wrong(f"an array of at least {least}")
        return [Field(item, f"{self._path}[{index}]") for index, item in enumerate(self._value)]

    def strings(self) -> tuple[str, ...]:
        """An array of strings."""
        return tuple(item.string() for item in self.items())

    def words(self) -> dict[str, str]:
        """An object whose values are strings."""
        if not isinstance(self._value, dict):
            raise self.wrong("an object")
        return {name: self.get(name).string() for name in self._value}

    def optional(self, read: Callable[[Field], T]) -> T | None:
        """Null, or what `read` makes of it."""
        return None if self._value is None else read(self)
