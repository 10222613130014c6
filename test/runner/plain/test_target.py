"""What a race calls, and the scope in which the reader's expressions are evaluated."""

import math
import unittest

from matmul_lens_runner.protocol.failure import Failure
from matmul_lens_runner.protocol.request import InitArgument
from matmul_lens_runner.worker.loading.module import load_module
from matmul_lens_runner.worker.loading.programs import Programs
from matmul_lens_runner.worker.loading.scope import Scope
from matmul_lens_runner.worker.loading.target import resolve_target

from plain.test_loading import Loading, make


class Targets(Loading):
    TEXT = """
        class Scale:
            def __init__(self, by, offset=0):
                self.by, self.offset = by, offset
            def __call__(self, x):
                return self.by * x + self.offset
            def twice(self, x):
                return 2 * self(x)
            @staticmethod
            def plain(x):
                return x
            class Inner:
                def __call__(self, x):
                    return -x
        def f(x):
            return x + 1
        NUMBER = 3
        def get_init_inputs():
            return [NUMBER, 4]
        def needs_made():
            return made
        made = open("x")
    """

    def resolve(self, qualname: str, **init: str):
        return self.resolve_with(qualname, init)

    def resolve_with(self, qualname: str, init: dict):
        described = make(self.TEXT, qualname)
        loaded = load_module(described)
        arguments = [InitArgument(name, text) for name, text in init.items()]
        return resolve_target(described, loaded, arguments, Scope({"math": math}, [loaded]))

    def test_what_can_be_named(self) -> None:
        self.assertEqual(self.resolve("f").call(1), 2)
        self.assertEqual(self.resolve("Scale", by="NUMBER * 2", offset="1").call(2), 13)
        self.assertEqual(self.resolve("Scale.twice", by="3").call(2), 12)
        self.assertEqual(self.resolve("Scale.plain").call(5), 5)
        self.assertEqual(self.resolve("Scale.Inner").call(5), -5)

    def test_all_constructor_arguments_at_once(self) -> None:
        self.assertEqual(self.resolve_with("Scale", {"*": "get_init_inputs()"}).call(2), 10)
        self.assertEqual(self.resolve_with("Scale", {"*": "(5,)", "offset": "1"}).call(2), 11)
        self.assertEqual(self.resolve("Scale", by="get_init_inputs()[1]").call(2), 8)
        self.assertEqual(self.resolve("Scale", by="math.floor(2.5)").call(2), 4)

    def test_the_method_of_another_owner(self) -> None:
        target = self.resolve("Scale.twice", by="3")
        other = self.resolve("Scale", by="10").owner
        self.assertEqual(target.call_on(other)(1), 20)

    def test_what_cannot(self) -> None:
        for qualname, init, words in [
            ("f.<locals>.g", {}, "defined inside another function"),
            ("g", {}, "not defined at the top level"),
            ("Scale.missing", {"by": "1"}, "not defined"),
            ("NUMBER", {}, "not callable"),
            ("made", {}, "line 22"),
            ("Scale", {}, "by"),
            ("Scale", {"by": "1 +"}, "Constructor argument by"),
            ("Scale", {"by": "made"}, "was not run"),
        ]:
            with self.subTest(qualname):
                failure = self.resolve(qualname, **init)
                self.assertIsInstance(failure, Failure)
                self.assertEqual(failure.kind, "loadFailed")
                self.assertIn(words, failure.message)

    def test_what_cannot_be_all_constructor_arguments(self) -> None:
        for expression, words in [
            ("NUMBER", "Constructor arguments: TypeError: `NUMBER` yields int instead of"),
            ("[1, 2, 3]", "takes from 2 to 3 positional arguments"),
            ("get_init_input()", "NameError: name 'get_init_input' is not defined"),
        ]:
            with self.subTest(expression):
                failure = self.resolve_with("Scale", {"*": expression})
                self.assertEqual(failure.kind, "loadFailed")
                self.assertIn(words, failure.message)

    def test_an_expression_that_fails_in_the_reader_s_code_points_there(self) -> None:
        failure = self.resolve_with("Scale", {"by": "needs_made()"})
        self.assertEqual(failure.line, 21)
        self.assertIn("Constructor argument by: `made` is not defined: line 22", failure.message)


class Scopes(Loading):
    def scope(self, *texts: str) -> Scope:
        return Scope({"math": math, "torch": "offered"}, [self.load(text, identifier=text) for text in texts])

    def test_the_file_s_own_names_win(self) -> None:
        scope = self.scope("torch = 'own'\nWIDTH = 8\n")
        self.assertEqual(scope.evaluate(" (torch, WIDTH, math.pi > 3) "), ("own", 8, True))
        self.assertEqual(self.scope("WIDTH = 8\n").evaluate("torch"), "offered")

    def test_the_first_module_s_names_win(self) -> None:
        self.assertEqual(self.scope("A = 1\n", "A = 2\nB = 3\n").evaluate("(A, B)"), (1, 3))

    def test_expressions_leave_nothing_behind(self) -> None:
        scope = self.scope("WIDTH = 8\n")
        self.assertEqual(scope.evaluate("(WIDTH := 9)"), 9)
        self.assertEqual(scope.evaluate("WIDTH"), 8)

    def test_all_arguments_are_a_sequence(self) -> None:
        scope = self.scope("def get_inputs():\n    return [1, 'a']\n")
        self.assertEqual(scope.evaluate_all("get_inputs()"), [1, "a"])
        self.assertEqual(scope.evaluate_all("()"), [])
        with self.assertRaisesRegex(TypeError, "`{'x': 1}` yields dict"):
            scope.evaluate_all("{'x': 1}")

    def test_a_rewrite_s_constructor_may_use_the_file_s_names(self) -> None:
        programs = Programs({})
        as_written = make("def get_init_inputs():\n    return [3]\ndef f(x):\n    return x\n", identifier="one")
        rewrite = make(
            "class Net:\n    def __init__(self, by):\n        self.by = by\n"
            "    def __call__(self, x):\n        return self.by * x\n",
            "Net",
            identifier="two",
        )
        init = [InitArgument("*", "get_init_inputs()")]
        owners = []
        self.assertIsNone(programs.load(as_written, init, lambda target: None))
        self.assertIsNone(programs.load(rewrite, init, lambda target: owners.append(target.owner)))
        self.assertEqual(owners[0].by, 3)
        self.assertEqual(programs.scope().evaluate("get_init_inputs()"), [3])


if __name__ == "__main__":
    unittest.main()
