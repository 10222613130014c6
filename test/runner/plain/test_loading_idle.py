import ast
import os
import tempfile
import textwrap
import unittest

from matmul_lens_runner.protocol.failure import Failure
from matmul_lens_runner.worker.loading.module import load_module
from matmul_lens_runner.worker.loading.selection import select
from support.loading import Loading, make


class WhatMustNotRun(Loading):
    """Every text has `RAN`, which stays empty, and a way to fill it."""

    PRELUDE = """
import collections, dataclasses, math, operator, os, pathlib
from collections import defaultdict
from dataclasses import dataclass, field
RAN = []
def train(*a, **k):
    RAN.append(1)
    return 1
"""

    def assert_idle(self, text: str, kept: tuple[str, ...] = ()) -> None:
        with self.subTest(text):
            loaded = self.load(self.PRELUDE + textwrap.dedent(text))
            self.assertEqual(loaded.module.RAN, [])
            for name in kept:
                self.assertTrue(hasattr(loaded.module, name), name)

    def test_methods_that_do_something(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            for name in "ab":
                open(os.path.join(folder, name), "w").close()
            for receiver in (f"pathlib.Path({folder + '/a'!r})", f"(pathlib.Path({folder!r}) / 'a')"):
                for method in (
                    f"replace({folder + '/c'!r})",
                    f"rename({folder + '/c'!r})",
                    "unlink()",
                    "write_text('')",
                ):
                    self.load(f"import pathlib\nx = {receiver}.{method}\nP = {receiver}\ny = P.{method}\n")
            self.assertEqual(sorted(os.listdir(folder)), ["a", "b"])

    def test_methods_of_what_is_no_plain_value(self) -> None:
        own = "class T:\n    @staticmethod\n    def format(*a): train()\n    get = join = format\n"
        self.assert_idle(own + "x = T.format(1)\ny = T.get('a')\n")
        self.assert_idle(own + "T2 = T\nx = T2.join(1)\n")
        self.assert_idle("class T:\n    def get(self, *a): train()\nclient = T\nx = client.get(client, 1)\n")

    def test_annotations(self) -> None:
        self.assert_idle("x: train() = 1\ny: train()\n", kept=("x",))

    def test_functions_that_are_passed_on(self) -> None:
        for text in (
            "A = max([1, 2], key=train)",
            "A = sorted([1, 2], key=lambda x: train(x))",
            "A = max([1, 2], **{'key': train})",
            "A = operator.call(train)",
            "A = operator.methodcaller('append', 1)(RAN)",
            "A = defaultdict(train)['x']",
            "A = defaultdict(lambda: train())['x']",
            "go = train\nA = defaultdict(go)['x']",
            "A = collections.defaultdict(default_factory=train)['x']",
            "@dataclass\nclass Cfg:\n    a: int = field(default_factory=train)\nA = Cfg()",
            "@dataclass\nclass Cfg:\n    a: int = 1\n    @property\n    def b(self): train()\nC = Cfg()\nA = C.b",
            "@dataclass\nclass Cfg:\n    a: int = 1\n    def __add__(self, o): return train()\nC = Cfg()\nA = C + 1",
            "@dataclass\nclass Cfg:\n    a: int = 1\n    def __iter__(self): return iter([train()])\nA = list(Cfg())",
            "@dataclass\nclass Cfg:\n    def __str__(self): return str(train())\nA = f'{Cfg()}'",
        ):
            self.assert_idle(text)

    def test_names_that_stand_for_something_else(self) -> None:
        for text in (
            "len = train\nA = len([])",
            "math = pathlib\nmath.sqrt = train\nA = math.sqrt(4)",
            "class math:\n    sqrt = train\nA = math.sqrt(4)",
            "for max in [train]: pass\nA = max(1)",
            "if True:\n    max = train\nA = max(1)",
            "def g():\n    global max\n    max = train\nA = max(1)",
        ):
            self.assert_idle(text)
        with tempfile.TemporaryDirectory() as folder:
            witness = os.path.join(folder, "witness")
            with open(os.path.join(folder, "lens_star.py"), "w") as stream:
                stream.write("from os import mkdir as max\n")
            for text in (
                f"from os import mkdir as max\nA = max({witness!r})\n",
                f"from lens_star import *\nA = max({witness!r})\n",
                f"import os as math\nA = math.mkdir({witness!r})\n",
                f"from os import *\nmax = mkdir\nA = max({witness!r})\n",
                f"import math\nimport os\nmath = os\nA = math.mkdir({witness!r})\n",
            ):
                self.load(text, roots=(folder,))
            self.assertEqual(os.listdir(folder), ["lens_star.py"])

    def test_handlers_of_imports(self) -> None:
        self.assert_idle("try:\n    import not_there_1\nexcept train():\n    pass\n")
        self.assert_idle("try:\n    import math\nexcept ImportError:\n    raise SystemExit(train())\n")
        text = "try:\n    import not_there_1\nexcept ImportError as error:\n    raise SystemExit(train()) from error\n"
        failed = load_module(make(self.PRELUDE + text))
        self.assertIsInstance(failed, Failure)
        self.assertIn("not_there_1", failed.message)
        failed = load_module(
            make("try:\n    import not_there_1\nexcept ImportError:\n    raise ImportError('get it')\n")
        )
        self.assertIn("get it", failed.message)

    def test_subscripts_and_operators_of_own_classes(self) -> None:
        registry = "class R:\n    def __class_getitem__(cls, key): return train()\n"
        self.assert_idle(registry + "A = R['a']\n")
        self.assert_idle(registry + "S = R\nA = S['a']\nB = [R][0]['a']\n")
        meta = (
            "class M(type):\n    def __or__(self, o): return train()\n    def __iter__(self): return iter([train()])\n"
        )
        self.assert_idle(meta + "class R(metaclass=M): pass\nA = R | int\n(B,) = R\nC = [*R]\nD = list(R)\n")
        self.assert_idle(
            "import enum\nclass Mode(enum.Enum):\n    A = 1\nFIRST = Mode.A\nN = len(Mode)\n", ("FIRST", "N")
        )
        self.assert_idle("class Sizes:\n    width = 4\nWIDTH = Sizes.width * 2\n", ("WIDTH",))

    def test_types_of_own_classes_are_kept(self) -> None:
        self.assert_idle(
            """
            import enum
            from typing import Callable, Union
            class State(SomethingElse if False else object):
                def __call__(self): train()
            class Mode(enum.Enum):
                FAST = 1
                def __call__(self): train()
            A = Union[State, None]
            B = Callable[[State], dict[str, State]]
            C = State | None
            D = A | list[State]
            E = Mode.FAST
            F = E + 1
            LEVEL = os.environ.get("A_LEVEL_THAT_IS_NOT_SET", "info").upper()
            COUNTS = defaultdict(collections.Counter)
            """,
            ("A", "B", "C", "D", "E", "LEVEL", "COUNTS"),
        )

    def test_what_is_kept_is_still_there(self) -> None:
        self.assert_idle(
            """
            from functools import partial
            from pathlib import Path
            try:
                import not_there_1 as numpy_like
            except ImportError:
                numpy_like = None
            BY_NAME = {"train": train, "half": lambda x: x / 2}
            later = partial(train, 1)
            ROOT = Path("/x").resolve().parents[0]
            DATA = ROOT.joinpath("data").with_suffix(".bin")
            NAME = "Model"
            LOWER = NAME.lower().replace("m", "n")
            SIZES = {"a": 1}
            SIZE = SIZES.get("a", 2)
            COUNTS = defaultdict(list)
            TOTAL = operator.add(1, math.floor(2.5))
            """,
            ("numpy_like", "BY_NAME", "later", "ROOT", "DATA", "LOWER", "SIZE", "COUNTS", "TOTAL"),
        )


class GlobalState(Loading):
    def test_left_out_settings_are_told_with_their_lines(self) -> None:
        loaded = self.load(
            """
            import os, random, sys
            os.environ["A_SETTING"] = "1"
            sys.setrecursionlimit(5000)
            sys.path.insert(0, "/somewhere")
            random.seed(0)
            print("hello")
            if __name__ == "__main__":
                os.environ["B_SETTING"] = "1"
            """
        )
        self.assertEqual(loaded.selection.settings, [3, 5])

    def test_settings_of_frameworks(self) -> None:
        text = (
            "import ast\nimport torch\nimport jax\ntorch.set_default_dtype(torch.float64)\n"
            "torch.backends.cuda.matmul.allow_tf32 = True\njax.config.update('jax_enable_x64', True)\n"
            "torch.manual_seed(0)\n"
        )
        self.assertEqual(select(ast.parse(text)).settings, [4, 5, 6])


if __name__ == "__main__":
    unittest.main()
