"""What the names of a file stand for, by its top-level imports."""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection

#: Modules whose `import *` binds no builtin's name, or a plain function of their own in its place (`torch.max`).
_KNOWN_ROOTS = sys.stdlib_module_names | frozenset("jax numpy torch typing_extensions".split())


class Imports:
    """Resolves names that only imports bind: `F` → `torch.nn.functional`.

    A name that two imports bind, as in `try: import a as x` with a fallback, may stand for either.
    """

    def __init__(self, statements: Collection[ast.Import | ast.ImportFrom], rebound: Collection[str]) -> None:
        """`rebound`: names that something else than an import binds, too; what they stand for is unknown."""
        self._meanings: dict[str, set[str]] = {}
        #: Whether a module that may hold anything, such as the reader's own, binds names that are not told.
        self.has_star = False
        for statement in statements:
            self._add(statement)
        for name in rebound:
            self._meanings.pop(name, None)

    def meanings(self, expression: ast.expr) -> set[str]:
        """The dotted names that an expression may stand for; empty where its first name is no import's."""
        parts: list[str] = []
        while isinstance(expression, ast.Attribute):
            parts.append(expression.attr)
            expression = expression.value
        if not isinstance(expression, ast.Name):
            return set()
        return {".".join([first, *reversed(parts)]) for first in self._meanings.get(expression.id, ())}

    def _add(self, statement: ast.Import | ast.ImportFrom) -> None:
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                name = alias.asname or alias.name.partition(".")[0]
                self._meanings.setdefault(name, set()).add(alias.name if alias.asname else name)
            return
        # A relative import keeps its dots, so that no name of a list here can be meant.
        module = "." * statement.level + (statement.module or "")
        for alias in statement.names:
            if alias.name == "*":
                root = module.partition(".")[0]
                self.has_star = self.has_star or root not in _KNOWN_ROOTS
            else:
                self._meanings.setdefault(alias.asname or alias.name, set()).add(f"{module}.{alias.name}")
