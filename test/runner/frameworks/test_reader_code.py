"""The reader's own code: how it is loaded, and what it may do to a race."""

import os
import tempfile
import time
import unittest
from pathlib import Path
from textwrap import dedent

from support.racing import Racing
from support.requests import COMPILE, EAGER, MATMUL_TORCH, SHORT, floats, matmul, program, variant


def race(text: str, *variants: dict, **fields):
    """A race of one torch program `f(a, b)`."""
    return matmul(
        **{
            "size": 32,
            "programs": [program("torch", dedent(text), "f"), matmul()["programs"][1]],
            **({"variants": list(variants)} if variants else {}),
            **fields,
        }
    )


class Loading(Racing):
    def test_an_unguarded_training_script_does_not_start(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            text = f"""
                import torch
                from torch import nn

                class f(nn.Module):
                    def forward(self, a, b):
                        return a @ b

                model = f()
                for step in range(1000000):
                    open({folder!r} + "/started", "w").close()
                    model(torch.randn(2, 2), torch.randn(2, 2))
            """
            report = self.race(race(text))
            self.assert_all_ok(report)
            self.assertEqual(os.listdir(folder), [])

    def test_a_name_that_was_not_made_is_explained_at_its_line(self) -> None:
        text = "import torch\n\nweights = torch.load('w.pt')\n\n\ndef f(a, b):\n    return a @ b + weights\n"
        with tempfile.TemporaryDirectory() as folder:
            file = str(Path(folder, "model_with_weights.py"))
            programs = [program("torch", text, "f", file=file), matmul()["programs"][1]]
            failure = self.failure(race(text, programs=programs))
        self.assertEqual((failure["kind"], failure["file"], failure["line"]), ("runFailed", file, 7))
        self.assertIn("`weights` is not defined: line 3", failure["message"])

    def test_an_unsaved_module_of_a_package_compiles(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            package = Path(folder, "lens_race_pkg")
            package.mkdir()
            (package / "__init__.py").write_text("")
            (package / "layers.py").write_text("def scale(x):\n    return x * 0.5\n")
            (package / "model.py").write_text("# an older version\n")
            text = (
                "from __future__ import annotations\nimport torch\nfrom .layers import scale\n\n\n"
                "def f(a: torch.Tensor, b):\n    return scale(a @ b)\n"
            )
            programs = [program("torch", text, "f", file=str(package / "model.py"), roots=[folder])]
            variants = [variant("torch-eager", EAGER), variant("torch-compile", COMPILE)]
            report = self.race(matmul(size=16, programs=programs, variants=variants))
            self.assert_all_ok(report)
            self.assertEqual(sorted(os.listdir(package)), ["__init__.py", "layers.py", "model.py"])

    def test_what_cannot_be_loaded_fails_with_file_and_line(self) -> None:
        failure = self.failure(race("import torch\n\ndef f(a, b:\n    return a\n"))
        self.assertEqual((failure["kind"], failure["line"]), ("loadFailed", 3))

    def test_an_input_that_cannot_be_made(self) -> None:
        inputs = [floats("a", 32, 32), {"kind": "expression", "name": "b", "expression": "torch.nope(3)"}]
        failure = self.failure(race(MATMUL_TORCH, inputs=inputs))
        self.assertEqual(failure["kind"], "inputsFailed")
        self.assertIn("Input b: AttributeError", failure["message"])

    def test_inputs_too_large_for_this_machine_are_not_made(self) -> None:
        failure = self.failure(race(MATMUL_TORCH, inputs=[floats("a", 10**7, 10**6), floats("b", 2, 2)]))
        self.assertEqual(failure["kind"], "outOfMemory")


class Wrong(Racing):
    def differs(self, source: str, text: str = MATMUL_TORCH, name: str = "torch-rewrite", **fields):
        report = self.race(race(text, variant("torch-eager", EAGER), variant(name, source), **fields))
        row = self.row(report, name)
        self.assertEqual((row["status"], row["failure"]["kind"]), ("failed", "outputsDiffer"))
        comparison = self.comparison(report, name)
        self.assertEqual((comparison["verdict"], comparison["ratio"]), ("not comparable", None))
        self.assertEqual(self.row(report, "torch-eager")["status"], "ok")
        return row

    def test_wrong_values(self) -> None:
        self.assertGreater(self.differs("variant = lambda a, b: b @ a\n")["error"], 0.1)

    def test_nearly_right_values(self) -> None:
        self.assertAlmostEqual(self.differs("variant = lambda a, b: (a @ b) * 1.0001\n")["error"], 1e-4, delta=1e-5)

    def test_a_nan(self) -> None:
        source = "import torch\ndef variant(a, b):\n    x = a @ b\n    x[0, 0] = float('nan')\n    return x\n"
        self.assertIn("NaN on one side only", self.differs(source)["reason"])

    def test_another_shape_dtype_or_structure(self) -> None:
        self.assertIn("shape [1, 32, 32]", self.differs("variant = lambda a, b: (a @ b)[None]\n")["reason"])
        self.assertIn(
            "f64 instead of f32", self.differs("variant = lambda a, b: (a.double() @ b.double())\n")["reason"]
        )
        self.assertIn("is missing", self.differs("variant = lambda a, b: (a @ b, 1)\n")["reason"])

    def test_wrong_gradients(self) -> None:
        source = "import torch\nvariant = lambda a, b: (a @ b) + 0 * a.detach() if False else a.detach() @ b\n"
        report = self.race(
            race(
                MATMUL_TORCH,
                variant("torch-eager", EAGER),
                variant("torch-rewrite", source),
                modes=["forward", "training"],
            )
        )
        self.assertEqual(self.row(report, "torch-rewrite")["status"], "ok")
        training = self.row(report, "torch-rewrite", "training")
        self.assertEqual(training["failure"]["kind"], "outputsDiffer")
        self.assertIn("Gradient of a", training["reason"])

    def test_random_outputs_cannot_be_raced(self) -> None:
        failure = self.failure(race("import torch\n\ndef f(a, b):\n    return torch.rand_like(a) + 0 * (a @ b)\n"))
        self.assertEqual(failure["kind"], "outputsDiffer")
        self.assertIn("draws random numbers", failure["message"])

    def test_lower_precision_is_measured_and_not_compared(self) -> None:
        # What a flag does on other processors: every float32 product loses bits. 13 fewer make TF32 of float32.
        for bits, name in ((13, "TensorFloat-32"), (16, "bfloat16")):
            source = (
                "import torch\n_matmul = torch.Tensor.__matmul__\n"
                "def _cut(x):\n"
                f"    return ((x.view(torch.int32) >> {bits}) << {bits}).view(torch.float32)\n"
                "def _lower(a, b):\n"
                "    return _matmul(_cut(a), _cut(b)) if a.dtype == torch.float32 else _matmul(a, b)\n"
                "torch.Tensor.__matmul__ = _lower\nvariant = target\n"
            )
            with self.subTest(name):
                report = self.race(
                    race(MATMUL_TORCH, variant("torch-eager", EAGER), variant("torch-lower", source), size=256)
                )
                self.assertEqual(self.row(report, "torch-lower")["status"], "ok")
                self.assertGreater(self.row(report, "torch-lower")["error"], 1e-4)
                comparison = self.comparison(report, "torch-lower")
                self.assertEqual(comparison["verdict"], "not comparable")
                self.assertIn(name, comparison["reason"])

    def test_a_lazy_output_is_refused(self) -> None:
        source = "import torch\nclass Lazy(torch.Tensor):\n    pass\nvariant = lambda a, b: (a @ b).as_subclass(Lazy)\n"
        report = self.race(race(MATMUL_TORCH, variant("torch-eager", EAGER), variant("torch-lazy", source)))
        self.assertEqual(self.row(report, "torch-lazy")["failure"]["kind"], "unsupported")
        self.assertIn("cannot be compared", self.row(report, "torch-lazy")["reason"])

    def test_a_variant_that_raises_is_told_with_its_line(self) -> None:
        report = self.race(race(MATMUL_TORCH, variant("torch-eager", EAGER), variant("torch-odd", "variant = 5\n")))
        self.assertEqual(self.row(report, "torch-odd")["failure"]["kind"], "badRequest")
        report = self.race(
            race(MATMUL_TORCH, variant("torch-eager", EAGER), variant("torch-odd", "variant = lambda a: a\n"))
        )
        self.assertEqual(self.row(report, "torch-odd")["failure"]["kind"], "runFailed")
        self.assertIn("TypeError", self.row(report, "torch-odd")["reason"])


class Mutation(Racing):
    def test_a_variant_that_writes_to_its_input_is_not_compared_and_harms_no_other(self) -> None:
        source = "import torch\ndef variant(a, b):\n    x = a @ b\n    a.mul_(0.5)\n    return x\n"
        report = self.race(
            race(
                MATMUL_TORCH,
                variant("torch-eager", EAGER),
                variant("torch-mutates", source),
                variant("torch-after", EAGER),
            )
        )
        self.assertEqual(self.comparison(report, "torch-mutates")["verdict"], "not comparable")
        self.assertIn("changes its input a", self.comparison(report, "torch-mutates")["reason"])
        self.assertTrue(any("changes its input a" in note for note in report["notes"]))
        after = self.row(report, "torch-after")
        self.assertEqual(after["status"], "ok")
        self.assertLess(after["error"], 1e-6)
        self.assertNotEqual(self.comparison(report, "torch-after")["verdict"], "not comparable")

    def test_one_that_does_so_only_later_is_found_at_the_end(self) -> None:
        source = (
            "count = [0]\ndef variant(a, b):\n    count[0] += 1\n    x = a @ b\n"
            "    if count[0] == 40:\n        b.add_(1.0)\n    return x\n"
        )
        report = self.race(race(MATMUL_TORCH, variant("torch-eager", EAGER), variant("torch-late", source)))
        self.assertEqual(self.comparison(report, "torch-late")["verdict"], "not comparable")
        self.assertIn("changed during the race", self.comparison(report, "torch-late")["reason"])


class Misbehaving(Racing):
    def test_output_of_every_kind_leaves_the_protocol_alone(self) -> None:
        text = """
            import os, sys
            import torch
            print("at import")

            def f(a, b):
                print('{"id": 3, "ok": {}}')
                sys.stdout.write("\\x1b[31mred\\n")
                sys.__stdout__.write("more\\n")
                os.write(1, b'{"say": "broken"}\\n')
                os.system("echo from a shell")
                return a @ b
        """
        report = self.race(race(text))
        self.assert_all_ok(report)

    def test_twenty_megabytes_of_output(self) -> None:
        text = """
            import os
            import torch
            LINE = b"y" * 999 + b"\\n"
            calls = []

            def f(a, b):
                if not calls:
                    for _ in range(20000):
                        os.write(1, LINE)
                calls.append(1)
                return a @ b
        """
        report = self.race(race(text))
        self.assertEqual(self.row(report, "torch-eager")["status"], "ok")

    def test_a_process_that_ends_itself(self) -> None:
        failure = self.failure(race("import os\nimport torch\n\ndef f(a, b):\n    os._exit(3)\n"))
        self.assertEqual(failure["kind"], "workerDied")
        self.assertIn("exit status 3", failure["message"])
        failure = self.failure(race("import sys\nimport torch\n\ndef f(a, b):\n    sys.exit('enough')\n"))
        self.assertEqual(failure["kind"], "runFailed")
        self.assertIn("sys.exit(enough)", failure["message"])

    def test_a_crash_of_one_variant_costs_the_others_nothing(self) -> None:
        source = "import ctypes\nvariant = lambda a, b: ctypes.string_at(0)\n"
        report = self.race(
            race(
                MATMUL_TORCH,
                variant("torch-eager", EAGER),
                variant("torch-crash", source),
                variant("torch-after", EAGER),
                variant("jax-jit", "import jax\nvariant = jax.jit(target)\n", "jax"),
            )
        )
        self.assertEqual(report["status"], "complete")
        crash = self.row(report, "torch-crash")
        self.assertEqual(crash["failure"]["kind"], "workerDied")
        self.assertIn("SIGSEGV", crash["reason"])
        self.assertIn("Fatal Python error: Segmentation fault", crash["failure"]["detail"])
        for name in ("torch-eager", "torch-after", "jax-jit"):
            self.assertEqual(self.row(report, name)["status"], "ok")

    def test_an_endless_loop_meets_its_deadline(self) -> None:
        began = time.monotonic()
        failure = self.failure(
            race("import torch\n\ndef f(a, b):\n    while True:\n        pass\n", budget={**SHORT, "compile_s": 2})
        )
        self.assertEqual(failure["kind"], "timedOut")
        self.assertLess(time.monotonic() - began, 20)

    def test_a_hang_in_c_that_holds_the_lock_is_cancelled_within_three_seconds(self) -> None:
        source = (
            "import ctypes\n"
            # PyDLL keeps the interpreter's lock while it calls.
            "variant = lambda a, b: ctypes.PyDLL(None).sleep(1000)\n"
        )
        client = self.session()
        request_ = race(MATMUL_TORCH, variant("torch-eager", EAGER), variant("torch-hangs", source))
        client.send({"type": "race", "race": request_})
        client.wait(lambda each: each["type"] == "row" and each["row"]["name"] == "torch-hangs")
        time.sleep(0.5)
        began = time.monotonic()
        client.send({"type": "cancel", "race": "race"})
        end = client.end_of("race")
        self.assertLess(time.monotonic() - began, 3.0)
        self.assertEqual(end["report"]["status"], "partial")
        self.assertEqual([row["status"] for row in end["report"]["variants"]], ["ok", "skipped"])


if __name__ == "__main__":
    unittest.main()
