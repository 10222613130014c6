"""Inputs and constructor arguments that are expressions in the names of the reader's file."""

import unittest
from textwrap import dedent

from support.racing import Racing
from support.requests import EAGER, JIT, PARAMS, program, request, variant

SUITE = """
    import torch
    from torch import nn

    batch = 4
    width = 6 * 4

    class Model(nn.Module):
        def __init__(self, features, out):
            super().__init__()
            self.fc = nn.Linear(features, out)

        def forward(self, x, y, times):
            return self.fc(x) * times + y

    def get_inputs():
        return [torch.randn(batch, width), torch.randn(batch, 8), 3]

    def get_init_inputs():
        return [width, 8]
"""

JAX = """
    def params_from_state_dict(state):
        return {"w": state["fc.weight"].T, "b": state["fc.bias"]}

    def model(params, x, y, times):
        return (x @ params["w"] + params["b"]) * times + y
"""


def suite(inputs, init, **fields):
    """A race of a file as suites of kernel benchmarks lay it out."""
    return request(
        **{
            "programs": [program("torch", dedent(SUITE), "Model"), program("jax", dedent(JAX), "model")],
            "inputs": inputs,
            "init": init,
            "variants": [
                variant("torch-eager", EAGER),
                variant("jax-jit", f"import jax\n{PARAMS}variant = jax.jit(target)\n", "jax", takes_params=True),
            ],
            "modes": ["forward", "training"],
            **fields,
        }
    )


def expression(name: str, text: str):
    return {"kind": "expression", "name": name, "expression": text}


ALL_INIT = [{"name": "*", "expression": "get_init_inputs()"}]


class Suites(Racing):
    def test_all_inputs_and_all_constructor_arguments(self) -> None:
        self.assert_all_ok(self.race(suite([expression("*", "get_inputs()")], ALL_INIT)))

    def test_one_by_one(self) -> None:
        inputs = [
            expression("x", "get_inputs()[0]"),
            expression("y", "torch.ones(batch, get_init_inputs()[1]) * math.pi"),
            {"kind": "literal", "name": "times", "expression": "2"},
        ]
        init = [
            {"name": "features", "expression": "get_init_inputs()[0]"},
            {"name": "out", "expression": "int(math.sqrt(64))"},
        ]
        self.assert_all_ok(self.race(suite(inputs, init)))

    def test_expressions_draw_different_numbers(self) -> None:
        text = "import torch\n\n\ndef f(a, b):\n    return a - b\n"
        report = self.race(
            request(
                programs=[program("torch", text, "f")],
                inputs=[expression("a", "torch.randn(50)"), expression("b", "torch.randn(50)")],
                variants=[
                    variant("torch-eager", EAGER),
                    variant("torch-zero", "import torch\nvariant = lambda a, b: torch.zeros(50)\n"),
                ],
            )
        )
        self.assertEqual(self.row(report, "torch-zero")["failure"]["kind"], "outputsDiffer")

    def test_an_object_is_the_same_each_time_it_is_made(self) -> None:
        text = """
            import random
            import numpy
            import torch

            def f(pair, x):
                return pair[0] @ x + pair[1] * pair[2] + torch.from_numpy(pair[3])

            def get_inputs():
                pair = [torch.randn(8, 8), torch.randn(8, 4), random.random(), numpy.random.rand(8, 4)]
                return [pair, torch.randn(8, 4)]
        """
        writes = "def variant(pair, x):\n    y = target(pair, x)\n    x.add_(1.0)\n    return y\n"
        report = self.race(
            request(
                programs=[program("torch", dedent(text), "f"), program("jax", "def f(pair, x):\n    return x\n", "f")],
                inputs=[expression("*", "get_inputs()")],
                # The second leaves its inputs behind, so that the third gets them made anew.
                variants=[
                    variant("torch-eager", EAGER),
                    variant("torch-writes", writes),
                    variant("torch-after", EAGER),
                    variant("jax-jit", JIT, "jax"),
                ],
            )
        )
        self.assertEqual(self.row(report, "torch-after")["status"], "ok")
        self.assertIn("only PyTorch's worker can make", self.row(report, "jax-jit")["reason"])

    def test_what_cannot_be_made_points_at_the_reader_s_line(self) -> None:
        text = dedent(SUITE).replace("torch.randn(batch, width)", "torch.load('inputs.pt')")
        failure = self.failure(
            suite(
                [expression("*", "get_inputs()")],
                ALL_INIT,
                programs=[program("torch", text, "Model", file="/workspace/suite.py")],
                variants=[variant("torch-eager", EAGER)],
            )
        )
        self.assertEqual((failure["kind"], failure["file"]), ("inputsFailed", "/workspace/suite.py"))
        self.assertIn("Input *: FileNotFoundError", failure["message"])
        self.assertIn("torch.load(", text.splitlines()[failure["line"] - 1])


if __name__ == "__main__":
    unittest.main()
