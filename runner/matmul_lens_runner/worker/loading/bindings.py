"""Which names a file's top level binds, and by what."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

Definition = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class Bindings:
    """The names that statements of the top level bind, wherever they stand; `global` in a function counts, too."""

    def __init__(self, tree: ast.Module) -> None:
        self.imports: list[ast.Import | ast.ImportFrom] = []
        self.definitions: list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef] = []
        self.assignments: list[tuple[list[str], ast.expr]] = []
        counts: Counter[str] = Counter()
        for statement in _top_level(tree):
            if isinstance(statement, (ast.Import, ast.ImportFrom)):
                self.imports.append(statement)
            elif isinstance(statement, Definition):
                self.definitions.append(statement)
            elif isinstance(statement, (ast.Assign, ast.AnnAssign, ast.AugAssign)) and statement.value is not None:
                self.assignments.append((list(bound_names(statement)), statement.value))
            counts.update(own_names(statement))
        declared = [name for node in ast.walk(tree) if isinstance(node, ast.Global) for name in node.names]
        self.names = {*counts, *declared}
        once = {name for name, count in counts.items() if count == 1} - set(declared)
        #: The value of each name that one assignment binds and nothing else.
        self.values = {names[0]: value for names, value in self.assignments if len(names) == 1 and names[0] in once}
        constants = [names for names, value in self.assignments if isinstance(value, ast.Constant)]
        imported = Counter(name for each in self.imports for name in own_names(each))
        harmless = imported + Counter(name for names in constants for name in names)
        #: Names that something else than imports and constants binds: `math = os`, but not `numpy = None`.
        self.rebound = {name for name, count in counts.items() if count > harmless[name]} | set(declared)


def bound_names(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement and those inside it bind in the scope it stands in."""
    yield from own_names(statement)
    if not isinstance(statement, Definition):
        for child in _inner(statement):
            yield from bound_names(child)


def own_names(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement binds itself: a loop's target, but not what its body binds."""
    if isinstance(statement, Definition):
        yield statement.name
    elif isinstance(statement, (ast.Import, ast.ImportFrom)):
        for alias in statement.names:
            yield alias.asname or alias.name.partition(".")[0]
    else:
        yield from _stored(statement)


def flat_targets(target: ast.expr) -> Iterator[ast.expr]:
    """The targets inside nested tuples and lists."""
    if isinstance(target, (ast.Tuple, ast.List)):
        for element in target.elts:
            yield from flat_targets(element)
    else:
        yield target


def _top_level(node: ast.Module | ast.stmt) -> Iterator[ast.stmt]:
    for statement in _inner(node):
        yield statement
        if not isinstance(statement, Definition):
            yield from _top_level(statement)


def _inner(node: ast.AST) -> Iterator[ast.stmt]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            yield child
        elif not isinstance(child, ast.expr):
            yield from _inner(child)


def _stored(node: ast.AST) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Name):
            if isinstance(child.ctx, (ast.Store, ast.Del)):
                yield child.id
        elif isinstance(child, ast.ExceptHandler):
            if child.name:
                yield child.name
            yield from _stored(child)
        elif isinstance(child, (ast.MatchAs, ast.MatchStar, ast.MatchMapping)):
            name = child.rest if isinstance(child, ast.MatchMapping) else child.name
            if name:
                yield name
            yield from _stored(child)
        elif not isinstance(child, (ast.stmt, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            yield from _stored(child)
