import copy
import unittest

from matmul_lens_runner.protocol.failure import Failure
from matmul_lens_runner.protocol.parse import parse_command
from matmul_lens_runner.protocol.request import ArrayInput, Cancel, Close, DefaultInput, ExpressionInput, Open, Race
from support.requests import matmul


def race(**fields):
    return {"type": "race", "race": {**matmul(), **fields}}


class Accepted(unittest.TestCase):
    def test_open(self) -> None:
        command = parse_command(
            {
                "type": "open",
                "protocol": 1,
                "workers": [{"framework": "torch", "command": ["python", "runner"], "more": 1}],
                "storage": "/s",
                "device": "auto",
                "warm": True,
                "unknown": 1,
            }
        )
        self.assertIsInstance(command, Open)
        self.assertEqual(command.workers[0].command, ("python", "runner"))

    def test_race_cancel_close(self) -> None:
        command = parse_command(race())
        self.assertIsInstance(command, Race)
        self.assertEqual([each.name for each in command.race.variants], ["torch-eager", "jax-jit"])
        self.assertEqual(command.race.program("jax").qualname, "f")
        self.assertEqual(parse_command({"type": "cancel", "race": "r"}), Cancel("r"))
        self.assertEqual(parse_command({"type": "close"}), Close())

    def test_every_kind_of_input(self) -> None:
        inputs = [
            {"kind": "float", "name": "x", "dtype": "bf16", "shape": [2, 3.0]},
            {"kind": "index", "name": "i", "dtype": "i64", "shape": [], "high": 10},
            {"kind": "mask", "name": "m", "shape": [4], "density": 0.5},
            {"kind": "expression", "name": "e", "expression": "torch.eye(3)"},
            {"kind": "literal", "name": "l", "expression": " (1, None, 'a') "},
            {"kind": "default", "name": "d"},
        ]
        found = parse_command(race(inputs=inputs)).race.inputs
        self.assertEqual(found[0], ArrayInput("float", "x", "bf16", (2, 3)))
        self.assertEqual(found[1].high, 10)
        self.assertEqual(found[2].dtype, "bool")
        self.assertEqual(found[3], ExpressionInput("expression", "e", "torch.eye(3)"))
        self.assertEqual(found[4].expression, "(1, None, 'a')")
        self.assertEqual(found[5], DefaultInput("d"))

    def test_an_expression_may_stand_for_all_arguments(self) -> None:
        command = parse_command(
            race(
                inputs=[{"kind": "expression", "name": "*", "expression": "get_inputs()"}],
                init=[{"name": "*", "expression": "get_init_inputs()"}],
            )
        )
        self.assertEqual(command.race.inputs, (ExpressionInput("expression", "*", "get_inputs()"),))
        self.assertEqual(command.race.init[0].name, "*")

    def test_the_target_is_passed_through(self) -> None:
        target = {"file": "/a.py", "qualname": "f", "line": 3, "synthetic": True, "inputs": {"x": "f32[2]"}, "init": {}}
        self.assertEqual(parse_command(race(target=target)).race.target, target)


class Refused(unittest.TestCase):
    def refusal(self, value: dict) -> str:
        failure = parse_command(value)
        self.assertIsInstance(failure, Failure)
        self.assertEqual(failure.kind, "badRequest")
        return failure.message

    def changed(self, path: tuple, value: object) -> dict:
        command = copy.deepcopy(race())
        place = command["race"]
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value
        return command

    def test_the_field_is_named(self) -> None:
        for path, value, name in [
            (("inputs", 0, "shape"), "64", "race.inputs[0].shape"),
            (("inputs", 0, "shape", 1), -1, "race.inputs[0].shape[1]"),
            (("inputs", 0, "shape", 0), 1.5, "race.inputs[0].shape[0]"),
            (("inputs", 0, "dtype"), "i32", "race.inputs[0].dtype"),
            (("inputs", 0, "kind"), "tensor", "race.inputs[0].kind"),
            (("variants",), [], "race.variants"),
            (("variants", 1, "program"), "other", "race.variants[1].program"),
            (("variants", 1, "framework"), "tf", "race.variants[1].framework"),
            (("modes",), ["backward"], "race.modes[0]"),
            (("modes",), ["forward", "forward"], "race.modes"),
            (("work", "flops"), -5, "race.work.flops"),
            (("work", "products"), None, "race.work.products"),
            (("precision",), "medium", "race.precision"),
            (("seed",), True, "race.seed"),
            (("seed",), float("nan"), "race.seed"),
            (("seed",), 10**400, "race.seed"),
            (("budget", "min_rounds"), 1, "race.budget.min_rounds"),
            (("programs", 0, "file"), 5, "race.programs[0].file"),
            (("programs", 0, "roots"), ["a", 1], "race.programs[0].roots[1]"),
            (("target", "inputs"), {"x": 1}, "race.target.inputs.x"),
            (("inputs", 1, "name"), "a", "race.inputs"),
            (("inputs", 0, "name"), "*", "race.inputs[0].kind"),
            (("init",), [{"name": "a", "expression": "1" * 5000}], "race.init[0].expression"),
        ]:
            with self.subTest(name):
                self.assertIn(name, self.refusal(self.changed(path, value)))

    def test_a_missing_field_is_named(self) -> None:
        command = race()
        del command["race"]["budget"]["block_s"]
        self.assertEqual(self.refusal(command), "race.budget.block_s is missing.")

    def test_two_variants_of_one_name(self) -> None:
        command = race()
        command["race"]["variants"][1]["name"] = "torch-eager"
        self.assertIn("names of their own", self.refusal(command))

    def test_a_literal_must_be_one(self) -> None:
        inputs = [{"kind": "literal", "name": "l", "expression": "__import__('os')"}]
        self.assertIn("race.inputs[0].expression must be a Python literal", self.refusal(race(inputs=inputs)))

    def test_not_a_command(self) -> None:
        self.assertIn("type must be one of", self.refusal({"type": "run"}))
        self.assertIn("type is missing", self.refusal({}))
        self.assertIn("protocol must be one of 1", self.refusal({"type": "open", "protocol": 2}))


if __name__ == "__main__":
    unittest.main()
