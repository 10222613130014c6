"""Makes a module of a file's selected statements, from text that may never have been saved."""

from __future__ import annotations
import __future__

import ast
import contextlib
import importlib
import importlib.machinery
import importlib.util
import linecache
import os
import re
import sys
import types
from collections.abc import Mapping
from dataclasses import dataclass

from matmul_lens_runner.protocol.failure import Failure
from matmul_lens_runner.protocol.request import Program
from matmul_lens_runner.protocol.tracebacks import failure_of
from matmul_lens_runner.worker.loading.bindings import bound_names
from matmul_lens_runner.worker.loading.selection import LeftOut, Selection, select

#: Lines as Python's tokenizer counts them: `str.splitlines` also cuts at form feeds and U+2028.
_LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")

_FUTURE_FLAGS: Mapping[str, int] = {
    name: getattr(__future__, name).compiler_flag for name in __future__.all_feature_names
}


@dataclass
class LoadedModule:
    """A module and what of its file was not run."""

    module: types.ModuleType
    selection: Selection
    lines: list[str]

    def explain(self, name: str | None) -> str | None:
        """Why a name is not defined, where it is because its statement was not run."""
        left_out = self.selection.left_out.get(name or "")
        if left_out is None:
            return None
        text = self.lines[left_out.line - 1].strip() if left_out.line <= len(self.lines) else ""
        return f"`{name}` is not defined: line {left_out.line} (`{text[:80]}`) {left_out.why}"


def load_module(program: Program) -> LoadedModule | Failure:
    """Runs the imports, definitions and constant assignments of a program's text.

    Line numbers and file name stay as they are in the editor. The module stands in `sys.modules` and its text in
    `linecache`, where dataclasses, `inspect.getsource` and compilers look. Expected failures: a syntax error, an
    import or a definition that raises.
    """
    filename = program.file or f"<matmul-lens {program.id}>"
    try:
        tree = ast.parse(program.text, filename)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return _syntax_failure(error, filename)
    lines = _LINES.findall(program.text)
    linecache.cache[filename] = (len(program.text), None, lines, filename)
    name, package_root = _module_name(program)
    for root in reversed([*program.roots, *([package_root] if package_root else [])]):
        if root not in sys.path:
            sys.path.insert(0, root)
    importlib.invalidate_caches()
    _import_package(name)
    module = _new_module(name, filename)
    loaded = LoadedModule(module, select(tree), lines)
    return _execute(loaded, filename) or loaded


def _execute(loaded: LoadedModule, filename: str) -> Failure | None:
    """Runs statement by statement, so that one that needs a left-out name is left out itself."""
    flags = 0
    for statement in loaded.selection.statements:
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
            for alias in statement.names:
                flags |= _FUTURE_FLAGS.get(alias.name, 0)
        code = compile(ast.Module([statement], []), filename, "exec", flags=flags, dont_inherit=True)
        try:
            exec(code, loaded.module.__dict__)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            unbound = isinstance(error, NameError) and error.name in loaded.selection.left_out
            constant = isinstance(statement, (ast.Assign, ast.AnnAssign, ast.AugAssign))
            if not unbound and not (constant and isinstance(error, Exception)):
                return failure_of(error, "loadFailed", {filename})
            why = f"needs `{error.name}`, which was not run" if isinstance(error, NameError) else f"raised {error!r}"
            for name in bound_names(statement):
                loaded.selection.left_out.setdefault(name, LeftOut(statement.lineno, why))
    return None


def _import_package(name: str) -> None:
    """Imports the package that a module stands in, as importing the module would.

    A package that takes names of the module into its own would else find the reader's unfinished one. Whatever is
    wrong with the package, an import of the file itself tells where it matters.
    """
    package = name.rpartition(".")[0]
    if package:
        with contextlib.suppress(Exception, SystemExit):
            importlib.import_module(package)


def _new_module(name: str, filename: str) -> types.ModuleType:
    module = types.ModuleType(name)
    module.__file__ = filename
    module.__package__ = name.rpartition(".")[0]
    module.__spec__ = importlib.machinery.ModuleSpec(name, None, origin=filename)
    sys.modules[name] = module
    return module


def _module_name(program: Program) -> tuple[str, str | None]:
    """The dotted name of a file inside a package with the folder above the package; else a name of its own.

    A lone file gets its own name, so that files beside it can import it, unless that name belongs to an
    installed module: a reader's `numpy.py` must not stand in for NumPy.
    """
    private = "matmul_lens_program_" + "".join(c if c.isalnum() else "_" for c in program.id)
    if program.file is None:
        return private, None
    folder, base = os.path.split(os.path.abspath(program.file))
    stem = os.path.splitext(base)[0]
    packages: list[str] = []
    while os.path.isfile(os.path.join(folder, "__init__.py")):
        folder, package = os.path.split(folder)
        packages.insert(0, package)
        if not package:
            return private, None
    if packages:
        dotted = packages if stem == "__init__" else [*packages, stem]
        return ".".join(dotted), folder
    if not stem.isidentifier() or stem in sys.stdlib_module_names or _is_taken(stem, program.file):
        return private, None
    return stem, None


def _is_taken(name: str, file: str) -> bool:
    """Whether another file than the reader's has that name; theirs is found, too, where its folder is a root."""
    if name in sys.modules:
        return True
    try:
        found = importlib.util.find_spec(name)
    except (ImportError, ValueError, AttributeError):
        return True
    return found is not None and not (found.origin and os.path.realpath(found.origin) == os.path.realpath(file))


def _syntax_failure(error: BaseException, filename: str) -> Failure:
    if isinstance(error, SyntaxError):
        return Failure("loadFailed", f"{error.msg} (line {error.lineno}).", file=filename, line=error.lineno)
    return Failure("loadFailed", f"The file cannot be parsed: {type(error).__name__}: {error}.", file=filename)
