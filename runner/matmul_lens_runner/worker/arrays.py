"""Arrays in transit: raw little-endian bytes in a private folder, with a hash."""

from __future__ import annotations

import hashlib
import json
import os
from typing import Any

from matmul_lens_runner.protocol.vocabulary import Dtype
from matmul_lens_runner.protocol.worker_messages import ArrayRecord


class ArrayFolder:
    """The folder of one race; every file is written once."""

    def __init__(self, path: str) -> None:
        self._path = path

    def write(self, name: str, data: memoryview, dtype: Dtype, shape: list[int]) -> ArrayRecord:
        """Writes the bytes of an array; raises OSError when the disk is full."""
        file = os.path.join(self._path, f"{name}.bin")
        with open(file, "wb") as stream:
            stream.write(data)
        return {"dtype": dtype, "shape": shape, "file": file, "sha256": digest(data)}

    def write_list(self, name: str, value: Any) -> str:
        """Writes a manifest; returns its path."""
        file = os.path.join(self._path, f"{name}.json")
        with open(file, "w", encoding="utf-8") as stream:
            json.dump(value, stream)
        return file


def read_list(path: str) -> Any:
    """Reads what `write_list` wrote."""
    with open(path, encoding="utf-8") as stream:
        return json.load(stream)


def read_bytes(record: ArrayRecord) -> bytearray:
    """The bytes of an array, checked against their hash."""
    with open(record["file"], "rb") as stream:
        data = bytearray(stream.read())
    if digest(memoryview(data)) != record["sha256"]:
        raise ValueError(f"{record['file']} changed since it was written")
    return data


def digest(data: memoryview | bytes) -> str:
    """SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
