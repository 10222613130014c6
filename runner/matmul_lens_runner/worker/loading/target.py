"""Finds what a race calls in a loaded module: a function, an instance, or a bound method of an instance."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from matmul_lens_runner.protocol.failure import Failure
from matmul_lens_runner.protocol.request import ALL_ARGUMENTS, InitArgument, Program
from matmul_lens_runner.protocol.tracebacks import failure_of
from matmul_lens_runner.worker.loading.module import LoadedModule
from matmul_lens_runner.worker.loading.scope import Scope


@dataclass
class Target:
    """`call` is what the race calls; `owner` the instance that holds its weights, null for a plain function.

    `method` names the method of `owner` that `call` is; empty where the instance itself is called.
    """

    program: Program
    loaded: LoadedModule
    call: Callable[..., Any]
    owner: Any
    method: str = ""

    @property
    def filename(self) -> str:
        """The file name that stands in tracebacks."""
        return str(self.loaded.module.__file__)

    def call_on(self, owner: Any) -> Callable[..., Any]:
        """The same callable of another instance, such as a float64 copy."""
        found: Callable[..., Any] = getattr(owner, self.method) if self.method else owner
        return found

    def failure(self, error: BaseException, kind: Any = "runFailed") -> Failure:
        """The failure of an exception that running the target raised."""
        return failure_of(error, kind, {self.filename}, self.loaded.explain)


def resolve_target(
    program: Program, loaded: LoadedModule, init: Sequence[InitArgument], scope: Scope
) -> Target | Failure:
    """The callable that `qualname` names; a class is built with `init`, evaluated in `scope`.

    Expected failures: the name is not there, it is defined inside a function, or the constructor raises.
    """
    if "<locals>" in program.qualname:
        return _refused(program, f"{program.qualname} is defined inside another function, out of reach")
    parts = program.qualname.split(".")
    found: Any = loaded.module
    holder: Any = None
    for index, part in enumerate(parts):
        holder = found
        try:
            found = inspect.getattr_static(found, part) if index and index == len(parts) - 1 else getattr(found, part)
        except AttributeError:
            why = loaded.explain(part) if index == 0 else None
            return _refused(program, why or f"{program.qualname} is not defined at the top level of its file")
    if isinstance(found, type):
        return _instance(program, loaded, found, init, scope)
    if len(parts) == 1 or not isinstance(holder, type):
        return _callable(program, loaded, found, None)
    if isinstance(found, (staticmethod, classmethod)):
        return _callable(program, loaded, getattr(holder, parts[-1]), None)
    built = _instance(program, loaded, holder, init, scope)
    if isinstance(built, Failure):
        return built
    return _callable(program, loaded, getattr(built.owner, parts[-1]), built.owner, parts[-1])


def _instance(
    program: Program, loaded: LoadedModule, cls: type, init: Sequence[InitArgument], scope: Scope
) -> Target | Failure:
    positional: list[Any] = []
    keywords: dict[str, Any] = {}
    for argument in init:
        try:
            if argument.name == ALL_ARGUMENTS:
                positional += scope.evaluate_all(argument.expression)
            else:
                keywords[argument.name] = scope.evaluate(argument.expression)
        except (Exception, SystemExit) as error:
            failure = scope.failure(error, "loadFailed")
            named = "arguments" if argument.name == ALL_ARGUMENTS else f"argument {argument.name}"
            message = f"Constructor {named}: {failure.message}"
            return replace(failure, message=message, file=failure.file or program.file)
    try:
        instance = cls(*positional, **keywords)
    except (Exception, SystemExit) as error:
        return failure_of(error, "loadFailed", {str(loaded.module.__file__)}, loaded.explain)
    return _callable(program, loaded, instance, instance)


def _callable(program: Program, loaded: LoadedModule, found: Any, owner: Any, method: str = "") -> Target | Failure:
    if not callable(found):
        return _refused(program, f"{program.qualname} is not callable")
    return Target(program, loaded, found, owner, method)


def _refused(program: Program, why: str) -> Failure:
    return Failure("loadFailed", f"{why[0].upper()}{why[1:]}." if why[0] != "`" else f"{why}.", file=program.file)
