import math
import random
import unittest

from matmul_lens_runner.statistics.bootstrap import median_interval, sign_interval
from matmul_lens_runner.statistics.noise import relative_spread, slow_start, two_modes
from matmul_lens_runner.statistics.order import interquartile_range, median, quantile


class Order(unittest.TestCase):
    def test_quantiles_interpolate_as_numpy_does(self) -> None:
        values = [7.0, 1.0, 3.0, 5.0]
        self.assertEqual(median(values), 4.0)
        self.assertEqual(quantile(values, 0.25), 2.5)
        self.assertEqual(interquartile_range(values), 3.0)
        self.assertEqual(quantile([2.0], 0.9), 2.0)


class Bootstrap(unittest.TestCase):
    def test_it_is_the_limit_of_resampling(self) -> None:
        source = random.Random(1)
        for count in (7, 15, 31):
            values = [source.gauss(0, 1) for _ in range(count)]
            medians = sorted(median(source.choices(values, k=count)) for _ in range(20_000))
            low, high = median_interval(values)
            spacing = (max(values) - min(values)) / count
            self.assertAlmostEqual(low, medians[500], delta=spacing)
            self.assertAlmostEqual(high, medians[19_500], delta=spacing)

    def test_an_even_count_is_at_least_as_wide_as_resampling_says(self) -> None:
        source = random.Random(2)
        values = [source.gauss(0, 1) for _ in range(20)]
        medians = sorted(median(source.choices(values, k=20)) for _ in range(20_000))
        low, high = median_interval(values)
        self.assertLessEqual(low, medians[500] + 1e-12)
        self.assertGreaterEqual(high, medians[19_499] - 1e-12)

    def test_it_covers_the_true_median_as_often_as_it_says(self) -> None:
        source = random.Random(3)
        covered = 0
        for _ in range(2000):
            low, high = median_interval([source.expovariate(1) for _ in range(25)])
            covered += low <= math.log(2) <= high
        self.assertGreater(covered / 2000, 0.93)

    def test_small_samples_give_the_whole_range(self) -> None:
        self.assertEqual(median_interval([3.0]), (3.0, 3.0))
        self.assertEqual(median_interval([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), (1.0, 6.0))


class SignTest(unittest.TestCase):
    def test_it_covers_at_its_level_whatever_the_distribution(self) -> None:
        source = random.Random(6)
        missed = 0
        for _ in range(4000):
            low, high = sign_interval([source.expovariate(1) ** 3 for _ in range(15)], 0.95)
            missed += not low <= math.log(2) ** 3 <= high
        self.assertLess(missed / 4000, 0.05)

    def test_known_ranks(self) -> None:
        # Binomial(20, 1/2): 2 P(X <= 5) = 0.0414, 2 P(X <= 6) = 0.1153, so the 6th and the 15th value.
        self.assertEqual(sign_interval([float(n) for n in range(1, 21)], 0.95), (6.0, 15.0))

    def test_too_few_values_have_none(self) -> None:
        self.assertIsNone(sign_interval([1.0] * 10, 0.999))
        self.assertEqual(sign_interval([float(n) for n in range(11)], 0.999), (0.0, 10.0))


class Noise(unittest.TestCase):
    def test_two_clusters_are_two_modes(self) -> None:
        source = random.Random(4)
        values = [source.gauss(source.choice((0.0, 0.3)), 0.01) for _ in range(40)]
        modes = two_modes(values, 0.02)
        self.assertIsNotNone(modes)
        self.assertAlmostEqual(modes.low, 0.0, delta=0.01)
        self.assertAlmostEqual(modes.high, 0.3, delta=0.01)

    def test_one_cluster_with_outliers_is_one_mode(self) -> None:
        source = random.Random(5)
        for _ in range(50):
            values = [source.gauss(0, 0.01) + (1.0 if source.random() < 0.1 else 0.0) for _ in range(40)]
            self.assertIsNone(two_modes(values, 0.02))

    def test_spread_and_slow_start(self) -> None:
        self.assertAlmostEqual(relative_spread([1.0, 2.0, 3.0]), 0.5)
        self.assertTrue(slow_start([2.0, 1.0, 1.0, 1.0]))
        self.assertFalse(slow_start([1.4, 1.0, 1.0, 1.0]))
        self.assertFalse(slow_start([1.0]))


if __name__ == "__main__":
    unittest.main()
