"""What can be compared with the code as written, and what a failure on one side costs the others."""

import unittest
from textwrap import dedent

from support.racing import Racing
from support.requests import COMPILE, EAGER, JIT, floats, matmul, program, request, variant


class WhatCanBeCompared(Racing):
    def alone(self, text: str, *variants: dict, jax: str | None = None, **fields) -> dict:
        programs = [program("torch", dedent(text), "f"), *([program("jax", dedent(jax), "f")] if jax else [])]
        return matmul(size=32, programs=programs, variants=list(variants), **fields)

    def test_a_gradient_that_is_all_rounding_where_the_reference_has_no_more_digits(self) -> None:
        # A softmax ignores what is added to a whole row; `.float()` keeps the reference in float32.
        text = """
            import torch

            def f(a, b, bias):
                return torch.softmax(a.float() @ b + bias, -1)
        """
        jax = "import jax\n\n\ndef f(a, b, bias):\n    return jax.nn.softmax(a @ b + bias, -1)\n"
        variants = [variant("torch-eager", EAGER), variant("torch-compile", COMPILE), variant("jax-jit", JIT, "jax")]
        inputs = [floats("a", 32, 32), floats("b", 32, 32), floats("bias", 32, 1)]
        report = self.race(self.alone(text, *variants, jax=jax, modes=["training"], inputs=inputs))
        self.assert_all_ok(report)
        self.assertTrue(any("fixes a dtype" in note for note in report["notes"]))

    def test_the_message_tells_the_reference_s_own_dtype(self) -> None:
        text = "def f(a, b):\n    return a.float() @ b\n"
        wrong = variant("torch-rewrite", "variant = lambda a, b: target(a, b) * 1.001\n")
        report = self.race(self.alone(text, variant("torch-eager", EAGER), wrong))
        self.assertIn("differs from the float32 reference", self.row(report, "torch-rewrite")["reason"])

    def test_a_function_without_a_tensor_is_refused(self) -> None:
        for text in ("def f(a, b):\n    (a @ b).sum()\n", "def f(a, b):\n    return [1.0, 'x']\n"):
            failure = self.failure(self.alone(text, variant("torch-eager", EAGER), modes=["forward", "training"]))
            self.assertEqual(failure["kind"], "unsupported")
            self.assertIn("returns no tensor, so there is nothing to compare", failure["message"])
        jax = request(
            programs=[program("jax", "def f(a):\n    return None\n", "f")],
            inputs=[floats("a", 4)],
            variants=[variant("jax-eager", EAGER, "jax")],
        )
        self.assertIn("returns no tensor", self.failure(jax, torch=[])["message"])

    def test_an_output_that_cannot_be_compared_is_no_error_of_the_code(self) -> None:
        failure = self.failure(self.alone("def f(a, b):\n    return a @ b, {1}\n", variant("torch-eager", EAGER)))
        self.assertEqual(failure["kind"], "unsupported")
        self.assertIn("output[1] is a builtins.set, which cannot be compared", failure["message"])

    def test_indices_and_booleans_are_compared_in_the_code_s_own_dtype(self) -> None:
        # Sums that float32 rounds to one number and float64 does not.
        text = """
            import torch

            def f(a, b):
                x = (a @ b)[0] * 1e-6 + 1.0
                order = x.sort(stable=True)
                return order.values, order.indices, x.argmax(), x > 1.0
        """
        report = self.race(self.alone(text, variant("torch-eager", EAGER), modes=["forward", "training"]))
        self.assert_all_ok(report)
        self.assertGreater(self.row(report, "torch-eager")["error"], 0)
        shifted = variant(
            "torch-rewrite", "variant = lambda a, b: (lambda o: (o[0], o[1] + 1, *o[2:]))(target(a, b))\n"
        )
        report = self.race(self.alone(text, variant("torch-eager", EAGER), shifted))
        self.assertEqual(self.row(report, "torch-rewrite")["reason"], "Output[1] differs in 32 of 32 elements.")
        jax = (
            "import jax.numpy as jnp\n\ndef f(a):\n    x = a[0] * 1e-7 + 1\n    return x, jnp.argsort(x), x.argmax()\n"
        )
        alone = request(
            programs=[program("jax", jax, "f")],
            inputs=[floats("a", 4, 64)],
            variants=[variant("jax-jit", JIT, "jax"), variant("jax-eager", EAGER, "jax")],
        )
        report = self.race(alone, torch=[])
        self.assert_all_ok(report)
        self.assertGreater(self.row(report, "jax-jit")["compile_s"], 0.005)

    def test_a_training_reference_that_fails_leaves_the_forward_verdict(self) -> None:
        text = "import torch\n\nOUT = torch.zeros(32, 32)\n\n\ndef f(a, b):\n    return torch.matmul(a, b, out=OUT)\n"
        variants = [variant("torch-eager", EAGER), variant("torch-again", EAGER)]
        report = self.race(self.alone(text, *variants, modes=["forward", "training"]))
        self.assertEqual(report["status"], "complete")
        self.assertEqual(self.row(report, "torch-again")["status"], "ok")
        self.assertIn(self.comparison(report, "torch-again")["verdict"], ("no difference", "inconclusive"))
        training = self.row(report, "torch-eager", "training")
        self.assertEqual((training["status"], training["failure"]["kind"]), ("failed", "runFailed"))

    def test_one_variant_that_fails_while_measuring_leaves_the_others_in(self) -> None:
        source = (
            "count = [0]\ndef variant(a, b):\n    count[0] += 1\n    if count[0] > 60:\n"
            "        raise RuntimeError('tired')\n    return a @ b\n"
        )
        variants = [variant("torch-eager", EAGER), variant("torch-odd", source), variant("torch-again", EAGER)]
        report = self.race(self.alone("def f(a, b):\n    return a @ b\n", *variants))
        self.assertEqual(report["status"], "complete")
        self.assertEqual([row["status"] for row in report["variants"]], ["ok", "failed", "ok"])
        self.assertIn("tired", self.row(report, "torch-odd")["reason"])

    def test_break_even_only_beside_faster(self) -> None:
        slow = "import time\ndef f(a, b):\n    time.sleep(0.002)\n    return a @ b\n"
        fast = variant("torch-jit", "variant = lambda a, b: a @ b\n", compiled=True)
        same = variant("torch-jit-same", EAGER, compiled=True)
        report = self.race(self.alone(slow, variant("torch-eager", EAGER), fast, same))
        for name in ("torch-jit", "torch-jit-same"):
            faster = self.comparison(report, name)["verdict"] == "faster"
            self.assertEqual(self.row(report, name)["break_even_calls"] is not None, faster)


if __name__ == "__main__":
    unittest.main()
