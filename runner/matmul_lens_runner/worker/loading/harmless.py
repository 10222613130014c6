"""Judges which expressions of a file may be computed while it is loaded."""

from __future__ import annotations

import ast
import builtins

from matmul_lens_runner.worker.loading.allowed import (
    BUILTINS,
    FACTORIES,
    FACTORY_TAKERS,
    IMPORTED_FACTORIES,
    KEEPERS,
    PURE_MODULES,
    QUALIFIED,
)
from matmul_lens_runner.worker.loading.bindings import Bindings, flat_targets
from matmul_lens_runner.worker.loading.definitions import OwnDefinitions
from matmul_lens_runner.worker.loading.imports import Imports
from matmul_lens_runner.worker.loading.receivers import Receivers


class HarmlessExpressions:
    """Judges expressions of one file by their text.

    Accepted is what is made of constants, names, operators and allowed calls, and where no operator, attribute,
    subscript or call could reach code of the reader's own functions and classes.
    """

    def __init__(self, bindings: Bindings, imports: Imports) -> None:
        self._imports = imports
        self._own = OwnDefinitions(bindings, imports)
        # `from x import *` may bind any builtin's name.
        self._known = frozenset() if imports.has_star else frozenset(dir(builtins)) - bindings.names
        self._builtins = BUILTINS & self._known
        self._receivers = Receivers(imports, self._builtins, bindings.values, bindings.names)

    def accepts(self, expression: ast.expr | None) -> bool:
        """Whether computing it does nothing but yield a value."""
        if expression is None:
            return True
        if isinstance(expression, ast.Lambda):
            arguments = expression.args
            defaults = [*arguments.defaults, *(each for each in arguments.kw_defaults if each)]
            return all(self.accepts(each) for each in defaults)
        if isinstance(expression, ast.Call):
            return self._accepts_call(expression)
        if not isinstance(expression, _PLAIN):
            return False
        untouched = self._own.is_type(expression) or self._own.is_member(expression)
        if not untouched and self._own.mention_suspects(*_operands(expression)):
            return False
        return all(self.accepts(child) for child in ast.iter_child_nodes(expression) if isinstance(child, ast.expr))

    def accepts_assignment(self, statement: ast.Assign | ast.AnnAssign | ast.AugAssign) -> bool:
        """Whether an assignment binds plain names to a harmless value."""
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        if not all(isinstance(part, ast.Name) for target in targets for part in flat_targets(target)):
            return False
        unpacked = any(not isinstance(each, ast.Name) for each in targets)
        displayed = isinstance(statement.value, (ast.Tuple, ast.List))
        # Unpacking iterates over a value that is no display, and `+=` is an operator.
        works = isinstance(statement, ast.AugAssign) or (unpacked and not displayed)
        if works and self._own.mention_suspects(statement.value, *targets):
            return False
        return self.accepts(statement.value)

    def accepts_test(self, test: ast.expr) -> bool:
        """Whether a condition may be evaluated: its truth may be the reader's `__bool__`."""
        return self.accepts(test) and not self._own.mention_suspects(test)

    def accepts_raise(self, statement: ast.Raise) -> bool:
        """`raise`, `raise error`, or one of Python's own exceptions with harmless arguments."""
        raised = statement.exc.func if isinstance(statement.exc, ast.Call) else statement.exc
        arguments = _arguments(statement.exc) if isinstance(statement.exc, ast.Call) else []
        known = isinstance(raised, ast.Name) and raised.id not in self._own.suspects
        if isinstance(statement.exc, ast.Call):
            known = isinstance(raised, ast.Name) and raised.id in self._known and _is_exception(raised.id)
        parts = [*arguments, *([statement.cause] if statement.cause else [])]
        return (raised is None or known) and not self._own.mention_suspects(*parts) and all(map(self.accepts, parts))

    def accepts_caught(self, caught: ast.expr | None) -> bool:
        """Whether what an `except` clause names may be looked up."""
        calls = caught is not None and any(isinstance(node, ast.Call) for node in ast.walk(caught))
        return not calls and self.accepts(caught)

    def _accepts_call(self, call: ast.Call) -> bool:
        callee, arguments = call.func, _arguments(call)
        meanings = self._imports.meanings(callee)
        if not all(self.accepts(each) for each in arguments):
            return False
        if meanings and meanings <= KEEPERS:
            return True
        factories = self._factories(call, meanings)
        rest = [each for each in arguments if each not in factories]
        if self._own.mention_suspects(*rest) or not all(self._accepts_factory(each) for each in factories):
            return False
        if meanings:
            return all(self._accepts_meaning(each) for each in meanings)
        if isinstance(callee, ast.Name):
            # `key` names a function that is called.
            called = any(keyword.arg in ("key", None) for keyword in call.keywords)
            return (callee.id in self._builtins and not called) or callee.id in self._own.dataclasses
        return isinstance(callee, ast.Attribute) and self._accepts_method(callee)

    def _accepts_meaning(self, qualified: str) -> bool:
        return qualified in QUALIFIED or qualified in FACTORY_TAKERS or qualified.rpartition(".")[0] in PURE_MODULES

    def _accepts_method(self, method: ast.Attribute) -> bool:
        return self._receivers.allows(method.value, method.attr) and self.accepts(method.value)

    def _factories(self, call: ast.Call, meanings: set[str]) -> list[ast.expr]:
        """The arguments that the callee calls to make a value."""
        found: list[ast.expr] = []
        for keyword, position in (FACTORY_TAKERS[each] for each in meanings if each in FACTORY_TAKERS):
            found += [each.value for each in call.keywords if each.arg in (keyword, None)]
            found += call.args[:1] if position is not None else []
        return found

    def _accepts_factory(self, factory: ast.expr) -> bool:
        if isinstance(factory, ast.Lambda):
            return self.accepts(factory.body) and not self._own.mention_suspects(factory.body)
        if isinstance(factory, ast.Constant):
            return True
        meanings = self._imports.meanings(factory)
        if meanings:
            return meanings <= IMPORTED_FACTORIES
        return isinstance(factory, ast.Name) and factory.id in FACTORIES and factory.id in self._builtins


def _arguments(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(keyword.value for keyword in call.keywords)]


def _operands(expression: ast.expr) -> list[ast.expr | None]:
    """The parts of an expression that something is done with, rather than kept."""
    if isinstance(expression, (ast.Attribute, ast.Starred, ast.FormattedValue)):
        return [expression.value]
    if isinstance(expression, ast.Subscript):
        return [expression.value, expression.slice]
    if isinstance(expression, ast.BinOp):
        return [expression.left, expression.right]
    if isinstance(expression, ast.UnaryOp):
        return [expression.operand]
    if isinstance(expression, ast.Compare):
        return [expression.left, *expression.comparators]
    if isinstance(expression, ast.BoolOp):
        return list(expression.values)
    if isinstance(expression, ast.IfExp):
        return [expression.test]
    if isinstance(expression, ast.Set):
        return list(expression.elts)
    if isinstance(expression, ast.Dict):
        # Keys are hashed; a value without a key is unpacked.
        unpacked = [value for key, value in zip(expression.keys, expression.values, strict=True) if key is None]
        return [*expression.keys, *unpacked]
    return []


def _is_exception(name: str) -> bool:
    found = getattr(builtins, name, None)
    return isinstance(found, type) and issubclass(found, BaseException)


_PLAIN = (
    ast.Attribute,
    ast.BinOp,
    ast.BoolOp,
    ast.Compare,
    ast.Constant,
    ast.Dict,
    ast.FormattedValue,
    ast.IfExp,
    ast.JoinedStr,
    ast.List,
    ast.Name,
    ast.Set,
    ast.Slice,
    ast.Starred,
    ast.Subscript,
    ast.Tuple,
    ast.UnaryOp,
)
