import unittest

from matmul_lens_runner.protocol.vocabulary import UNIT_ROUNDOFF
from matmul_lens_runner.race.equality import bound, judge_equality

U32 = 2.0**-24


def leaf(path="output", error=1e-7, dtype="f32", problem=None, norm=1.0, reference="f64"):
    distance = (error or 0.0) * norm
    found = {"error": error, "distance": distance, "norm": norm}
    return {"path": path, "dtype": dtype, "shape": [2, 2], "problem": problem, "reference": reference, **found}


def prepared(*leaves, matmul_error=None):
    return {"leaves": list(leaves), "matmul_error": matmul_error}


class Judging(unittest.TestCase):
    def judge(self, found, baseline=(), products=1.0, float32="f32"):
        return judge_equality(found, list(baseline), products, float32)

    def test_rounding_is_equal(self) -> None:
        found = self.judge(prepared(leaf(error=1.5e-6)), [leaf()])
        self.assertEqual((found.outcome, found.error), ("equal", 1.5e-6))

    def test_more_than_rounding_differs_and_says_how_much(self) -> None:
        found = self.judge(prepared(leaf(error=3e-4), matmul_error=2e-7), [leaf()])
        self.assertEqual((found.outcome, found.error), ("differs", 3e-4))
        self.assertIn("3.0e-04", found.reason)
        self.assertIn("1.9e-06 is allowed", found.reason)
        self.assertIn("GELU", found.hint)

    def test_wrong_results_have_no_hint_of_approximation(self) -> None:
        self.assertIsNone(self.judge(prepared(leaf(error=0.7), matmul_error=2e-7), [leaf()]).hint)

    def test_the_bound_grows_with_products_and_with_the_code_s_own_error(self) -> None:
        self.assertAlmostEqual(bound(leaf(), None, 1, "f32"), 32 * U32)
        self.assertAlmostEqual(bound(leaf(), None, 3, "f32"), 64 * U32)
        self.assertAlmostEqual(bound(leaf(path="gradient of x"), None, 1, "f32"), 64 * U32)
        self.assertAlmostEqual(bound(leaf(), leaf(error=1e-3), 1, "f32"), 4e-3 + 16 * U32)
        self.assertAlmostEqual(bound(leaf(dtype="f16"), None, 1, "f32"), 32 * 2.0**-11)
        self.assertEqual(bound(leaf(dtype="bf16"), None, 1, "f32"), 0.05)

    def test_zeros_never_pass_for_any_dtype_and_depth(self) -> None:
        for dtype, u in UNIT_ROUNDOFF.items():
            for products in (0, 1, 5, 15, 127, 1000):
                for path in ("output", "gradient of x"):
                    with self.subTest(dtype, products=products, path=path):
                        own = leaf(path, 2 * u, dtype)
                        zeros = prepared(leaf(path, 1.0, dtype), matmul_error=1e-7)
                        self.assertEqual(self.judge(zeros, [own], products).outcome, "differs")

    def test_zeros_are_told_from_the_worst_that_the_code_as_written_may_be(self) -> None:
        for dtype in ("bf16", "f16"):
            for products in (1, 15, 1000):
                errors = [error / 1000 for error in range(1, 1000)]
                usable = [e for e in errors if self.baseline(leaf(error=e, dtype=dtype), products).outcome == "equal"]
                zeros = prepared(leaf(error=1.0, dtype=dtype))
                worst = leaf(error=max(usable), dtype=dtype)
                self.assertEqual(self.judge(zeros, [worst], products).outcome, "differs")

    def baseline(self, found, products):
        return judge_equality(prepared(found), None, products, "f32")

    def test_a_gradient_that_should_be_zero_is_held_against_the_size_of_the_others(self) -> None:
        # A bias before a softmax, where the reference is the code in its own float32: noise by noise.
        own = [leaf(), leaf("gradient of w", 0.0, norm=3.0, reference="f32"), leaf("gradient of b", 0.0, norm=2e-8)]
        noise = leaf("gradient of b", 1.4, norm=2e-8, reference="f32")
        found = self.judge(prepared(leaf(), leaf("gradient of w", 1e-7, norm=3.0), noise, matmul_error=1e-7), own)
        self.assertEqual(found.outcome, "equal")
        self.assertLess(found.error, 2e-7)
        for path, norm in (("gradient of b", 2e-5), ("output", 2e-8)):
            wrong = leaf(path, 1.4, norm=norm, reference="f32")
            found = self.judge(prepared(leaf("gradient of w", 1e-7, norm=3.0), wrong, matmul_error=1e-7), own)
            self.assertEqual((found.outcome, found.error), ("differs", 1.4))

    def test_in_half_precision_no_gradient_of_some_size_is_taken_for_rounding(self) -> None:
        for dtype in ("bf16", "f16"):
            own = [leaf("gradient of w", 0.0, dtype, norm=1.0), leaf("gradient of b", 0.0, dtype, norm=0.01)]
            forgotten = leaf("gradient of b", 1.0, dtype, norm=0.01)
            found = self.judge(prepared(leaf("gradient of w", 0.0, dtype), forgotten), own)
            self.assertEqual(found.outcome, "differs")

    def test_the_message_names_the_dtype_of_the_reference(self) -> None:
        for dtype, name in (("f64", "float64"), ("f32", "float32"), ("bf16", "bfloat16")):
            found = self.judge(prepared(leaf(error=0.5, reference=dtype), matmul_error=1e-7), [leaf()])
            self.assertIn(f"differs from the {name} reference by", found.reason)

    def test_the_own_error_counts_leaf_by_leaf(self) -> None:
        found = self.judge(
            prepared(leaf(error=1e-3), leaf("gradient of b", error=0.5), matmul_error=1e-7),
            [leaf(), leaf("gradient of b", error=0.4)],
        )
        self.assertEqual(found.outcome, "differs")
        self.assertTrue(found.reason.startswith("Output"))

    def test_a_problem_of_any_leaf_differs(self) -> None:
        found = self.judge(prepared(leaf(), leaf("output.b", None, problem="is missing")), [leaf()])
        self.assertEqual((found.outcome, found.reason), ("differs", "Output.b is missing."))

    def test_dtypes_must_agree_except_for_integer_width(self) -> None:
        self.assertEqual(self.judge(prepared(leaf(dtype="f64")), [leaf()]).outcome, "differs")
        self.assertEqual(
            self.judge(prepared(leaf(dtype="i32", error=0.0)), [leaf(dtype="i64", error=0.0)]).outcome, "equal"
        )

    def test_lower_precision_is_named_and_not_called_wrong(self) -> None:
        tf32 = self.judge(prepared(leaf(error=3e-4), matmul_error=3e-4), [leaf()])
        self.assertEqual(tf32.outcome, "precision")
        self.assertIn("TensorFloat-32", tf32.reason)
        bf16 = self.judge(prepared(leaf(error=2.4e-3), matmul_error=2.4e-3), [leaf()])
        self.assertEqual(bf16.outcome, "precision")
        self.assertIn("bfloat16", bf16.reason)

    def test_tf32_is_equal_where_it_was_asked_for(self) -> None:
        self.assertEqual(
            self.judge(prepared(leaf(error=3e-4), matmul_error=3e-4), [leaf()], float32="tf32").outcome, "equal"
        )

    def test_an_error_of_that_size_at_full_precision_is_wrong(self) -> None:
        self.assertEqual(self.judge(prepared(leaf(error=3e-4), matmul_error=1e-7), [leaf()]).outcome, "differs")


class TheCodeAsWritten(unittest.TestCase):
    def judge(self, *leaves, **more):
        return judge_equality(prepared(*leaves, **more), None, 1.0, "f32")

    def test_its_own_error_is_what_it_is(self) -> None:
        self.assertEqual(self.judge(leaf(error=1e-3), matmul_error=1e-7).outcome, "equal")

    def test_random_outputs_cannot_be_checked(self) -> None:
        found = self.judge(leaf(error=1.4), matmul_error=1e-7)
        self.assertEqual(found.outcome, "differs")
        self.assertIn("random numbers", found.reason)

    def test_a_gradient_that_is_all_rounding_does_not_matter(self) -> None:
        self.assertEqual(self.judge(leaf(), leaf("gradient of bias", error=0.9), matmul_error=1e-7).outcome, "equal")

    def test_its_own_lower_precision_is_named(self) -> None:
        self.assertEqual(self.judge(leaf(error=2e-3), matmul_error=2e-3).outcome, "precision")


if __name__ == "__main__":
    unittest.main()
