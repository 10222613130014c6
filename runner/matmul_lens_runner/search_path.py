"""Keeps a `torch.py` or `json.py` in the working folder from being imported.

Only `os` and `sys` are used, which the interpreter has loaded before any search: a script started by its
absolute path does not search the working folder, but a relative (or empty) `PYTHONPATH` entry brings it back.
"""

import os
import sys


def absolute_entries(python_path: str) -> str:
    """`PYTHONPATH` without its relative entries."""
    return os.pathsep.join(entry for entry in python_path.split(os.pathsep) if os.path.isabs(entry))


def drop_relative_entries() -> None:
    """Removes from `sys.path`, and from the environment of children, what a relative entry put there."""
    python_path = os.environ.get("PYTHONPATH", "")
    if not python_path:
        return
    kept = absolute_entries(python_path)
    wanted = set(kept.split(os.pathsep))
    unwanted = {os.path.abspath(entry) for entry in python_path.split(os.pathsep) if not os.path.isabs(entry)} - wanted
    sys.path[:] = [entry for entry in sys.path if os.path.isabs(entry) and entry not in unwanted]
    os.environ["PYTHONPATH"] = kept
