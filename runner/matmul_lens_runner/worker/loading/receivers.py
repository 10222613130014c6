"""Methods that may be called while a file is loaded, on values whose type its text tells."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Mapping
from typing import Literal

from matmul_lens_runner.worker.loading.imports import Imports

Kind = Literal["str", "sequence", "dict", "set", "path", "paths"]

#: Methods by the type of their receiver, none of which changes anything; `Path.replace` would rename a file.
METHODS: Mapping[Kind, frozenset[str]] = {
    "str": frozenset(
        """capitalize casefold center count encode endswith expandtabs find format index isalnum isalpha isdigit
        isidentifier islower isspace isupper join ljust lower lstrip partition removeprefix removesuffix replace rfind
        rindex rjust rpartition rsplit rstrip split splitlines startswith strip swapcase title upper zfill""".split()
    ),
    "sequence": frozenset("copy count index".split()),
    "dict": frozenset("copy get items keys values".split()),
    "set": frozenset("copy difference intersection isdisjoint issubset issuperset symmetric_difference union".split()),
    "path": frozenset(
        """absolute as_posix as_uri exists expanduser is_absolute is_dir is_file joinpath relative_to resolve with_name
        with_stem with_suffix""".split()
    ),
    "paths": frozenset(),
}

_BUILTIN_KINDS: Mapping[str, Kind] = {
    **dict.fromkeys(("list", "tuple", "sorted"), "sequence"),
    **dict.fromkeys(("set", "frozenset"), "set"),
    "str": "str",
    "dict": "dict",
}
_QUALIFIED_KINDS: Mapping[str, Kind] = {
    **dict.fromkeys(("pathlib.Path", "pathlib.PurePath"), "path"),
    **dict.fromkeys(
        ("os.getcwd", "os.getenv", "os.environ.get", "platform.machine", "platform.python_version", "platform.system"),
        "str",
    ),
    **dict.fromkeys(("os.path.abspath", "os.path.basename", "os.path.dirname", "os.path.join"), "str"),
    **dict.fromkeys(("collections.Counter", "collections.OrderedDict", "collections.defaultdict"), "dict"),
}
_STR_LISTS = frozenset(("split", "rsplit", "splitlines", "partition", "rpartition"))
_STR_STRINGS = frozenset(
    """capitalize casefold center expandtabs format join ljust lower lstrip removeprefix removesuffix replace rjust
    rstrip strip swapcase title upper zfill""".split()
)
_PATH_PATHS = frozenset("absolute expanduser joinpath relative_to resolve with_name with_stem with_suffix".split())
_PATH_STRINGS = frozenset("as_posix as_uri name stem suffix".split())
_DISPLAYS: tuple[tuple[type[ast.expr], Kind], ...] = (
    (ast.JoinedStr, "str"),
    (ast.List, "sequence"),
    (ast.Tuple, "sequence"),
    (ast.Dict, "dict"),
    (ast.Set, "set"),
)


class Receivers:
    """Tells the type of an expression from its text; null where the text does not tell."""

    def __init__(
        self,
        imports: Imports,
        builtins: Collection[str],
        values: Mapping[str, ast.expr],
        bound: Collection[str],
    ) -> None:
        """`values`: what the names that are bound once are bound to; `bound`: every name that the file binds."""
        self._imports = imports
        self._builtins = builtins
        self._values = values
        self._bound = bound

    def allows(self, receiver: ast.expr, method: str) -> bool:
        """Whether the method of that value only computes something."""
        kind = self.kind(receiver)
        return kind is not None and method in METHODS[kind]

    def kind(self, expression: ast.expr, depth: int = 0) -> Kind | None:
        """The type of an expression's value; names are followed a few steps."""
        if depth > 8:
            return None

        def of(inner: ast.expr) -> Kind | None:
            return self.kind(inner, depth + 1)

        for display, kind in _DISPLAYS:
            if isinstance(expression, display):
                return kind
        if isinstance(expression, ast.Constant):
            return "str" if isinstance(expression.value, str) else None
        if isinstance(expression, ast.Name):
            if expression.id in ("__file__", "__name__") and expression.id not in self._bound:
                return "str"
            return of(self._values[expression.id]) if expression.id in self._values else None
        if isinstance(expression, ast.BinOp):
            return _of_operation(expression, of)
        if isinstance(expression, ast.Attribute):
            return _of_member(of(expression.value), expression.attr)
        if isinstance(expression, ast.Subscript):
            single = not isinstance(expression.slice, ast.Slice)
            return "path" if single and of(expression.value) == "paths" else None
        if isinstance(expression, ast.Call):
            return self._of_call(expression.func, of)
        return None

    def _of_call(self, callee: ast.expr, of: Callable[[ast.expr], Kind | None]) -> Kind | None:
        if isinstance(callee, ast.Name) and callee.id in self._builtins:
            return _BUILTIN_KINDS.get(callee.id)
        kinds = {_QUALIFIED_KINDS.get(each) for each in self._imports.meanings(callee)}
        if len(kinds) == 1:
            return kinds.pop()
        if not isinstance(callee, ast.Attribute):
            return None
        receiver = of(callee.value)
        if receiver == "str":
            return "str" if callee.attr in _STR_STRINGS else "sequence" if callee.attr in _STR_LISTS else None
        if receiver == "path":
            return "path" if callee.attr in _PATH_PATHS else "str" if callee.attr in _PATH_STRINGS else None
        return receiver if callee.attr == "copy" else None


def _of_operation(operation: ast.BinOp, of: Callable[[ast.expr], Kind | None]) -> Kind | None:
    left = of(operation.left)
    if left == "path" and isinstance(operation.op, ast.Div):
        return "path"
    if left == "str" and isinstance(operation.op, ast.Mod):
        return "str"
    return left if isinstance(operation.op, ast.Add) and left == of(operation.right) else None


def _of_member(receiver: Kind | None, name: str) -> Kind | None:
    if receiver != "path":
        return None
    if name == "parents":
        return "paths"
    return "path" if name == "parent" else "str" if name in ("name", "stem", "suffix") else None
