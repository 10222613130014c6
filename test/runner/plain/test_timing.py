import gc
import unittest

from matmul_lens_runner.race.block_time import time_of_block
from matmul_lens_runner.worker.leaves import OddOutputError, flatten
from matmul_lens_runner.worker.timing import KEEP_BYTES, Call, steady_call_s, time_block


class Simulated:
    """A clock that a call advances; `asynchronous` calls only take their time when they are waited for."""

    def __init__(self, times, asynchronous=False) -> None:
        self.now = 0.0
        self.calls = 0
        self.settled = []
        self._times = times
        self._asynchronous = asynchronous
        self._pending = 0.0

    def clock(self) -> float:
        return self.now

    def run(self):
        took = self._times(self.calls)
        self.calls += 1
        if self._asynchronous:
            self._pending += took
            self.now += 1e-6
        else:
            self.now += took
        return object()

    def settle(self, outputs) -> None:
        self.settled.append(len(outputs))
        self.now += self._pending
        self._pending = 0.0

    def call(self, output_bytes: int = 8) -> Call:
        return Call(self.run, self.settle, output_bytes)

    def block(self, calls: int, stretches: int, output_bytes: int = 8):
        return time_block(self.call(output_bytes), calls, stretches, True, self.clock, self.clock)


class Blocks(unittest.TestCase):
    def test_a_block_is_stretches_with_one_wait_each_after_an_untimed_one(self) -> None:
        simulated = Simulated(lambda call: 1e-3 if call >= 10 else 5e-3)
        block = simulated.block(10, 3)
        self.assertEqual(simulated.calls, 40)
        self.assertEqual(simulated.settled, [10, 10, 10, 10])
        self.assertEqual(len(block["stretches"]), 3)
        for stretch in block["stretches"]:
            self.assertAlmostEqual(stretch["call_s"], 1e-3)
            self.assertAlmostEqual(stretch["cpu_s"], 1e-3)

    def test_a_call_that_returns_early_is_waited_for(self) -> None:
        for stretch in Simulated(lambda call: 1e-3, asynchronous=True).block(10, 3)["stretches"]:
            self.assertAlmostEqual(stretch["call_s"], 1.001e-3)

    def test_a_burst_in_one_stretch_does_not_count(self) -> None:
        simulated = Simulated(lambda call: 5e-3 if 25 < call < 29 else 1e-3)
        self.assertAlmostEqual(time_of_block(simulated.block(10, 5), pinned=False).call_s, 1e-3)

    def test_large_outputs_are_released(self) -> None:
        simulated = Simulated(lambda call: 1e-3)
        simulated.block(10, 1, output_bytes=KEEP_BYTES // 3)
        self.assertEqual(simulated.settled, [3, 3])
        simulated.block(10, 1, output_bytes=KEEP_BYTES * 10)
        self.assertEqual(simulated.settled[-1], 1)

    def test_garbage_is_not_collected_inside_and_the_setting_is_restored(self) -> None:
        seen = []
        call = Call(lambda: seen.append(gc.isenabled()), lambda outputs: None, 0)
        time_block(call, 1, 1, rewarm=True)
        self.assertEqual(seen, [False, False])
        self.assertTrue(gc.isenabled())

    def test_it_is_restored_when_a_call_raises(self) -> None:
        def fails(count=[0]):  # noqa: B006
            count[0] += 1
            if count[0] > 1:
                raise RuntimeError("second call")

        with self.assertRaises(RuntimeError):
            time_block(Call(fails, lambda outputs: None, 0), 3, 1, rewarm=True)
        self.assertTrue(gc.isenabled())


class WarmUp(unittest.TestCase):
    def steady(self, times) -> tuple[float, Simulated]:
        simulated = Simulated(times)
        return steady_call_s(simulated.call(), 6e-3, 0.05, 0.3, simulated.clock), simulated

    def test_it_waits_until_calls_take_the_same_time(self) -> None:
        steady, _ = self.steady(lambda call: 1e-3 * (1 + 4 / (1 + call)))
        self.assertLess(steady, 1.3e-3)

    def test_it_gives_up_after_a_while(self) -> None:
        steady, simulated = self.steady(lambda call: 1e-3 * (1 + call % 7))
        self.assertLess(simulated.now, 0.5)
        self.assertGreater(steady, 0)

    def test_a_slow_call_is_called_few_times(self) -> None:
        steady, simulated = self.steady(lambda call: 0.2)
        self.assertAlmostEqual(steady, 0.2)
        self.assertLessEqual(simulated.calls, 3)

    def test_a_fast_call_is_timed_in_bulk(self) -> None:
        steady, simulated = self.steady(lambda call: 2e-6)
        self.assertAlmostEqual(steady, 2e-6)
        self.assertGreater(simulated.calls, 1000)


class Leaves(unittest.TestCase):
    def test_paths_are_the_same_for_every_order_of_keys(self) -> None:
        def accepts(value) -> bool:
            return isinstance(value, bytearray)

        one = flatten({"b": (bytearray(), 3), "a": [bytearray()], "c": None}, accepts)
        other = flatten({"c": None, "a": [bytearray()], "b": (bytearray(), 3)}, accepts)
        self.assertEqual([leaf.path for leaf in one], ["output.a[0]", "output.b[0]", "output.b[1]", "output.c"])
        self.assertEqual([leaf.path for leaf in one], [leaf.path for leaf in other])
        self.assertEqual([leaf.is_array for leaf in one], [True, True, False, False])

    def test_an_odd_object_is_refused_with_its_path(self) -> None:
        with self.assertRaisesRegex(OddOutputError, r"output\[1\] is a builtins.object"):
            flatten((1, object()), lambda value: False)


if __name__ == "__main__":
    unittest.main()
