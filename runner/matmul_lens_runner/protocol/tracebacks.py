"""Turns an exception of the reader's code or a framework into a failure that points at the reader's line."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Collection

from matmul_lens_runner.protocol.failure import Failure
from matmul_lens_runner.protocol.vocabulary import FailureKind

#: How frameworks word that memory ran out; XLA's status is RESOURCE_EXHAUSTED on every device.
_MEMORY_WORDS = (
    "out of memory",
    "RESOURCE_EXHAUSTED",
    "can't allocate memory",
    "Unable to allocate",
    "not enough memory",
)

FIRST_LINE_CHARACTERS = 400


def failure_of(
    error: BaseException,
    kind: FailureKind,
    files: Collection[str],
    explain: Callable[[str | None], str | None] | None = None,
) -> Failure:
    """The failure of an exception.

    `files` are the reader's, of which the innermost frame gives file and line; `explain` tells why a name is
    not defined.
    """
    detail = "".join(traceback.format_exception(error))
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename in files]
    file, line = (frames[-1].filename, frames[-1].lineno) if frames else (None, None)
    if file and file.startswith("<"):
        file = None
    if isinstance(error, MemoryError) or any(word in str(error) for word in _MEMORY_WORDS):
        return Failure("outOfMemory", _sentence(error), "Try smaller shapes.", file, line, detail)
    hint = None
    if isinstance(error, ImportError) and kind == "loadFailed":
        hint = "Install it in this interpreter, or open the folder that holds it as the workspace."
    why = explain(error.name) if explain and isinstance(error, NameError) else None
    return Failure(kind, f"{why}." if why else _sentence(error), hint, file, line, detail)


def _sentence(error: BaseException) -> str:
    """`TypeError: the first line of what it says`."""
    lines = str(error).strip().splitlines()
    said = lines[0][:FIRST_LINE_CHARACTERS] if lines else ""
    if isinstance(error, SystemExit):
        return f"The code ended itself by sys.exit({said})."
    return f"{type(error).__name__}: {said}" if said else type(error).__name__
