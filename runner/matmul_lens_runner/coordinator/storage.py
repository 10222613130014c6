"""The private folder of a session: compile caches, measured peaks, arrays in transit."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import tempfile
from typing import Any

_CACHES = ("inductor", "triton", "jax")
_RACE_PREFIX = "race-"


class Storage:
    """Folders that only this user can open: whoever writes a compile cache can run code."""

    def __init__(self, root: str) -> None:
        """Makes the folders; raises OSError where the root cannot be written."""
        self._root = os.path.abspath(root)
        for name in ("", "arrays", "empty", *_CACHES):
            folder = os.path.join(self._root, name)
            os.makedirs(folder, mode=0o700, exist_ok=True)
            os.chmod(folder, 0o700)
        self._sweep()

    @property
    def empty_folder(self) -> str:
        """Where workers stand: nothing in it can be imported by accident."""
        return os.path.join(self._root, "empty")

    def cache(self, name: str) -> str:
        """The folder of a compile cache: `inductor`, `triton` or `jax`."""
        return os.path.join(self._root, name)

    def new_race_folder(self) -> str:
        """A fresh folder for one race's arrays; raises OSError."""
        return tempfile.mkdtemp(prefix=f"{_RACE_PREFIX}{os.getpid()}-", dir=os.path.join(self._root, "arrays"))

    def remove(self, folder: str) -> None:
        """Removes a race's folder."""
        shutil.rmtree(folder, ignore_errors=True)

    def read_peaks(self) -> dict[str, float]:
        """Measured peaks by fingerprint; empty where the file is missing or damaged."""
        try:
            with open(self._peaks, encoding="utf-8") as stream:
                value: Any = json.load(stream)
        except (OSError, ValueError):
            return {}
        if not isinstance(value, dict):
            return {}
        return {key: float(peak) for key, peak in value.items() if isinstance(peak, (int, float)) and peak > 0}

    def write_peaks(self, peaks: dict[str, float]) -> None:
        """Replaces the file in one step, so that two windows cannot leave half of it; raises OSError."""
        descriptor, temporary = tempfile.mkstemp(dir=self._root)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            json.dump(peaks, stream, indent=1, sort_keys=True)
        os.replace(temporary, self._peaks)

    @property
    def _peaks(self) -> str:
        return os.path.join(self._root, "peaks.json")

    def _sweep(self) -> None:
        """Removes the arrays of coordinators that were killed."""
        folder = os.path.join(self._root, "arrays")
        for name in os.listdir(folder):
            pid = name.removeprefix(_RACE_PREFIX).partition("-")[0]
            if name.startswith(_RACE_PREFIX) and pid.isdigit() and not _is_alive(int(pid)):
                self.remove(os.path.join(folder, name))


def _is_alive(pid: int) -> bool:
    if sys.platform == "win32":
        return True
    with contextlib.suppress(PermissionError):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
    return True
