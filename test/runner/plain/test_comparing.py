import math
import unittest

from matmul_lens_runner.race.comparing import Measured, break_even, break_evens, compare_mode, summarize
from matmul_lens_runner.statistics.verdict import Rules


def row(name, median=None, status="ok", **more):
    return {
        "name": name,
        "label": name,
        "framework": name.partition("-")[0],
        "mode": "forward",
        "status": status,
        "reason": None,
        "median_s": median,
        "compile_s": None,
        "peak_fraction": None,
        "flops": 1e6,
        **more,
    }


def measured(times, rounds=20, **more):
    wiggle = [1 + 0.002 * math.sin(7 * number) for number in range(rounds)]
    logged = [{name: value * factor for name, value in times.items()} for factor in wiggle]
    counts = {"undisturbed": rounds, "disturbed": 0}
    return Measured(
        **{"mode": "forward", "rounds": logged, **counts, "mean_load": 0.0, "disturbing_load": None, **more}
    )


TIMES = {"torch-eager": 1.0, "torch-compile": 1.5, "jax-jit": 0.5, "jax-vmap-jit": 0.501}


def compare(rows=None, found=None):
    rows = rows or [row(name, median) for name, median in TIMES.items()]
    return compare_mode(rows, found or measured(TIMES), Rules())


class BreakEven(unittest.TestCase):
    def test_only_beside_faster(self) -> None:
        rows = [row(name, median, compile_s=3.0) for name, median in TIMES.items()]
        rows[0]["compile_s"] = None
        found = compare(rows)
        self.assertEqual(set(break_evens(rows, found)), {"jax-jit", "jax-vmap-jit"})
        self.assertAlmostEqual(break_evens(rows, found)["jax-jit"], 6.0)
        found[1]["verdict"] = "inconclusive"
        self.assertEqual(set(break_evens(rows, found)), {"jax-vmap-jit"})
        self.assertEqual(break_evens(rows, []), {})


class Comparing(unittest.TestCase):
    def test_the_first_against_each_other_one(self) -> None:
        found = compare()
        self.assertEqual([(each["a"], each["b"], each["verdict"]) for each in found[:3]], [
            ("torch-eager", "torch-compile", "slower"),
            ("torch-eager", "jax-jit", "faster"),
            ("torch-eager", "jax-vmap-jit", "faster"),
        ])  # fmt: skip
        self.assertAlmostEqual(found[1]["ratio"], 0.5)

    def test_best_against_best_where_neither_is_the_first(self) -> None:
        self.assertEqual(len(compare()), 3)
        times = {**TIMES, "torch-compile": 0.8}
        found = compare([row(name, median) for name, median in times.items()], measured(times))
        self.assertEqual((found[3]["a"], found[3]["b"], found[3]["verdict"]), ("torch-compile", "jax-jit", "faster"))

    def test_a_failed_variant_is_not_comparable_and_says_why(self) -> None:
        rows = [row("torch-eager", 1.0), row("jax-jit", None, "failed", reason="Output differs.")]
        (found,) = compare(rows, measured({"torch-eager": 1.0}))
        self.assertEqual(
            (found["verdict"], found["reason"], found["ratio"]), ("not comparable", "Output differs.", None)
        )

    def test_a_skipped_variant_is_not_mentioned(self) -> None:
        rows = [row("torch-eager", None, "skipped"), row("jax-jit", 1.0), row("jax-vmap-jit", 1.0)]
        found = compare(rows, measured({"jax-jit": 1.0, "jax-vmap-jit": 1.0}))
        self.assertEqual(
            [(each["a"], each["b"], each["verdict"]) for each in found], [("jax-jit", "jax-vmap-jit", "no difference")]
        )

    def test_a_barred_variant_keeps_its_ratio_and_gets_no_verdict(self) -> None:
        found = compare(found=measured(TIMES, barred={"jax-jit": "it computes in bfloat16"}))
        self.assertEqual((found[1]["verdict"], found[1]["reason"]), ("not comparable", "it computes in bfloat16"))
        self.assertAlmostEqual(found[1]["ratio"], 0.5)

    def test_a_barred_first_bars_all(self) -> None:
        found = compare(found=measured(TIMES, barred={"torch-eager": "it changes x"}))
        self.assertEqual({each["verdict"] for each in found if each["a"] == "torch-eager"}, {"not comparable"})

    def test_disturbed_rounds_give_a_ratio_and_no_verdict(self) -> None:
        for undisturbed in (0, 4, 5):
            disturbed = 20 - undisturbed
            found = compare(found=measured(TIMES, undisturbed=undisturbed, disturbed=disturbed, disturbing_load=1.5))
            self.assertEqual({each["verdict"] for each in found}, {"inconclusive"})
            self.assertEqual(
                found[1]["reason"],
                f"only {undisturbed} of 20 rounds were undisturbed, and a verdict needs 6: "
                "other programs kept 1.5 cores busy",
            )
            self.assertAlmostEqual(found[1]["ratio"], 0.5)

    def test_disturbance_is_named_where_it_may_have_cost_a_verdict(self) -> None:
        noisy = [{"torch-eager": 1.0, "jax-jit": 1 + 0.1 * math.sin(5 * number)} for number in range(8)]
        rows = [row("torch-eager", 1.0), row("jax-jit", 1.0)]
        (found,) = compare(rows, Measured("forward", noisy, 8, 12, 0.5, 1.5))
        self.assertEqual(found["verdict"], "inconclusive")
        self.assertIn("12 of 20 rounds were left out, because other programs kept 1.5 cores busy", found["reason"])
        self.assertIn("reaches into the margin", found["reason"])


class Suspicion(unittest.TestCase):
    def test_more_than_tenfold(self) -> None:
        times = {"torch-eager": 30.0, "jax-jit": 1.0}
        (found,) = compare([row(name, median) for name, median in times.items()], measured(times))
        self.assertEqual(found["verdict"], "faster")
        self.assertIn("a factor of 30 is unusual", found["reason"])

    def test_more_than_the_peak(self) -> None:
        rows = [row("torch-eager", 1.0, peak_fraction=0.6), row("jax-jit", 0.5, peak_fraction=1.2)]
        (found,) = compare(rows, measured({"torch-eager": 1.0, "jax-jit": 0.5}))
        self.assertIn("120% of the measured peak", found["reason"])


class Rows(unittest.TestCase):
    def test_summary(self) -> None:
        found = summarize(row("torch-eager"), measured({"torch-eager": 2.0}))
        self.assertAlmostEqual(found["median_s"], 2.0, places=2)
        self.assertAlmostEqual(found["flops_per_s"], 5e5, delta=2e3)
        self.assertEqual(len(found["samples"]), 20)
        self.assertEqual(summarize(row("torch-eager"), measured({}, rounds=0)), {})

    def test_break_even(self) -> None:
        first = row("torch-eager", 2.0)
        self.assertEqual(break_even(row("jax-jit", 1.0, compile_s=10.0), first), 10.0)
        self.assertIsNone(break_even(row("jax-jit", 2.5, compile_s=10.0), first))
        self.assertIsNone(break_even(row("torch-vmap", 1.0), first))
        self.assertEqual(break_even(row("jax-jit", 1.0, compile_s=4.0), row("torch-compile", 2.0, compile_s=5.0)), 0.0)


if __name__ == "__main__":
    unittest.main()
