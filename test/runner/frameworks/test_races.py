"""Whole races through the real coordinator with real torch and JAX."""

import tempfile
import unittest
from pathlib import Path
from textwrap import dedent

from support.racing import Racing
from support.requests import COMPILE, EAGER, JIT, PARAMS, floats, matmul, mlp, program, request, variant


class Functions(Racing):
    def test_a_product_eager_against_jit(self) -> None:
        report = self.race(matmul(modes=["forward", "training"]))
        self.assert_all_ok(report)
        self.assertEqual(len(report["variants"]), 4)
        for row in report["variants"]:
            self.assertLess(row["error"], 1e-6)
        forward, training = self.row(report, "jax-jit"), self.row(report, "jax-jit", "training")
        self.assertEqual(training["flops"], 3 * forward["flops"])
        self.assertIsNotNone(forward["compile_s"])
        self.assertIsNone(self.row(report, "torch-eager")["compile_s"])
        self.assertEqual({each["mode"] for each in report["comparisons"]}, {"forward", "training"})
        self.assertIsNotNone(forward["peak_fraction"])
        self.assertEqual(report["fingerprint"]["device_kind"], "cpu")
        self.assertEqual(
            report["fingerprint"]["flags"]["torch.num_threads"], report["fingerprint"]["flags"]["jax.xla_cpu_threads"]
        )

    def test_a_loop_as_written_against_its_rewrite(self) -> None:
        loop = "import torch\n\n\ndef f(a, b):\n    return torch.stack([x @ y for x, y in zip(a, b)])\n"
        rewrite = "import torch\n\n\ndef g(a, b):\n    return torch.bmm(a, b)\n"
        jax = "import jax\n\n\ndef f(a, b):\n    return jax.vmap(lambda x, y: x @ y)(a, b)\n"
        report = self.race(
            request(
                programs=[program("torch", loop, "f"), program("rewrite", rewrite, "g"), program("jax", jax, "f")],
                inputs=[floats("a", 32, 16, 24), floats("b", 32, 24, 8)],
                variants=[
                    variant("torch-eager", EAGER),
                    variant("torch-rewrite", EAGER, "rewrite"),
                    variant("torch-vmap", "import torch\nvariant = torch.vmap(torch.matmul)\n", None),
                    variant("jax-jit", JIT, "jax"),
                ],
                modes=["forward", "training"],
            )
        )
        self.assert_all_ok(report)
        for mode in ("forward", "training"):
            comparison = self.comparison(report, "torch-rewrite", mode)
            self.assertLess(comparison["ratio"], 0.8)
            # Other programs may cost the verdict; they must not turn it.
            self.assertIn(comparison["verdict"], ("faster", "inconclusive"))

    def test_an_index_a_mask_a_literal_a_default_and_keyword_only(self) -> None:
        torch = """
            import torch

            def f(table, rows, keep, scale, bias=2.0, *, power):
                x = table[rows] * scale + bias
                return {"sum": torch.where(keep, x, 0.0).sum(-1), "parts": (x ** power, rows + 1), "kind": "plain"}
        """
        jax = """
            import jax.numpy as jnp

            def f(table, rows, keep, scale, bias=2.0, *, power):
                x = table[rows] * scale + bias
                return {"sum": jnp.where(keep, x, 0.0).sum(-1), "parts": (x ** power, rows + 1)}
        """
        jitted = (
            "import functools, jax\n_run = jax.jit(target, static_argnames=('power',))\n"
            "def variant(*inputs, power):\n    return {**_run(*inputs, power=power), 'kind': 'plain'}\n"
        )
        report = self.race(
            request(
                programs=[program("torch", dedent(torch), "f"), program("jax", dedent(jax), "f")],
                inputs=[
                    floats("table", 50, 8),
                    {"kind": "index", "name": "rows", "dtype": "i64", "shape": [20], "high": 50},
                    {"kind": "mask", "name": "keep", "shape": [20, 8], "density": 0.3},
                    {"kind": "expression", "name": "scale", "expression": "torch.arange(8.0) / math.pi"},
                    {"kind": "default", "name": "bias"},
                    {"kind": "literal", "name": "power", "expression": "2"},
                ],
                variants=[variant("torch-eager", EAGER), variant("jax-jit", jitted, "jax")],
                modes=["forward"],
            )
        )
        self.assert_all_ok(report)

    def test_a_fully_masked_row_cannot_happen(self) -> None:
        text = "import torch\n\n\ndef f(m):\n    return m.any(-1).all(), m.float().sum()\n"
        report = self.race(
            request(
                programs=[program("torch", text, "f")],
                inputs=[{"kind": "mask", "name": "m", "shape": [200, 5], "density": 0.0}],
                variants=[
                    variant("torch-eager", EAGER),
                    variant(
                        "torch-true", "import torch\nvariant = lambda m: (torch.tensor(True), m.float().sum())\n", None
                    ),
                ],
            )
        )
        self.assert_all_ok(report)

    def test_float64_and_bfloat16_race_at_their_own_width(self) -> None:
        for dtype, limit in (("f64", 1e-14), ("bf16", 1e-2)):
            with self.subTest(dtype):
                report = self.race(matmul(inputs=[floats("a", 64, 64, dtype=dtype), floats("b", 64, 64, dtype=dtype)]))
                self.assert_all_ok(report)
                self.assertLess(self.row(report, "jax-jit")["error"], limit)
                self.assertEqual(report["fingerprint"]["flags"]["jax.enable_x64"], str(dtype == "f64").lower())

    def test_numpy_is_a_guest(self) -> None:
        request_ = matmul(modes=["forward", "training"])
        request_["programs"].append(program("numpy", "def f(a, b):\n    return a @ b\n", "f"))
        request_["variants"].append(variant("numpy", EAGER, "numpy"))
        report = self.race(request_)
        self.assertEqual(self.row(report, "numpy")["status"], "ok")
        self.assertEqual(self.row(report, "numpy", "training")["status"], "skipped")

    def test_inputs_are_the_same_bytes_and_seeded(self) -> None:
        text = "import torch\n\n\ndef f(a):\n    return a * 1.0\n"
        jax = "def f(a):\n    return a * 1.0\n"
        report = self.race(
            request(
                programs=[program("torch", text, "f"), program("jax", jax, "f")],
                inputs=[floats("a", 1000)],
                variants=[variant("torch-eager", EAGER), variant("jax-jit", JIT, "jax")],
            )
        )
        self.assertEqual([row["error"] for row in report["variants"]], [0.0, 0.0])


class Modules(Racing):
    def test_a_perceptron_in_five_variants(self) -> None:
        report = self.race(mlp(batch=8, features=32, hidden=64, budget=matmul()["budget"]))
        self.assert_all_ok(report)
        self.assertEqual(len(report["variants"]), 10)
        for mode in ("forward", "training"):
            self.assertGreater(self.row(report, "torch-compile", mode)["compile_s"], 0.01)
        self.assertEqual(len([each for each in report["comparisons"] if each["a"] == "torch-eager"]), 8)

    def test_a_method_a_buffer_and_a_frozen_parameter(self) -> None:
        torch = """
            import torch
            from torch import nn

            class Net(nn.Module):
                def __init__(self, width):
                    super().__init__()
                    self.fc = nn.Linear(width, width)
                    self.register_buffer("scale", torch.full((width,), 0.5))
                    self.frozen = nn.Parameter(torch.randn(width), requires_grad=False)

                def project(self, x):
                    return torch.tanh(self.fc(x) * self.scale + self.frozen)
        """
        jax = """
            import jax.numpy as jnp

            def params_from_state_dict(state):
                return {"w": state["fc.weight"], "b": state["fc.bias"], "rest": [state["scale"], state["frozen"]]}

            def model(params, x):
                return jnp.tanh((x @ params["w"].T + params["b"]) * params["rest"][0] + params["rest"][1])
        """
        source = f"import jax\n{PARAMS}variant = jax.jit(target)\n"
        report = self.race(
            request(
                programs=[program("torch", dedent(torch), "Net.project"), program("jax", dedent(jax), "model")],
                inputs=[floats("x", 16, 24)],
                init=[{"name": "width", "expression": "6 * 4"}],
                variants=[variant("torch-eager", EAGER), variant("jax-jit", source, "jax", takes_params=True)],
                modes=["forward", "training"],
                work={"flops": 1, "bytes": None, "products": 1},
            )
        )
        self.assert_all_ok(report)

    def test_dropout_is_off_and_constant_parameters_are_moved(self) -> None:
        torch = """
            import torch
            from torch import nn

            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.norm = nn.LayerNorm(16)
                    self.drop = nn.Dropout(0.5)

                def forward(self, x):
                    return self.drop(self.norm(x))
        """
        forgets = """
            import torch
            from torch import nn

            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.norm = nn.LayerNorm(16)

                def forward(self, x):
                    return nn.functional.layer_norm(x, (16,))
        """
        report = self.race(
            request(
                programs=[program("torch", dedent(torch), "Net"), program("rewrite", dedent(forgets), "Net")],
                inputs=[floats("x", 4, 16)],
                variants=[variant("torch-eager", EAGER), variant("torch-rewrite", EAGER, "rewrite")],
            )
        )
        self.assertEqual(self.row(report, "torch-eager")["status"], "ok")
        self.assertTrue(any("Dropout is switched off" in note for note in report["notes"]))
        self.assertTrue(any("2 parameters that started constant" in note for note in report["notes"]))
        self.assertEqual(self.row(report, "torch-rewrite")["failure"]["kind"], "outputsDiffer")

    def test_every_random_or_running_layer_is_told(self) -> None:
        for layer, call, said in (
            ("nn.MultiheadAttention(8, 2, dropout=0.1, batch_first=True)", "self.n(x, x, x)[0]", "Dropout is switched"),
            ("nn.GRU(8, 8, num_layers=2, dropout=0.1, batch_first=True)", "self.n(x)[0]", "Dropout is switched off"),
            ("nn.BatchNorm1d(4)", "self.n(x)", "Batch norms use their running statistics"),
        ):
            text = (
                "import torch\nfrom torch import nn\n\n\nclass Net(nn.Module):\n    def __init__(self):\n"
                f"        super().__init__()\n        self.n = {layer}\n"
                f"    def forward(self, x):\n        return {call}\n"
            )
            with self.subTest(layer):
                inputs, variants = [floats("x", 2, 4, 8)], [variant("torch-eager", EAGER)]
                report = self.race(request(programs=[program("t", text, "Net")], inputs=inputs, variants=[
                    {**each, "program": "t"} for each in variants
                ]))  # fmt: skip
                self.assertTrue(any(said in note for note in report["notes"]), report["notes"])

    def test_a_rewrite_gets_the_same_weights_or_says_that_it_cannot(self) -> None:
        torch = """
            import torch
            from torch import nn

            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.a = nn.Linear(8, 8)

                def forward(self, x):
                    return self.a(x)
        """
        same = torch.replace("self.a(x)", "x @ self.a.weight.T + self.a.bias")
        other = torch.replace("self.a", "self.b")
        report = self.race(
            request(
                programs=[
                    program("torch", dedent(torch), "Net"),
                    program("same", dedent(same), "Net"),
                    program("other", dedent(other), "Net"),
                ],
                inputs=[floats("x", 4, 8)],
                variants=[
                    variant("torch-eager", EAGER),
                    variant("torch-rewrite", EAGER, "same"),
                    variant("torch-other", EAGER, "other"),
                ],
                modes=["forward", "training"],
            )
        )
        for mode in ("forward", "training"):
            self.assertEqual(self.row(report, "torch-rewrite", mode)["status"], "ok")
            self.assertEqual(self.row(report, "torch-other", mode)["failure"]["kind"], "loadFailed")

    def test_code_that_pins_a_dtype_is_its_own_reference(self) -> None:
        text = "import torch\n\n\ndef f(a, b):\n    return a.float() @ b.to(torch.float32)\n"
        report = self.race(matmul(programs=[program("torch", text, "f"), matmul()["programs"][1]]))
        self.assert_all_ok(report)
        self.assertTrue(any("fixes a dtype" in note for note in report["notes"]))


class OneFramework(Racing):
    def test_jax_alone_races_against_its_own_float64(self) -> None:
        text = "import jax.numpy as jnp\n\n\ndef f(a, b):\n    return jnp.tanh(a @ b)\n"
        report = self.race(
            request(
                programs=[program("jax", text, "f")],
                inputs=[floats("a", 32, 32), floats("b", 32, 32)],
                variants=[
                    variant("jax-jit", JIT, "jax"),
                    variant("jax-again", JIT, "jax", compiled=True),
                    variant("jax-eager", EAGER, "jax"),
                ],
                modes=["forward", "training"],
            ),
            torch=[],
        )
        self.assertEqual(self.row(report, "jax-again", "training")["status"], "ok")
        self.assertGreater(self.row(report, "jax-jit")["error"], 0)
        self.assertEqual(self.row(report, "jax-eager", "training")["status"], "skipped")
        self.assertIn("no contender", self.row(report, "jax-eager", "training")["reason"])

    def test_torch_alone(self) -> None:
        report = self.race(matmul(), jax=[])
        self.assertEqual(self.row(report, "torch-eager")["status"], "ok")
        self.assertEqual(self.row(report, "jax-jit")["status"], "skipped")

    def test_torch_without_numpy(self) -> None:
        with tempfile.TemporaryDirectory() as packages:
            Path(packages, "numpy.py").write_text("raise ModuleNotFoundError('No module named numpy', name='numpy')\n")
            request_ = matmul(modes=["forward", "training"])
            request_["variants"] = [request_["variants"][0], variant("torch-again", EAGER)]
            report = self.race(request_, jax=[], environment={"PYTHONPATH": packages})
        self.assert_all_ok(report)

    def test_a_compiled_function(self) -> None:
        request_ = matmul(modes=["forward", "training"])
        request_["variants"] = [request_["variants"][0], variant("torch-compile", COMPILE)]
        report = self.race(request_)
        self.assert_all_ok(report)
        self.assertGreater(self.row(report, "torch-compile")["compile_s"], 0)

    def test_nothing_to_differentiate(self) -> None:
        text = "import torch\n\n\n@torch.no_grad()\ndef f(a, b):\n    return a @ b\n"
        report = self.race(
            matmul(programs=[program("torch", text, "f"), matmul()["programs"][1]], modes=["forward", "training"])
        )
        self.assertEqual(self.row(report, "torch-eager")["status"], "ok")
        self.assertEqual(self.row(report, "torch-eager", "training")["status"], "skipped")
        self.assertIn("autograd", self.row(report, "torch-eager", "training")["reason"])


if __name__ == "__main__":
    unittest.main()
