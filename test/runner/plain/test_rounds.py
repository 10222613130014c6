import random
import unittest
from collections import Counter
from itertools import pairwise

from matmul_lens_runner.coordinator.foreign_load import LoadMeter, LoadReading
from matmul_lens_runner.protocol.failure import Failure
from matmul_lens_runner.race.block_shape import BlockShape, shape_blocks
from matmul_lens_runner.race.block_time import BlockTime, time_of_block
from matmul_lens_runner.race.round_log import RoundLog
from matmul_lens_runner.race.rounds import Entrant, Plan, paired, run_rounds
from matmul_lens_runner.statistics.verdict import Rules, judge


class Machine:
    """A clock and two workers whose blocks take simulated time."""

    def __init__(self, seed: int = 1, noise: float = 0.005, ratio: float = 1.0) -> None:
        self.now = 0.0
        self.busy = 0.0
        self.own = 0.0
        self.foreign = lambda now: 0.0
        self.order: list[str] = []
        self.changes = 0
        self._source = random.Random(seed)
        self._noise = noise
        self._call = {"a": 1e-3, "b": 1e-3 * ratio, "c": 2e-3}

    def clock(self) -> float:
        return self.now

    def block(self, entrant: Entrant):
        self.order.append(entrant.name)
        call = self._call[entrant.name] * (1 + self._source.gauss(0, self._noise))
        self.spend(30 * call)
        return {"stretches": [{"call_s": call, "cpu_s": call} for _ in range(3)]}

    def spend(self, seconds: float) -> None:
        self.busy += seconds * (2 + self.foreign(self.now))
        self.own += seconds * 2
        self.now += seconds

    def change(self) -> None:
        self.changes += 1
        self.now += 0.01

    def read(self) -> LoadReading:
        return LoadReading(self.now, self.busy, self.own)

    def run(self, plan: Plan, log: RoundLog, block=None, gone=()):
        return run_rounds(
            ENTRANTS,
            plan,
            Rules(),
            log,
            block or self.block,
            self.change,
            lambda rounds: None,
            random.Random(3),
            self.clock,
            lambda worker: worker not in gone,
        )


def off_cpu(block, stretches: int):
    """The block as it is measured when its CPU is taken away for half of so many stretches."""
    for stretch in block["stretches"][:stretches]:
        stretch["call_s"] *= 2
    return block


ENTRANTS = [Entrant("a", "torch"), Entrant("b", "torch"), Entrant("c", "jax")]
PAIRS = [("a", "b"), ("a", "c")]


def plan(**more) -> Plan:
    return Plan(**{"budget_s": 6.0, "min_rounds": 12, "max_rounds": 60, "pinned": False, "pairs": PAIRS, **more})


def quiet_log() -> RoundLog:
    return RoundLog(None, lambda: None, 2)


class Running(unittest.TestCase):
    def test_every_round_has_every_variant_once_in_random_order(self) -> None:
        machine, log = Machine(), quiet_log()
        self.assertEqual(machine.run(plan(), log), [])
        found = [tuple(machine.order[at : at + 3]) for at in range(0, len(machine.order), 3)]
        self.assertTrue(all(sorted(each) == ["a", "b", "c"] for each in found))
        self.assertGreater(len(Counter(found)), 3)

    def test_a_change_of_worker_is_given_time(self) -> None:
        machine, log = Machine(), quiet_log()
        machine.run(plan(max_rounds=12), log)
        workers = ["jax" if name == "c" else "torch" for name in machine.order]
        self.assertEqual(machine.changes, sum(x != y for x, y in pairwise(workers)))

    def test_it_stops_once_precise(self) -> None:
        log = quiet_log()
        Machine(noise=0.002).run(plan(), log)
        self.assertEqual(len(log.clean), 12)

    def test_noise_asks_for_more_rounds_up_to_the_limit(self) -> None:
        log = quiet_log()
        Machine(noise=0.1).run(plan(budget_s=60.0), log)
        self.assertEqual(len(log.clean), 60)

    def test_time_limits_the_rounds(self) -> None:
        log = quiet_log()
        Machine(noise=0.1).run(plan(budget_s=3.0), log)
        self.assertLess(len(log.clean), 30)
        self.assertGreater(len(log.clean), 15)

    def test_slow_calls_get_enough_rounds_for_a_verdict(self) -> None:
        log = quiet_log()
        Machine(noise=0.1).run(plan(budget_s=0.45), log)
        self.assertEqual(len(log.clean), 6)

    def failing(self, name: str, gone: tuple = (), **more):
        """What failed, and the log, where one entrant's blocks fail after a second, having hung for five."""
        machine, log = Machine(noise=0.1), quiet_log()
        failure = Failure("timedOut", "One block of calls took longer than 5 s.")

        def block(entrant):
            if entrant.name != name or machine.now <= 1.0:
                return machine.block(entrant)
            machine.now += 5.0
            return failure

        return machine.run(plan(**more), log, block, gone), log

    def test_an_entrant_that_fails_drops_out_and_the_others_go_on(self) -> None:
        failed, log = self.failing("b")
        self.assertEqual([each.entrant.name for each in failed], ["b"])
        self.assertIn("b", log.clean[0])
        self.assertEqual(set(log.clean[-1]), {"a", "c"})
        self.assertGreaterEqual(sum("b" not in times for times in log.clean), 6)

    def test_a_lost_worker_takes_its_other_entrants_along(self) -> None:
        failed, log = self.failing("b", gone=("torch",))
        self.assertEqual({each.entrant.name for each in failed}, {"a", "b"})
        self.assertEqual(set(log.clean[-1]), {"c"})

    def test_where_all_fail_what_was_measured_is_kept(self) -> None:
        failed, log = self.failing("b", gone=("torch", "jax"))
        self.assertEqual(len(failed), 3)
        self.assertGreater(len(log.clean), 5)
        self.assertEqual({len(times) for times in log.clean}, {3})


class ForeignLoad(unittest.TestCase):
    def test_rounds_beside_another_program_are_left_out_for_all(self) -> None:
        machine = Machine(noise=0.1)
        machine.foreign = lambda now: 1.0 if 2.0 < now < 4.0 else 0.0
        log = RoundLog(LoadMeter(range(2)), machine.read, 2)
        machine.run(plan(budget_s=8.0), log)
        self.assertGreater(log.disturbed, 10)
        self.assertGreater(len(log.clean), 30)
        self.assertGreater(log.disturbing_load(), 0.5)

    def test_a_busy_machine_yields_no_round(self) -> None:
        machine = Machine()
        machine.foreign = lambda now: 0.5
        log = RoundLog(LoadMeter(range(2)), machine.read, 2)
        machine.run(plan(budget_s=2.0), log)
        self.assertEqual(log.clean, [])
        self.assertLess(machine.now, 5.0)

    def test_a_spare_core_takes_the_load(self) -> None:
        machine = Machine()
        machine.foreign = lambda now: 0.5
        log = RoundLog(LoadMeter(range(4)), machine.read, 2)
        machine.run(plan(), log)
        self.assertEqual(log.disturbed, 0)

    def test_pinned_blocks_that_lost_their_cpu_are_left_out(self) -> None:
        machine, log = Machine(noise=0.1), quiet_log()

        def block(entrant):
            # Every tenth turn the CPU is gone for longer than a block is run again.
            measured = machine.block(entrant)
            return off_cpu(measured, 3) if len(machine.order) % 10 < 4 else measured

        machine.run(plan(pinned=True, budget_s=60.0), log, block)
        self.assertGreater(log.disturbed, 10)
        self.assertEqual(len(log.clean), 60)
        self.assertEqual(len(log.all), 60 + log.disturbed)
        self.assertIsNone(log.disturbing_load())

    def test_a_pinned_block_that_lost_its_cpu_is_run_again(self) -> None:
        machine, log = Machine(noise=0.1), quiet_log()

        def block(entrant):
            measured = machine.block(entrant)
            return off_cpu(measured, 2) if len(machine.order) % 3 == 0 else measured

        machine.run(plan(pinned=True, budget_s=60.0), log, block)
        self.assertEqual((log.disturbed, len(log.clean)), (0, 60))
        self.assertGreater(len(machine.order), 3 * 60)
        self.assertLess(max(times["a"] for times in log.clean), 2e-3)

    def test_where_nothing_is_pinned_its_cpu_time_does_not_count(self) -> None:
        machine, log = Machine(), quiet_log()
        machine.run(plan(), log, lambda entrant: off_cpu(machine.block(entrant), 3))
        self.assertEqual(log.disturbed, 0)


BLOCK = {"stretches": [{"call_s": 1.0, "cpu_s": 1.0}, {"call_s": 1.2, "cpu_s": 1.2}, {"call_s": 9.0, "cpu_s": 1.1}]}


class BlockTimes(unittest.TestCase):
    def test_the_median_of_all_stretches(self) -> None:
        self.assertEqual(time_of_block(BLOCK, pinned=False), BlockTime(1.2, slack=False))

    def test_pinned_those_that_had_their_cpu(self) -> None:
        self.assertEqual(time_of_block(BLOCK, pinned=True), BlockTime(1.1, slack=False))

    def test_pinned_where_most_had_not(self) -> None:
        lost = {"stretches": [{"call_s": call, "cpu_s": cpu} for call, cpu in ((1.0, 1.0), (3.0, 1.0), (5.0, 1.0))]}
        self.assertEqual(time_of_block(lost, pinned=True), BlockTime(3.0, slack=True))
        self.assertFalse(time_of_block({"stretches": [{"call_s": 1.0, "cpu_s": 0.96}]}, pinned=True).slack)
        self.assertTrue(time_of_block({"stretches": [{"call_s": 1.0, "cpu_s": 0.94}]}, pinned=True).slack)


class Verdicts(unittest.TestCase):
    """The whole chain from blocks to a verdict."""

    def test_identical_code_a_hundred_times(self) -> None:
        found = Counter()
        for seed in range(100):
            log = quiet_log()
            Machine(seed=seed, noise=0.01 * (1 + seed % 5)).run(plan(), log)
            found[judge(paired(log.clean, "a", "b"), Rules()).verdict] += 1
        self.assertEqual(set(found) - {"no difference", "inconclusive"}, set())

    def test_five_percent_a_hundred_times(self) -> None:
        found = Counter()
        for seed in range(100):
            log = quiet_log()
            Machine(seed=seed, noise=0.01, ratio=1.05).run(plan(), log)
            found[judge(paired(log.clean, "a", "b"), Rules()).verdict] += 1
        self.assertGreaterEqual(found["slower"], 95)


class Shape(unittest.TestCase):
    def test_calls_are_shared_and_sized_on_the_fastest(self) -> None:
        self.assertEqual(shape_blocks([1e-4, 2e-4]), BlockShape(60, 5, True))
        self.assertEqual(shape_blocks([1e-5, 1e-3]), BlockShape(20, 3, True))

    def test_slow_calls(self) -> None:
        self.assertEqual(shape_blocks([0.02, 0.018]), BlockShape(1, 3, True))
        self.assertEqual(shape_blocks([0.02, 0.025]), BlockShape(1, 1, True))
        self.assertEqual(shape_blocks([0.5, 3.0]), BlockShape(1, 1, False))

    def test_very_fast_calls_are_bounded(self) -> None:
        self.assertEqual(shape_blocks([1e-8]).calls, 20_000)


if __name__ == "__main__":
    unittest.main()
