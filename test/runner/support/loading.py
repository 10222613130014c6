"""Loads texts as programs, in this process."""

from __future__ import annotations

import sys
import textwrap
import unittest

from matmul_lens_runner.protocol.failure import Failure
from matmul_lens_runner.protocol.request import Program
from matmul_lens_runner.worker.loading.module import load_module

from support.requests import program


def make(text: str, qualname: str = "f", file: str | None = None, roots: tuple = (), identifier: str = "p") -> Program:
    fields = program(identifier, textwrap.dedent(text), qualname, file=file, roots=roots)
    return Program(**fields)


class Loading(unittest.TestCase):
    def setUp(self) -> None:
        self._modules = set(sys.modules)
        self._path = list(sys.path)

    def tearDown(self) -> None:
        sys.path[:] = self._path
        for name in set(sys.modules) - self._modules:
            del sys.modules[name]

    def load(self, text: str, **more):
        loaded = load_module(make(text, **more))
        if isinstance(loaded, Failure):
            self.fail(loaded)
        return loaded

    def names(self, text: str) -> dict:
        return {k: v for k, v in vars(self.load(text).module).items() if not k.startswith("__")}
