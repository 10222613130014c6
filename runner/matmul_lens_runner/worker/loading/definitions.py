"""Which of a file's own definitions an expression may touch without running the reader's code."""

from __future__ import annotations

import ast

from matmul_lens_runner.worker.loading.allowed import FACTORIES
from matmul_lens_runner.worker.loading.bindings import Bindings
from matmul_lens_runner.worker.loading.imports import Imports

#: Bases from here run nothing when a class is subscripted or its attributes are read.
_TRUSTED_ROOTS = frozenset("abc collections dataclasses enum flax jax torch typing typing_extensions".split())
_TRUSTED_BASES = frozenset("BaseException Exception RuntimeError ValueError dict float int list object str".split())
_TRUSTED_DECORATORS = frozenset("classmethod property staticmethod".split())

#: Builtins that a subscript makes a type of.
_GENERICS = frozenset("dict frozenset list set tuple type".split())

#: Run when an instance is made.
_CONSTRUCTION = frozenset("__post_init__ __init__ __new__ __setattr__ __getattribute__ __getattr__".split())


class OwnDefinitions:
    """Sorts a file's functions and classes.

    `suspects`: names whose values run the reader's code when they are called, or when something is done with
    them (`R["a"]` calls `__class_getitem__`), and names that stand for such values. `dataclasses`: those whose
    construction runs nothing of the reader's.
    """

    def __init__(self, bindings: Bindings, imports: Imports) -> None:
        self._imports = imports
        self._own = bindings.names
        counted = [each.name for each in bindings.definitions]
        classes = {each.name: each for each in bindings.definitions if isinstance(each, ast.ClassDef)}
        self._inert: set[str] = set()
        self._types = {name for name in classes if counted.count(name) == 1 and not _has_metaclass(classes[name])}
        for name, definition in classes.items():
            if counted.count(name) == 1 and self._is_inert(definition):
                self._inert.add(name)
        self.dataclasses = {name for name in self._inert if self._is_plain_dataclass(classes[name])}
        self.suspects = {name for name in counted if name not in self._inert}
        self.suspects |= {name for name in self._inert if _has_behaviour(classes[name])}
        self._follow(bindings)

    def mention_suspects(self, *expressions: ast.expr | None) -> bool:
        """Whether a suspect's name, or a function made on the spot, stands anywhere in the expressions."""
        return any(
            isinstance(node, ast.Lambda) or (isinstance(node, ast.Name) and node.id in self.suspects)
            for expression in expressions
            if expression is not None
            for node in ast.walk(expression)
        )

    def is_type(self, expression: ast.expr) -> bool:
        """Whether it is a type made of types, such as `Callable[[Own], int]` or `Own | None`, which runs nothing."""
        if isinstance(expression, ast.Subscript):
            base = expression.value
            builtin = isinstance(base, ast.Name) and base.id in _GENERICS and base.id not in self._own
            return builtin or any(each.partition(".")[0] in _TRUSTED_ROOTS for each in self._imports.meanings(base))
        if isinstance(expression, ast.BinOp):
            sides = (expression.left, expression.right)
            return isinstance(expression.op, ast.BitOr) and all(self._is_member_of_union(each) for each in sides)
        return False

    def is_member(self, expression: ast.expr) -> bool:
        """Whether it reads an attribute of a class that only holds values, such as `Mode.FAST`."""
        return (
            isinstance(expression, ast.Attribute)
            and isinstance(expression.value, ast.Name)
            and expression.value.id in self._inert
        )

    def _is_member_of_union(self, expression: ast.expr) -> bool:
        if isinstance(expression, ast.Name):
            return expression.id in self._types or expression.id not in self.suspects
        return isinstance(expression, ast.Constant) or self.is_type(expression)

    def _follow(self, bindings: Bindings) -> None:
        """What is assigned from a suspect is one: `g = train`, `half = lambda x: x / 2`."""
        before = -1
        while before != len(self.suspects):
            before = len(self.suspects)
            for names, value in bindings.assignments:
                kept = self.is_type(value) or self._calls_suspects(value)
                if not kept and self.mention_suspects(value):
                    self.suspects.update(names)

    def _calls_suspects(self, value: ast.expr) -> bool:
        """Whether a value is never computed, because it takes a call of the reader's code."""
        called = [node.func for node in ast.walk(value) if isinstance(node, ast.Call)]
        return any(
            isinstance(each, ast.Name) and each.id in self.suspects and each.id not in self.dataclasses
            for each in called
        )

    def _is_inert(self, definition: ast.ClassDef) -> bool:
        """Whether reading its attributes and subscripting it run nothing of the reader's."""
        methods = [each for each in definition.body if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef))]
        return (
            not _has_metaclass(definition)
            and all(self._is_trusted_base(base) for base in definition.bases)
            and all(self._is_trusted(each, frozenset()) for each in definition.decorator_list)
            and all(self._is_trusted(each, _TRUSTED_DECORATORS) for of in methods for each in of.decorator_list)
            and not any(each.name == "__class_getitem__" for each in methods)
        )

    def _is_trusted_base(self, base: ast.expr) -> bool:
        if isinstance(base, ast.Subscript):
            base = base.value
        if isinstance(base, ast.Name) and base.id in self._inert:
            return True
        return self._is_trusted(base, _TRUSTED_BASES)

    def _is_trusted(self, expression: ast.expr, builtins: frozenset[str]) -> bool:
        if isinstance(expression, ast.Call):
            expression = expression.func
        if isinstance(expression, ast.Name) and expression.id in builtins and expression.id not in self._own:
            return True
        meanings = self._imports.meanings(expression)
        return bool(meanings) and all(each.partition(".")[0] in _TRUSTED_ROOTS for each in meanings)

    def _is_plain_dataclass(self, definition: ast.ClassDef) -> bool:
        decorators = [each.func if isinstance(each, ast.Call) else each for each in definition.decorator_list]
        return (
            any(self._imports.meanings(each) == {"dataclasses.dataclass"} for each in decorators)
            and not definition.bases
            and not _methods(definition) & _CONSTRUCTION
            and all(self._is_plain_factory(node) for each in definition.body for node in ast.walk(each))
        )

    def _is_plain_factory(self, node: ast.AST) -> bool:
        """Whether a default factory, if it is one, is a builtin such as `list`."""
        if not isinstance(node, ast.keyword) or node.arg != "default_factory":
            return True
        factory = node.value
        return isinstance(factory, ast.Name) and factory.id in FACTORIES and factory.id not in self._own


def _has_metaclass(definition: ast.ClassDef) -> bool:
    return any(keyword.arg in (None, "metaclass") for keyword in definition.keywords)


def _methods(definition: ast.ClassDef) -> set[str]:
    return {each.name for each in definition.body if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef))}


def _has_behaviour(definition: ast.ClassDef) -> bool:
    """Whether instances run the reader's code when something is done with them: operators, properties."""
    decorated = any(
        isinstance(decorator, ast.Name) and decorator.id == "property"
        for each in definition.body
        if isinstance(each, ast.FunctionDef)
        for decorator in each.decorator_list
    )
    return decorated or any(name.startswith("__") and name != "__init__" for name in _methods(definition))
