"""Selects what of a file is run when it is loaded: imports, definitions and constant assignments.

Everything else at the top level is left out, above all the loop of an unguarded training script. What is left
out is remembered by the names it would have bound, so that a `NameError` can be explained. Definitions run as
Python runs them: their decorators, default arguments and class bodies are computed.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field

from matmul_lens_runner.worker.loading.bindings import Bindings, Definition, bound_names
from matmul_lens_runner.worker.loading.global_state import sets_global_state
from matmul_lens_runner.worker.loading.harmless import HarmlessExpressions
from matmul_lens_runner.worker.loading.imports import Imports


@dataclass(frozen=True)
class LeftOut:
    """The line that would have bound a name, and why it did not."""

    line: int
    why: str


ONLY_DEFINITIONS = "was not run, because a race runs only imports, definitions and constant assignments"


@dataclass
class Selection:
    """The statements that run, in their order, and for each name that was not bound what would have bound it."""

    statements: list[ast.stmt] = field(default_factory=list)
    left_out: dict[str, LeftOut] = field(default_factory=dict)
    #: Names that run statements bind and that a left-out one would have bound again, with its line.
    rebound: dict[str, int] = field(default_factory=dict)
    #: Lines of left-out statements that would have set global state, such as the default dtype.
    settings: list[int] = field(default_factory=list)


def select(tree: ast.Module) -> Selection:
    """What of a parsed file is run when it is loaded."""
    return _Selector(tree).select()


class _Selector:
    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree
        bindings = Bindings(tree)
        self._imports = Imports(bindings.imports, bindings.rebound)
        self._harmless = HarmlessExpressions(bindings, self._imports)
        self._result = Selection()
        self._bound: set[str] = set()

    def select(self) -> Selection:
        self._result.statements = self._block(self._tree.body)
        return self._result

    def _block(self, body: Sequence[ast.stmt]) -> list[ast.stmt]:
        kept: list[ast.stmt] = []
        for statement in body:
            selected = self._statement(statement)
            if selected is None:
                self._leave_out(statement)
            else:
                kept.append(selected)
                self._bound.update(bound_names(selected))
        return kept

    def _statement(self, statement: ast.stmt) -> ast.stmt | None:
        if isinstance(statement, (ast.Import, ast.ImportFrom, ast.Pass, *Definition)):
            return statement
        if isinstance(statement, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
            return _unannotated(statement) if self._harmless.accepts_assignment(statement) else None
        if isinstance(statement, ast.Expr):
            return statement if isinstance(statement.value, ast.Constant) else None
        if isinstance(statement, ast.If):
            return self._condition(statement)
        if isinstance(statement, ast.Try):
            return self._attempt(statement)
        # `type X = ...` of Python 3.12 is lazy.
        return statement if type(statement).__name__ == "TypeAlias" else None

    def _condition(self, statement: ast.If) -> ast.stmt | None:
        """`if TYPE_CHECKING`, version and availability checks; never a main guard."""
        if _is_main_guard(statement.test) or not self._harmless.accepts_test(statement.test):
            return None
        body, orelse = self._block(statement.body), self._block(statement.orelse)
        return _located(ast.If(statement.test, body or [ast.Pass()], orelse), statement)

    def _attempt(self, statement: ast.Try) -> ast.stmt | None:
        """`try: import x` with its fallbacks; a handler may raise."""
        if not any(isinstance(each, (ast.Import, ast.ImportFrom)) for each in statement.body):
            return None
        if not all(self._harmless.accepts_caught(handler.type) for handler in statement.handlers):
            return None
        body, orelse, final = (self._block(each) for each in (statement.body, statement.orelse, statement.finalbody))
        handlers = [
            ast.ExceptHandler(handler.type, handler.name, self._handling(handler.body) or [ast.Pass()])
            for handler in statement.handlers
        ]
        return _located(ast.Try(body or [ast.Pass()], handlers, orelse, final), statement)

    def _handling(self, body: Sequence[ast.stmt]) -> list[ast.stmt]:
        """A handler's statements; in place of an exception that is not harmless to make, what was caught is raised."""
        kept: list[ast.stmt] = []
        for statement in body:
            if isinstance(statement, ast.Raise):
                harmless = self._harmless.accepts_raise(statement)
                kept.append(statement if harmless else _located(ast.Raise(None, None), statement))
            else:
                kept += self._block([statement])
        return kept

    def _leave_out(self, statement: ast.stmt) -> None:
        guarded = isinstance(statement, ast.If) and _is_main_guard(statement.test)
        if sets_global_state(statement, self._imports):
            self._result.settings.append(statement.lineno)
        for name in bound_names(statement):
            if name not in self._bound:
                self._result.left_out.setdefault(name, LeftOut(statement.lineno, ONLY_DEFINITIONS))
            elif not guarded:
                self._result.rebound.setdefault(name, statement.lineno)


def _unannotated(statement: ast.Assign | ast.AnnAssign | ast.AugAssign) -> ast.stmt:
    """Without its annotation, which Python would compute although it binds nothing."""
    if not isinstance(statement, ast.AnnAssign):
        return statement
    bare = ast.Pass() if statement.value is None else ast.Assign([statement.target], statement.value)
    return _located(bare, statement)


def _is_main_guard(test: ast.expr) -> bool:
    return any(isinstance(node, ast.Name) and node.id == "__name__" for node in ast.walk(test))


def _located(made: ast.stmt, original: ast.stmt) -> ast.stmt:
    return ast.fix_missing_locations(ast.copy_location(made, original))
