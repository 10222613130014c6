"""Keeps the end of a worker's standard error, however much it writes."""

from __future__ import annotations

import re
import threading

TAIL_BYTES = 256 * 1024

_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-_])")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Tail:
    """A bounded buffer; one thread adds, another reads."""

    def __init__(self, limit: int = TAIL_BYTES) -> None:
        self._limit = limit
        self._kept = bytearray()
        self._dropped = 0
        self._lock = threading.Lock()

    def add(self, data: bytes) -> None:
        """Appends bytes; the oldest beyond the limit are dropped."""
        with self._lock:
            self._kept += data
            excess = len(self._kept) - self._limit
            if excess > 0:
                del self._kept[:excess]
                self._dropped += excess

    def text(self) -> str:
        """What is kept, without control characters and terminal escapes; a mark where something was dropped."""
        with self._lock:
            text = self._kept.decode("utf-8", errors="replace")
            dropped = self._dropped
        clean = _CONTROLS.sub("", _ESCAPES.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))
        return f"[{dropped} bytes left out]\n{clean}" if dropped else clean
