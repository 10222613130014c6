"""Conducts one race from request to report."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime, timezone
from typing import Literal

from matmul_lens_runner.coordinator.foreign_load import LoadMeter, foreign_cores
from matmul_lens_runner.coordinator.host import usable_cpus
from matmul_lens_runner.coordinator.storage import Storage
from matmul_lens_runner.coordinator.worker_pool import WorkerPool
from matmul_lens_runner.protocol import events
from matmul_lens_runner.protocol.failure import Failure
from matmul_lens_runner.protocol.request import ArrayInput, RaceRequest
from matmul_lens_runner.protocol.results import Fingerprint, Report
from matmul_lens_runner.protocol.tracebacks import failure_of
from matmul_lens_runner.protocol.vocabulary import FLOAT_DTYPES, REPORT_SCHEMA, Dtype, Mode, WorkerKind
from matmul_lens_runner.race.board import Board
from matmul_lens_runner.race.comparing import Measured, break_evens, compare_mode
from matmul_lens_runner.race.conditions import Conditions, choose_conditions
from matmul_lens_runner.race.crew import Crew, Pump, RaceCancelledError
from matmul_lens_runner.race.enlisting import Enlistment
from matmul_lens_runner.race.fingerprint import make_fingerprint
from matmul_lens_runner.race.measuring import Measuring
from matmul_lens_runner.race.peaks import Peaks
from matmul_lens_runner.race.preparing import Preparation
from matmul_lens_runner.statistics.verdict import Rules

#: How long the load is watched before threads are chosen; a warm worker would be ready sooner.
WATCH_S = 0.26

FINISH_S = 20.0


class RaceRun:
    """One race. `cancel` may be called from within `pump`."""

    def __init__(
        self,
        request: RaceRequest,
        pool: WorkerPool,
        storage: Storage,
        emit: events.Emit,
        pump: Pump,
        meter: LoadMeter,
        threads: int,
        idle_load: float | None,
    ) -> None:
        self.request = request
        self._storage = storage
        self._emit = emit
        self._meter = meter
        self._threads = threads
        self._idle_load = idle_load
        self._cancelled = False
        self._pool = pool
        self._crew = Crew(pool, pump, lambda: self._cancelled, request.budget.total_s)
        self._board = Board(request, emit)
        self._rules = Rules()
        self._conditions = Conditions(threads, None, None)
        self._enlistment: Enlistment | None = None
        self._measured: dict[Mode, Measured] = {}
        self._load: float | None = None

    def cancel(self) -> None:
        """Makes the race stop at whatever it waits for."""
        self._cancelled = True

    def run(self) -> None:
        """Runs the race to its end and emits its report, or why there is none."""
        began, started_at = time.monotonic(), datetime.now(timezone.utc).isoformat(timespec="seconds")
        folder: str | None = None
        try:
            folder = self._storage.new_race_folder()
            failure = self._conduct(folder)
        except RaceCancelledError:
            failure = Failure("cancelled", "The race was cancelled.")
        except OSError as error:
            failure = Failure("inputsFailed", f"The arrays of the race cannot be written: {error}.")
        except Exception as error:
            # A bug of ours in one race must not end the session.
            failure = failure_of(error, "internal", ())
        finally:
            self._crew.dismiss()
            if folder:
                self._storage.remove(folder)
        if failure is not None and not self._board.has_numbers():
            self._emit(events.failed(self.request.id, failure))
            return
        if failure is not None:
            self._board.note(failure.message)
            self._board.settle(failure)
        status: Literal["complete", "partial"] = "complete" if failure is None else "partial"
        self._emit(events.report(self.request.id, self._report(status, started_at, time.monotonic() - began)))

    def _conduct(self, folder: str) -> Failure | None:
        request, crew, board = self.request, self._crew, self._board
        self._emit(events.phase(request.id, "workers"))
        before = self._meter.read(self._pool.pids())
        crew.call_up([each for each in self._pool.frameworks if each in self._needed()])
        self._pool.rest()
        leader = self._find_leader()
        if isinstance(leader, Failure):
            return leader
        crew.pause(max(0.0, WATCH_S - (time.monotonic() - before.at_s)) if before else 0.0)
        self._load = foreign_cores(before, self._meter.read(self._pool.pids()))
        self._conditions = choose_conditions(self._meter, usable_cpus(), self._threads, self._idle_load, self._load)
        if self._conditions.remark:
            board.note(self._conditions.remark)
        self._emit(events.phase(request.id, "load"))
        self._enlistment = Enlistment(request, crew, board, folder, self._conditions)
        failure = self._enlistment.lead(leader)
        if failure:
            return failure
        first = next(spec for spec in request.variants if spec.framework == leader)
        preparation = Preparation(request, first, crew, board, self._enlistment, self._emit, folder)
        on_cpu = self._enlistment.configured[leader]["device"]["kind"] == "cpu"
        measuring = Measuring(request, crew, board, self._emit, self._meter, self._conditions, on_cpu, self._rules)
        return self._run_modes(preparation, measuring) or self._conclude()

    def _find_leader(self) -> WorkerKind | Failure:
        """The first framework that is there; rows of one that is not tell why."""
        failure = Failure("unsupported", "None of the variants has a framework in this session.")
        for framework in ("torch", "jax"):
            variants = [spec for spec in self.request.variants if spec.framework == framework]
            if not variants:
                continue
            ready = self._crew.ready(framework, self.request.budget.import_s)
            if not isinstance(ready, Failure):
                return framework
            failure = ready
            self._board.skip(variants, ready)
        return failure

    def _run_modes(self, preparation: Preparation, measuring: Measuring) -> Failure | None:
        """Prepares and measures each mode; unused measuring time goes to the next one.

        A mode whose reference cannot be computed is told in its rows and costs the others nothing. A failure is
        the race's: out of time, or nothing was timed in any mode.
        """
        left_s = self.request.budget.measure_s
        modes = self.request.modes
        last: Failure | None = None
        for index, mode in enumerate(modes):
            reference = preparation.renew() or preparation.reference(mode)
            if isinstance(reference, Failure):
                self._board.skip_mode(mode, reference, "skipped" if reference.kind == "unsupported" else "failed")
                last = reference
                if self._crew.remaining_s <= 0:
                    return reference
                continue
            contestants = preparation.prepare_mode(mode, reference)
            if not contestants:
                continue
            began = time.monotonic()
            # A variant that hung in an earlier mode has not used up this one's time.
            least_s = 0.5 * self.request.budget.measure_s / len(modes)
            measured = measuring.measure(mode, contestants, max(left_s / (len(modes) - index), least_s))
            left_s = max(0.0, left_s - (time.monotonic() - began))
            if self._crew.remaining_s <= 0:
                return Failure("timedOut", "The race took longer than its whole budget.")
            self._measured[mode] = measured
            self._compare(mode)
        return None if self._board.has_numbers() else self._board.first_failure() or last

    def _conclude(self) -> Failure | None:
        """What can wait until everything is measured: mutated inputs, shares of peak, final comparisons."""
        assert self._enlistment is not None
        workers = [each for each in self._enlistment.configured if self._crew.is_here(each)]
        for worker in workers:
            answer = self._crew.ask(worker, "finish", FINISH_S)
            if not isinstance(answer, Failure) and answer["mutated"]:
                self._bar(worker, answer["mutated"])
        rows = self._board.rows()
        seen = max((row["flops_per_s"] for row in rows if row["flops_per_s"]), default=0.0)
        peaks = Peaks(self._storage, lambda text: self._emit(events.log("warning", "coordinator", text)))
        peak = peaks.find(self._crew, workers, self._fingerprint(), self._dtype(), seen)
        for row in rows:
            if row["flops_per_s"] is not None and peak:
                self._board.update(row["name"], row["mode"], peak_fraction=row["flops_per_s"] / peak)
        for mode in self._measured:
            self._compare(mode)
            self._tell_break_even(mode)
        for found in self._board.comparisons():
            if found["reason"] and found["verdict"] in ("faster", "slower"):
                self._board.note(f"{found['b']} against {found['a']}: {found['reason']}.")
        return None

    def _compare(self, mode: Mode) -> None:
        rows = [row for row in self._board.rows() if row["mode"] == mode]
        self._board.compare(mode, compare_mode(rows, self._measured[mode], self._rules))

    def _tell_break_even(self, mode: Mode) -> None:
        comparisons = [each for each in self._board.comparisons() if each["mode"] == mode]
        rows = [row for row in self._board.rows() if row["mode"] == mode]
        for name, calls in break_evens(rows, comparisons).items():
            self._board.update(name, mode, break_even_calls=calls)

    def _bar(self, worker: WorkerKind, inputs: list[str]) -> None:
        """Withholds the verdicts on a framework whose inputs changed during the race."""
        reason = f"the input {', '.join(inputs)} changed during the race"
        self._board.note(f"In the {worker} worker {reason}; its variants are not compared.")
        for mode, measured in self._measured.items():
            barred = {each.name: reason for each in self.request.variants if each.framework == worker}
            self._measured[mode] = replace(measured, barred={**barred, **measured.barred})

    def _needed(self) -> set[WorkerKind]:
        frameworks = {spec.framework for spec in self.request.variants}
        return {
            kind for kind in self._pool.frameworks if kind in frameworks or (kind == "jax" and "numpy" in frameworks)
        }

    def _dtype(self) -> Dtype:
        """The float dtype of the race, for the peak."""
        floats = [
            each.dtype for each in self.request.inputs if isinstance(each, ArrayInput) and each.dtype in FLOAT_DTYPES
        ]
        return floats[0] if floats else "f32"

    def _fingerprint(self) -> Fingerprint:
        workers = [self._crew.worker(framework) for framework in ("torch", "jax")]
        environments = {each.framework: each.environment for each in workers if each and each.environment}
        loads = [measured.mean_load for measured in self._measured.values() if measured.mean_load is not None]
        load = sum(loads) / len(loads) if loads else self._load
        configured = self._enlistment.configured if self._enlistment else {}
        return make_fingerprint(self.request, configured, environments, self._conditions, load)

    def _report(self, status: Literal["complete", "partial"], started_at: str, duration_s: float) -> Report:
        return {
            "schema": REPORT_SCHEMA,
            "status": status,
            "started_at": started_at,
            "duration_s": duration_s,
            "target": self.request.target,
            "fingerprint": self._fingerprint(),
            "variants": self._board.rows(),
            "comparisons": self._board.comparisons() if status == "complete" else [],
            "notes": self._board.notes,
        }
