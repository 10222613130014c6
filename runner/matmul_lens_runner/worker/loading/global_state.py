"""Finds top-level statements that change how everything after them computes, and that a race does not run."""

from __future__ import annotations

import ast

from matmul_lens_runner.worker.loading.imports import Imports

#: Of these modules, assignments to attributes and items, and functions named `set_...`, are settings.
_ROOTS = frozenset("jax numpy os sys torch".split())

_SETTERS = frozenset(
    """
jax.config.update numpy.seterr os.environ.setdefault os.environ.update os.putenv sys.path.append sys.path.insert
torch.use_deterministic_algorithms
""".split()
)


def sets_global_state(statement: ast.stmt, imports: Imports) -> bool:
    """Whether a statement sets an option of a framework, the environment or the interpreter.

    `torch.set_default_dtype(...)`, `os.environ["X"] = ...`, `torch.backends.cuda.matmul.allow_tf32 = True`. Seeds
    are no such setting: a race sets its own.
    """
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        return any(_is_setter(each) for each in imports.meanings(statement.value.func))
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, (ast.AugAssign, ast.AnnAssign)):
        targets = [statement.target]
    return any(_is_setting(target, imports) for target in targets)


def _is_setter(qualified: str) -> bool:
    root, _, rest = qualified.partition(".")
    last = rest.rpartition(".")[2]
    return qualified in _SETTERS or (
        root in _ROOTS and (last.startswith("set_") or qualified.startswith("torch.backends."))
    )


def _is_setting(target: ast.expr, imports: Imports) -> bool:
    if not isinstance(target, (ast.Attribute, ast.Subscript)):
        return False
    base: ast.expr = target
    while isinstance(base, ast.Subscript):
        base = base.value
    return any(each.partition(".")[0] in _ROOTS for each in imports.meanings(base))
