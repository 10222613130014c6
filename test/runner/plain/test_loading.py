import dataclasses
import inspect
import linecache
import os
import sys
import tempfile
import traceback
import unittest

from matmul_lens_runner.protocol.failure import Failure
from matmul_lens_runner.worker.loading.module import load_module
from support.loading import Loading, make


class WhatRuns(Loading):
    def test_an_unguarded_script_does_not_start(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            witness = os.path.join(folder, "witness")
            text = f"""
                import os
                WITNESS = {witness!r}
                def touch(name):
                    open(WITNESS + name, "w").close()
                touch("call")
                for step in range(3):
                    touch(str(step))
                while True:
                    touch("while")
                    break
                with open(WITNESS + "with", "w") as stream:
                    stream.write("x")
                result = touch("assigned")
                table = [touch("listed") for _ in range(2)]
                touch("a") if True else None
                if True:
                    touch("if")
                try:
                    touch("try")
                finally:
                    touch("finally")
                assert touch("assert") is None
                if __name__ == "__main__":
                    touch("main")
            """
            loaded = self.load(text)
            self.assertEqual(os.listdir(folder), [])
            self.assertTrue(callable(loaded.module.touch))

    def test_constants_and_harmless_constructors_run(self) -> None:
        names = self.names(
            """
            import math, os, logging, re
            from dataclasses import dataclass, field
            from functools import partial
            from pathlib import Path
            from typing import NewType, TypeVar, Optional
            A = 4
            B, (C, D) = A * 2, (1, -A)
            E: int = 3
            A2 = A
            A2 += 1
            TABLE = {"a": [A, B], **{"z": 1}}
            SCALE = 1 / math.sqrt(A)
            LOG = logging.getLogger(__name__)
            T = TypeVar("T")
            Ids = NewType("Ids", int)
            Maybe = Optional[int]
            HERE = Path("/x") / "y"
            PARENT = Path(__file__).resolve().parent
            NAMES = "a b".split()
            KEY = os.environ.get("HOME", "none")
            add = partial(max, A)
            half = lambda x: x / 2
            WORD = f"{A}-{B}"
            LARGEST = max(len(NAMES), A)
            @dataclass
            class Config:
                width: int = 3
                names: list = field(default_factory=list)
            CONFIG = Config(width=A)
            """
        )
        self.assertEqual((names["A"], names["B"], names["C"], names["D"], names["A2"]), (4, 8, 1, -4, 5))
        self.assertEqual(names["TABLE"], {"a": [4, 8], "z": 1})
        self.assertEqual(names["SCALE"], 0.5)
        self.assertEqual(names["NAMES"], ["a", "b"])
        self.assertEqual(names["WORD"], "4-8")
        self.assertEqual(names["CONFIG"].width, 4)
        self.assertEqual(names["half"](3), 1.5)
        for name in ("E", "LOG", "T", "Ids", "Maybe", "HERE", "PARENT", "KEY", "add", "LARGEST"):
            self.assertIn(name, names)

    def test_conditional_imports_run(self) -> None:
        names = self.names(
            """
            import sys
            from typing import TYPE_CHECKING
            try:
                import a_module_that_is_not_there
                FOUND = True
            except ImportError:
                a_module_that_is_not_there = None
                FOUND = False
            if sys.version_info >= (3, 8):
                MODERN = True
                print("never")
            else:
                MODERN = False
            if TYPE_CHECKING:
                import another_module_that_is_not_there
            """
        )
        self.assertFalse(names["FOUND"])
        self.assertIsNone(names["a_module_that_is_not_there"])
        self.assertTrue(names["MODERN"])

    def test_a_shadowed_builtin_is_no_longer_harmless(self) -> None:
        loaded = self.load("ran = []\ndef max(*a):\n    ran.append(a)\nA = max(1, 2)\n")
        self.assertEqual(loaded.module.ran, [])
        self.assertIn("A", loaded.selection.left_out)

    def test_setting_an_attribute_elsewhere_is_left_out(self) -> None:
        self.load("import os\nos.environ['MATMUL_LENS_TEST'] = '1'\nos.linesep = 'x'\n")
        self.assertNotIn("MATMUL_LENS_TEST", os.environ)
        self.assertNotEqual(os.linesep, "x")

    def test_future_flags_hold(self) -> None:
        loaded = self.load("from __future__ import annotations\ndef f(x: NotThere) -> None: ...\n")
        self.assertEqual(loaded.module.f.__annotations__["x"], "NotThere")


class WhatIsLeftOut(Loading):
    def test_a_missing_name_is_explained_by_its_line(self) -> None:
        loaded = self.load(
            """
            def build():
                return 5
            model = build()
            SIZE = model + 1
            def f(x):
                return model(x)
            def g(x=SIZE):
                return x
            """
        )
        with self.assertRaises(NameError) as caught:
            loaded.module.f(1)
        self.assertEqual(
            loaded.explain(caught.exception.name),
            "`model` is not defined: line 4 (`model = build()`) was not run, because a race runs only imports, "
            "definitions and constant assignments",
        )
        self.assertIn("line 5", loaded.explain("SIZE"))
        self.assertIn("needs `model`", loaded.explain("SIZE"))
        self.assertIn("needs `SIZE`", loaded.explain("g"))
        self.assertIsNone(loaded.explain("x"))

    def test_a_constant_that_raises_does_not_end_the_load(self) -> None:
        loaded = self.load("import os\nDATA = os.environ['MATMUL_LENS_NOT_SET']\ndef f(): return 1\n")
        self.assertEqual(loaded.module.f(), 1)
        self.assertIn("raised KeyError", loaded.explain("DATA"))

    def test_a_name_that_is_set_again_is_told(self) -> None:
        loaded = self.load("scale = 1.0\nscale = open('x').read()\n")
        self.assertEqual(loaded.module.scale, 1.0)
        self.assertEqual(loaded.selection.rebound, {"scale": 2})

    def test_what_a_main_guard_sets_is_no_rebinding(self) -> None:
        loaded = self.load("model = None\nif __name__ == '__main__':\n    model = 1\n")
        self.assertEqual(loaded.selection.rebound, {})


class Failures(Loading):
    def failure(self, text: str, **more) -> Failure:
        found = load_module(make(text, **more))
        self.assertIsInstance(found, Failure)
        self.assertEqual(found.kind, "loadFailed")
        return found

    def test_a_syntax_error_has_its_line(self) -> None:
        failure = self.failure("x = 1\ndef f(:\n", file="/somewhere/model.py")
        self.assertEqual((failure.file, failure.line), ("/somewhere/model.py", 2))

    def test_what_cannot_be_parsed_at_all(self) -> None:
        self.failure("x = '\x00'")
        self.failure("x = '\ud800'\n" * 3)
        self.failure("(" * 100_000)

    def test_an_import_that_fails_has_its_line_and_a_hint(self) -> None:
        failure = self.failure("import math\nimport not_there_at_all\n", file="/somewhere/model.py")
        self.assertEqual(failure.line, 2)
        self.assertIn("not_there_at_all", failure.message)
        self.assertIn("Install it", failure.hint)

    def test_a_module_that_ends_the_process(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "quits_at_import.py"), "w") as stream:
                stream.write("import sys\nsys.exit(3)\n")
            failure = self.failure("import quits_at_import\n", roots=(folder,))
            self.assertIn("sys.exit(3)", failure.message)


class FilesAndPackages(Loading):
    def test_unsaved_text_has_lines_in_tracebacks_and_for_inspect(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "unsaved_model.py")
            with open(file, "w") as stream:
                stream.write("# what was saved\n")
            loaded = self.load("\n\ndef f(x):\n    return 1 / x  # the unsaved line\n", file=file)
            linecache.checkcache()
            self.assertIn("the unsaved line", inspect.getsource(loaded.module.f))
            try:
                loaded.module.f(0)
            except ZeroDivisionError as error:
                frame = traceback.extract_tb(error.__traceback__)[-1]
                self.assertEqual((frame.filename, frame.lineno), (file, 4))
                self.assertIn("the unsaved line", frame.line)

    def test_lines_are_those_of_python(self) -> None:
        loaded = self.load(
            "A = 'x\u2028y'\n\x0c\ndef f(x):\r\n    return 1 / x  # here\n", file="/somewhere/odd_lines.py"
        )
        self.assertIn("# here", inspect.getsource(loaded.module.f))
        try:
            loaded.module.f(0)
        except ZeroDivisionError as error:
            self.assertIn("# here", traceback.extract_tb(error.__traceback__)[-1].line)

    def test_dataclasses_find_their_module(self) -> None:
        loaded = self.load(
            "from __future__ import annotations\nfrom dataclasses import dataclass\nfrom typing import ClassVar\n"
            "@dataclass\nclass C:\n    k: ClassVar[int] = 1\n    x: int = 2\n"
        )
        self.assertEqual([each.name for each in dataclasses.fields(loaded.module.C)], ["x"])

    def test_relative_imports_and_siblings(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            inner = os.path.join(folder, "lens_test_pkg", "inner")
            os.makedirs(inner)
            for place in ("lens_test_pkg/__init__.py", "lens_test_pkg/inner/__init__.py"):
                open(os.path.join(folder, place), "w").close()
            with open(os.path.join(folder, "lens_test_pkg", "sizes.py"), "w") as stream:
                stream.write("WIDTH = 12\n")
            with open(os.path.join(inner, "helper.py"), "w") as stream:
                stream.write("from .model import f\ndef again():\n    return f()\n")
            text = "from ..sizes import WIDTH\ndef f():\n    from .helper import again\n    return WIDTH\n"
            loaded = self.load(text, file=os.path.join(inner, "model.py"))
            self.assertEqual(loaded.module.__name__, "lens_test_pkg.inner.model")
            self.assertEqual(loaded.module.f(), 12)

    def test_a_package_that_takes_names_of_the_file_into_its_own(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            package = os.path.join(folder, "lens_test_taking")
            os.makedirs(package)
            with open(os.path.join(package, "__init__.py"), "w") as stream:
                stream.write("from .model import f\n")
            with open(os.path.join(package, "sizes.py"), "w") as stream:
                stream.write("WIDTH = 12\n")
            with open(os.path.join(package, "model.py"), "w") as stream:
                stream.write("def f():\n    return 'on disk'\n")
            text = "from lens_test_taking.sizes import WIDTH\ndef f():\n    return WIDTH\n"
            loaded = self.load(text, file=os.path.join(package, "model.py"))
            self.assertEqual(loaded.module.f(), 12)

    def test_roots_are_searched(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "lens_test_sibling.py"), "w") as stream:
                stream.write("VALUE = 9\n")
            loaded = self.load("from lens_test_sibling import VALUE\n", roots=(folder,))
            self.assertEqual(loaded.module.VALUE, 9)

    def test_a_file_in_a_root_is_what_its_neighbours_import(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "lens_test_train.py")
            with open(file, "w") as stream:
                stream.write("raise SystemExit('the script ran')\n")
            with open(os.path.join(folder, "lens_test_neighbour.py"), "w") as stream:
                stream.write("def width():\n    from lens_test_train import WIDTH\n    return WIDTH\n")
            text = "from lens_test_neighbour import width\nWIDTH = 7\n"
            loaded = self.load(text, file=file, roots=(folder,))
            self.assertEqual(loaded.module.__name__, "lens_test_train")
            self.assertEqual(loaded.module.width(), 7)

    def test_a_file_named_as_an_installed_module_does_not_replace_it(self) -> None:
        loaded = self.load("X = 1\n", file="/somewhere/unittest.py")
        self.assertIs(sys.modules["unittest"], unittest)
        self.assertTrue(loaded.module.__name__.startswith("matmul_lens_program_"))


if __name__ == "__main__":
    unittest.main()
