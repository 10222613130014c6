"""Measures one mode of a race and keeps its rows up to date while rounds come in."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from typing import cast

from matmul_lens_runner.coordinator.foreign_load import LoadMeter
from matmul_lens_runner.protocol import events
from matmul_lens_runner.protocol.failure import Failure
from matmul_lens_runner.protocol.request import RaceRequest
from matmul_lens_runner.protocol.vocabulary import Mode, WorkerKind
from matmul_lens_runner.protocol.worker_messages import Block
from matmul_lens_runner.race.block_shape import BlockShape, shape_blocks
from matmul_lens_runner.race.board import Board
from matmul_lens_runner.race.comparing import Measured, summarize, why_disturbed
from matmul_lens_runner.race.conditions import Conditions
from matmul_lens_runner.race.crew import Crew
from matmul_lens_runner.race.preparing import Contestant
from matmul_lens_runner.race.round_log import RoundLog
from matmul_lens_runner.race.rounds import Entrant, Plan, run_rounds
from matmul_lens_runner.statistics.noise import slow_start
from matmul_lens_runner.statistics.verdict import Rules

#: OpenMP threads spin for several milliseconds after their last parallel region (measured: 5 to 10 ms of CPU
#: time with the libgomp that PyTorch brings); on a change of worker they are given time to go to sleep.
SETTLE_S = 0.012

#: A client that draws what it is told uses the CPU that is being measured; told once a second, it spoils at most
#: one of the four windows in which the load is judged.
TELL_EVERY_S = 1.0


class Measuring:
    """Grants turns; two workers never compute at once."""

    def __init__(
        self,
        request: RaceRequest,
        crew: Crew,
        board: Board,
        emit: events.Emit,
        meter: LoadMeter,
        conditions: Conditions,
        on_cpu: bool,
        rules: Rules,
    ) -> None:
        self._request = request
        self._crew = crew
        self._board = board
        self._emit = emit
        self._meter = meter
        self._conditions = conditions
        self._on_cpu = on_cpu
        self._rules = rules
        self._shuffle = random.Random(request.seed)

    def measure(self, mode: Mode, contestants: Sequence[Contestant], budget_s: float) -> Measured:
        """Measures the contestants of one mode within about `budget_s` seconds.

        The rows of those that fail while they are measured tell why, unless the whole race is out of time; the
        others are measured to the end.
        """
        budget = self._request.budget
        first = contestants[0].spec.name
        plan = Plan(
            budget_s,
            budget.min_rounds,
            budget.max_rounds,
            self._on_cpu and self._conditions.pin is not None,
            [(first, each.spec.name) for each in contestants[1:]],
        )
        # A pinned block tells by its own CPU time whether it was disturbed.
        meter = self._meter if self._on_cpu and not plan.pinned else None
        log = RoundLog(meter, lambda: self._meter.read(self._crew.pids()), self._conditions.threads)
        shape = shape_blocks([each.steady_s for each in contestants])
        self._phase(mode, 0)
        told = [time.monotonic()]

        def on_round(rounds: int) -> None:
            if time.monotonic() - told[0] >= TELL_EVERY_S:
                told[0] = time.monotonic()
                self._tell(mode, contestants, log, rounds)

        failed = run_rounds(
            [Entrant(each.spec.name, each.worker) for each in contestants],
            plan,
            self._rules,
            log,
            lambda entrant: self._block(mode, entrant, shape),
            self._change_worker,
            on_round,
            self._shuffle,
            time.monotonic,
            lambda worker: self._crew.is_here(cast(WorkerKind, worker)),
        )
        if self._crew.remaining_s > 0:
            for each in failed:
                self._board.fail(each.entrant.name, mode, each.failure)
        barred = {each.spec.name: each.barred for each in contestants if each.barred}
        measured = self._measured(mode, log, barred)
        lost = {each.entrant.name for each in failed}
        self._finish(mode, [each for each in contestants if each.spec.name not in lost], measured)
        return measured

    def _measured(self, mode: Mode, log: RoundLog, barred: Mapping[str, str]) -> Measured:
        enough = len(log.clean) >= self._rules.least_rounds
        rounds = log.clean if enough or not log.disturbed else log.all
        return Measured(mode, rounds, len(log.clean), log.disturbed, log.mean_load(), log.disturbing_load(), barred)

    def _block(self, mode: Mode, entrant: Entrant, shape: BlockShape) -> Block | Failure:
        answer = self._crew.ask(
            cast(WorkerKind, entrant.worker),
            "block",
            self._request.budget.block_s,
            variant=entrant.name,
            mode=mode,
            calls=shape.calls,
            stretches=shape.stretches,
            rewarm=shape.rewarm,
        )
        return answer if isinstance(answer, Failure) else cast(Block, answer)

    def _change_worker(self) -> None:
        if self._on_cpu and self._conditions.threads > 1:
            self._crew.pause(SETTLE_S)

    def _tell(self, mode: Mode, contestants: Sequence[Contestant], log: RoundLog, rounds: int) -> None:
        self._phase(mode, rounds)
        so_far = self._measured(mode, log, {})
        if not so_far.rounds:
            return
        for each in contestants:
            changes = summarize(self._board.row(each.spec.name, mode), so_far)
            if changes:
                self._board.update(each.spec.name, mode, **changes)

    def _phase(self, mode: Mode, rounds: int) -> None:
        planned = max(rounds, self._request.budget.max_rounds)
        self._emit(events.phase(self._request.id, "measure", None, mode, rounds, planned))

    def _finish(self, mode: Mode, contestants: Sequence[Contestant], measured: Measured) -> None:
        for each in contestants:
            changes = summarize(self._board.row(each.spec.name, mode), measured)
            self._board.update(each.spec.name, mode, status="ok", **changes)
            if slow_start(changes.get("samples", [])):
                self._board.note(f"{each.spec.label} ({mode}) was still warming up in its first block.")
        if measured.disturbed:
            rounds = measured.undisturbed + measured.disturbed
            cause = why_disturbed(measured)
            self._board.note(f"{mode}: {measured.disturbed} of {rounds} rounds were disturbed: {cause}.")
