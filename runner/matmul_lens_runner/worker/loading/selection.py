"""Selects what of a file is run when it is loaded: imports, definitions and constant assignments.

Everything else at the top level is left out, above all the loop of an unguarded training script. What is left
out is remembered by the names it would have bound, so that a `NameError` can be explained.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from matmul_lens_runner.worker.loading.harmless import HarmlessExpressions, Imports

_Definition = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_Assignment = (ast.Assign, ast.AnnAssign, ast.AugAssign)


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


def select(tree: ast.Module) -> Selection:
    """What of a parsed file is run when it is loaded."""
    return _Selector(tree).select()


class _Selector:
    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree
        imports = Imports()
        definitions = [each for each in ast.walk(tree) if isinstance(each, _Definition)]
        for statement in ast.walk(tree):
            if isinstance(statement, (ast.Import, ast.ImportFrom)):
                imports.add(statement)
        dataclasses = {each.name for each in definitions if _is_plain_dataclass(each, imports)}
        self._harmless = HarmlessExpressions(imports, {each.name for each in definitions}, dataclasses)
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
        if isinstance(statement, (ast.Import, ast.ImportFrom, ast.Pass, *_Definition)):
            return statement
        if isinstance(statement, _Assignment):
            return statement if self._is_constant(statement) else None
        if isinstance(statement, ast.Expr):
            return statement if isinstance(statement.value, ast.Constant) else None
        if isinstance(statement, ast.If):
            return self._condition(statement)
        if isinstance(statement, ast.Try):
            return self._attempt(statement)
        # `type X = ...` of Python 3.12 is lazy.
        return statement if type(statement).__name__ == "TypeAlias" else None

    def _is_constant(self, statement: ast.Assign | ast.AnnAssign | ast.AugAssign) -> bool:
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        names = all(isinstance(part, ast.Name) for target in targets for part in (_flat(target) if target else ()))
        return names and self._harmless.accepts(statement.value)

    def _condition(self, statement: ast.If) -> ast.stmt | None:
        """`if TYPE_CHECKING`, version and availability checks; never a main guard."""
        if _is_main_guard(statement.test) or not self._harmless.accepts(statement.test):
            return None
        body, orelse = self._block(statement.body), self._block(statement.orelse)
        return _located(ast.If(statement.test, body or [ast.Pass()], orelse), statement)

    def _attempt(self, statement: ast.Try) -> ast.stmt | None:
        """`try: import x` with its fallbacks; a handler may raise."""
        if not any(isinstance(each, (ast.Import, ast.ImportFrom)) for each in statement.body):
            return None
        handlers = []
        for handler in statement.handlers:
            body = [*self._block([each for each in handler.body if not isinstance(each, ast.Raise)])]
            body += [each for each in handler.body if isinstance(each, ast.Raise)]
            handlers.append(ast.ExceptHandler(handler.type, handler.name, body or [ast.Pass()]))
        body, orelse, final = (self._block(each) for each in (statement.body, statement.orelse, statement.finalbody))
        return _located(ast.Try(body or [ast.Pass()], handlers, orelse, final), statement)

    def _leave_out(self, statement: ast.stmt) -> None:
        guarded = isinstance(statement, ast.If) and _is_main_guard(statement.test)
        for name in bound_names(statement):
            if name not in self._bound:
                self._result.left_out.setdefault(name, LeftOut(statement.lineno, ONLY_DEFINITIONS))
            elif not guarded:
                self._result.rebound.setdefault(name, statement.lineno)


def bound_names(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement binds in the scope it stands in."""
    if isinstance(statement, _Definition):
        yield statement.name
        return
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        for alias in statement.names:
            yield alias.asname or alias.name.partition(".")[0]
        return
    for child in ast.iter_child_nodes(statement):
        if isinstance(child, ast.stmt):
            yield from bound_names(child)
        else:
            yield from _stored(child)


def _stored(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name):
        if isinstance(node.ctx, ast.Store):
            yield node.id
    elif not isinstance(node, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
        for child in ast.iter_child_nodes(node):
            yield from bound_names(child) if isinstance(child, ast.stmt) else _stored(child)


def _flat(target: ast.expr) -> Iterator[ast.expr]:
    if isinstance(target, (ast.Tuple, ast.List)):
        for element in target.elts:
            yield from _flat(element)
    else:
        yield target


def _is_main_guard(test: ast.expr) -> bool:
    return any(isinstance(node, ast.Name) and node.id == "__name__" for node in ast.walk(test))


def _is_plain_dataclass(definition: ast.stmt, imports: Imports) -> bool:
    """A dataclass that runs nothing of its own when it is built."""
    if not isinstance(definition, ast.ClassDef):
        return False
    decorators = [each.func if isinstance(each, ast.Call) else each for each in definition.decorator_list]
    methods = {each.name for each in definition.body if isinstance(each, ast.FunctionDef)}
    return (
        any(imports.qualify(each) == "dataclasses.dataclass" for each in decorators)
        and not definition.bases
        and not methods & {"__post_init__", "__init__", "__new__"}
    )


def _located(made: ast.stmt, original: ast.stmt) -> ast.stmt:
    return ast.fix_missing_locations(ast.copy_location(made, original))
