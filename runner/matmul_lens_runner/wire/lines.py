"""Bounded JSON lines: one object a line, in both directions."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

CHUNK_BYTES = 65_536

#: A race carries the texts of the reader's files, so a command may be long; an event never is.
MAX_COMMAND_BYTES = 16_000_000
MAX_MESSAGE_BYTES = 4_000_000


@dataclass(frozen=True)
class Oversized:
    """A line that was longer than the bound and was dropped unread."""

    length: int


def read_lines(descriptor: int, limit: int) -> Iterator[bytes | Oversized]:
    """Yields each line without its newline until the other side closes; memory stays under `limit` bytes."""
    pending = bytearray()
    dropped = 0
    while True:
        try:
            chunk = os.read(descriptor, CHUNK_BYTES)
        except OSError:
            chunk = b""
        if not chunk:
            return
        start = 0
        while (end := chunk.find(b"\n", start)) >= 0:
            pending += chunk[start:end]
            start = end + 1
            if dropped or len(pending) > limit:
                yield Oversized(dropped + len(pending))
            else:
                yield bytes(pending)
            pending.clear()
            dropped = 0
        pending += chunk[start:]
        if len(pending) > limit:
            dropped += len(pending)
            pending.clear()


def parse_object(line: bytes) -> dict[str, Any] | str:
    """The JSON object on a line, or why there is none."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        return f"not JSON: {error}"
    if not isinstance(value, dict):
        return "not a JSON object"
    return value


class LineWriter:
    """Writes whole lines; several threads may write."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lock = threading.Lock()
        self._closed = False

    def write(self, message: Mapping[str, Any]) -> bool:
        """Writes one object; false once the other side is gone. Infinities and NaN are a bug of the caller."""
        line = json.dumps(message, separators=(",", ":"), allow_nan=False).encode() + b"\n"
        with self._lock:
            if self._closed:
                return False
            try:
                view = memoryview(line)
                while view:
                    view = view[os.write(self._descriptor, view) :]
            except OSError:
                self._closed = True
            return not self._closed

    def close(self) -> None:
        """Closes the descriptor, which tells the other side that nothing follows."""
        with self._lock:
            if not self._closed:
                self._closed = True
                os.close(self._descriptor)
