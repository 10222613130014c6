import unittest

from matmul_lens_runner.race.equality import bound, judge_equality

U32 = 2.0**-24


def leaf(path="output", error=1e-7, dtype="f32", problem=None, shape=(2, 2)):
    return {"path": path, "dtype": dtype, "shape": list(shape), "error": error, "problem": problem}


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
        self.assertAlmostEqual(bound(leaf(dtype="bf16"), None, 1, "f32"), 32 * 2.0**-8)

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
