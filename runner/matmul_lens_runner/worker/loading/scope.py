"""Where the reader's expressions are evaluated: constructor arguments, and inputs that no shape describes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matmul_lens_runner.protocol.failure import Failure
from matmul_lens_runner.protocol.tracebacks import failure_of
from matmul_lens_runner.protocol.vocabulary import FailureKind
from matmul_lens_runner.worker.loading.module import LoadedModule


class Scope:
    """The names of the reader's file, and what a worker offers beside them; the file's own names win."""

    def __init__(self, offered: Mapping[str, Any], modules: Sequence[LoadedModule]) -> None:
        """Of modules that share a name, an earlier one's holds."""
        self._modules = modules
        self._names = dict(offered)
        for loaded in reversed(modules):
            self._names |= loaded.module.__dict__

    def evaluate(self, expression: str) -> Any:
        """The value of an expression; what it raises passes through. It cannot bind names for the next one."""
        return eval(expression.strip(), dict(self._names))

    def evaluate_all(self, expression: str) -> list[Any]:
        """The items of an expression such as `get_inputs()`; raises TypeError where it is no list or tuple."""
        value = self.evaluate(expression)
        if not isinstance(value, (list, tuple)):
            raise TypeError(f"`{expression}` yields {type(value).__name__} instead of a list or tuple of arguments")
        return list(value)

    def failure(self, error: BaseException, kind: FailureKind) -> Failure:
        """The failure of an exception that an expression raised, at the reader's line where there is one."""
        files = {str(loaded.module.__file__) for loaded in self._modules}
        return failure_of(error, kind, files, self._explain)

    def _explain(self, name: str | None) -> str | None:
        return next((why for loaded in self._modules if (why := loaded.explain(name))), None)
