import math
import random
import unittest

from matmul_lens_runner.statistics.verdict import Rules, judge, log_ratios, precise_enough
from support.series import rounds, share

RULES = Rules()


def verdicts(races: int, count: int, ratio: float, seed: int, **noise: float) -> list[str]:
    source = random.Random(seed)
    return [judge(log_ratios(*rounds(source, count, ratio, **noise)), RULES).verdict for _ in range(races)]


class IdenticalCode(unittest.TestCase):
    """A against A: never faster, never slower, under any noise."""

    def test_no_false_verdict(self) -> None:
        for name, noise in {
            "quiet": {},
            "noisy": {"noise": 0.05, "outliers": 0.2},
            "drift": {"drift": 0.3},
            "step": {"step": 0.5},
            "bursts": {"outliers": 0.4},
        }.items():
            for count in (6, 12, 30, 60):
                found = verdicts(300, count, 1.0, seed=count, **noise)
                with self.subTest(noise=name, rounds=count):
                    self.assertEqual([each for each in found if each in ("faster", "slower")], [])

    def test_a_quiet_machine_says_no_difference(self) -> None:
        self.assertGreater(share(verdicts(500, 30, 1.0, seed=1), "no difference"), 0.98)

    def test_a_noisy_machine_may_only_say_that_it_does_not_know(self) -> None:
        found = verdicts(300, 12, 1.0, seed=2, noise=0.08, outliers=0.2)
        self.assertEqual(set(found) - {"no difference", "inconclusive"}, set())
        self.assertGreater(share(found, "inconclusive"), 0.5)


class RealDifferences(unittest.TestCase):
    def test_five_percent_is_found(self) -> None:
        self.assertGreaterEqual(share(verdicts(500, 30, 1.05, seed=3), "slower"), 0.95)
        self.assertGreaterEqual(share(verdicts(500, 30, 1 / 1.05, seed=4), "faster"), 0.95)

    def test_five_percent_is_found_while_the_machine_drifts(self) -> None:
        self.assertGreaterEqual(share(verdicts(500, 30, 1.05, seed=5, drift=0.05), "slower"), 0.95)

    def test_two_percent_is_never_reversed(self) -> None:
        for noise in ({}, {"noise": 0.05, "outliers": 0.2}, {"drift": 0.3}):
            self.assertEqual(share(verdicts(500, 30, 1.02, seed=6, **noise), "faster"), 0.0)

    def test_a_large_difference_is_found_on_a_noisy_machine(self) -> None:
        self.assertGreater(share(verdicts(300, 20, 0.4, seed=7, noise=0.1, outliers=0.3), "faster"), 0.99)


class Withheld(unittest.TestCase):
    def test_too_few_rounds(self) -> None:
        judged = judge([math.log(3.0)] * 5, RULES)
        self.assertEqual(judged.verdict, "inconclusive")
        self.assertIn("only 5 undisturbed rounds", judged.reason)
        self.assertAlmostEqual(judged.ratio, 3.0)

    def test_few_rounds_need_more_distance(self) -> None:
        self.assertEqual(judge([0.05, 0.09, 0.07, 0.06, 0.08, 0.05], RULES).verdict, "slower")
        self.assertEqual(judge([0.03, 0.09, 0.07, 0.04, 0.08, 0.03], RULES).verdict, "inconclusive")

    def test_two_modes_that_disagree(self) -> None:
        ratios = [-0.1, 0.3, 0.3, 0.3] * 15
        judged = judge(ratios, RULES)
        self.assertEqual(judged.verdict, "inconclusive")
        self.assertIn("two modes", judged.reason)

    def test_two_modes_that_agree_support_a_verdict(self) -> None:
        self.assertEqual(judge([0.5, 0.9] * 12, RULES).verdict, "slower")

    def test_a_wide_spread_needs_three_quarters_of_the_rounds(self) -> None:
        ratios = [-0.2 + 0.65 * (37 * number % 120) / 119 for number in range(120)]
        judged = judge(ratios, RULES)
        self.assertEqual(judged.verdict, "inconclusive")
        self.assertIn("spreads over", judged.reason)

    def test_a_ratio_that_changed_during_the_race(self) -> None:
        judged = judge([0.0] * 10 + [0.2] * 10, RULES)
        self.assertEqual(judged.verdict, "inconclusive")
        self.assertIn("drifted", judged.reason)

    def test_a_large_drift_is_no_proof_of_no_difference(self) -> None:
        # Within the drift, but up to 8 % apart.
        judged = judge([-0.08] * 10 + [0.08] * 10, RULES)
        self.assertEqual(judged.verdict, "inconclusive")
        self.assertIn("drifted", judged.reason)
        self.assertEqual(judge([-0.03] * 10 + [0.03] * 10, RULES).verdict, "no difference")

    def test_a_loose_ratio_is_not_called_a_drift(self) -> None:
        judged = judge([-0.6, -0.02] * 5 + [-0.7, -0.02] * 5, RULES)
        self.assertEqual(judged.verdict, "inconclusive")
        self.assertIn("known too loosely", judged.reason)

    def test_an_interval_that_reaches_into_the_margin(self) -> None:
        judged = judge([0.0, 0.01, 0.02, 0.03, 0.04, 0.05] * 2, RULES)
        self.assertEqual(judged.verdict, "inconclusive")
        self.assertIn("reaches into the margin", judged.reason)


class Precision(unittest.TestCase):
    def test_the_rule_does_not_look_at_the_verdict(self) -> None:
        self.assertTrue(precise_enough([0.0, 0.001] * 10, RULES))
        self.assertFalse(precise_enough([0.0, 0.05] * 10, RULES))

    def test_a_large_difference_needs_less(self) -> None:
        self.assertTrue(precise_enough([1.0, 1.05] * 10, RULES))


if __name__ == "__main__":
    unittest.main()
