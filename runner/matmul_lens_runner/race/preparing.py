"""First calls and checks of one mode's variants, each told as it comes; a lost worker is replaced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from matmul_lens_runner.protocol import events
from matmul_lens_runner.protocol.failure import Failure
from matmul_lens_runner.protocol.request import RaceRequest, VariantSpec
from matmul_lens_runner.protocol.vocabulary import Framework, Mode, WorkerKind
from matmul_lens_runner.protocol.worker_messages import LeafReport, Prepared
from matmul_lens_runner.race.board import Board
from matmul_lens_runner.race.crew import Crew
from matmul_lens_runner.race.enlisting import Enlistment
from matmul_lens_runner.race.equality import judge_equality

MOST_REPLACEMENTS = 2

#: A time under this many turns of an empty loop cannot be a computation's.
EMPTY_CALLS = 2


@dataclass(frozen=True)
class Contestant:
    """A prepared variant; `barred`: why it may not be compared, though it is timed."""

    spec: VariantSpec
    worker: WorkerKind
    steady_s: float
    barred: str | None


class Preparation:
    """Prepares variants in the order in which their numbers can come soonest."""

    def __init__(
        self,
        request: RaceRequest,
        first: VariantSpec,
        crew: Crew,
        board: Board,
        enlistment: Enlistment,
        emit: events.Emit,
        folder: str,
    ) -> None:
        """`first`: the variant that the reference is computed from; its framework is enlisted already."""
        self._request = request
        self._first = first
        self._crew = crew
        self._board = board
        self._enlistment = enlistment
        self._emit = emit
        self._folder = folder
        self._enlisted: dict[Framework, Failure | None] = {first.framework: None}
        self._replacements = 0

    def renew(self) -> Failure | None:
        """Puts new workers in the place of those lost in an earlier mode; a failure is the leader's.

        Where a follower cannot be replaced, the rows of its variants tell why.
        """
        for worker in list(self._enlistment.configured):
            failure = None if self._crew.is_here(worker) else self._renew(worker)
            if failure and worker == self._first.framework:
                return failure
            if failure:
                hosted = [each for each in self._request.variants if self._enlistment.host_of(each.framework) == worker]
                self._board.skip(hosted, failure)
        return None

    def reference(self, mode: Mode) -> str | Failure:
        """Has the leader compute the reference; its path."""
        spec = self._first
        self._emit(events.phase(self._request.id, "reference", spec.name, mode))
        answer = self._crew.ask(
            self._enlistment.host_of(spec.framework),
            "reference",
            self._request.budget.compile_s,
            variant=spec,
            mode=mode,
            seed=self._request.seed,
            folder=self._folder,
        )
        if isinstance(answer, Failure):
            return answer
        for note in answer["notes"]:
            self._board.note(note)
        return cast(str, answer["reference"])

    def prepare_mode(self, mode: Mode, reference: str) -> list[Contestant]:
        """Prepares every variant that can take part in one mode; the others' rows tell why they cannot."""
        contestants: dict[str, Contestant] = {}
        baseline: list[LeafReport] | None = None
        for spec in preparing_order(self._request.variants, self._first):
            refusal = self._refusal(spec, mode)
            if refusal:
                self._board.fail(spec.name, mode, refusal, "skipped")
            if self._board.row(spec.name, mode)["status"] != "waiting":
                continue
            first = spec is self._first
            leaves = None if first else (baseline or [])
            prepared = self._prepare(spec, mode, reference)
            if isinstance(prepared, Failure):
                self._board.fail(spec.name, mode, prepared)
                if not self._crew.is_here(self._enlistment.host_of(spec.framework)):
                    self._replace(spec, mode, reference, contestants)
                continue
            if first:
                baseline = prepared["leaves"]
            contestant = self._judge(spec, mode, prepared, leaves)
            if contestant:
                contestants[spec.name] = contestant
        return [contestants[spec.name] for spec in self._request.variants if spec.name in contestants]

    def _refusal(self, spec: VariantSpec, mode: Mode) -> Failure | None:
        if mode == "training" and spec.framework == "numpy":
            return Failure("unsupported", "NumPy has no gradients.")
        if mode == "training" and spec.framework == "jax" and not spec.compiled:
            return Failure("unsupported", "Without jit JAX traces the backward pass anew in every call: no contender.")
        framework = spec.framework
        if framework not in self._enlisted:
            host = self._enlistment.host_of(framework)
            numpy = framework == "numpy"
            failure = self._enlistment.enlist_numpy(host) if numpy else self._enlistment.follow(host)
            self._enlisted[framework] = failure
        failure = self._enlisted[framework]
        if failure:
            self._board.skip([each for each in self._request.variants if each.framework == framework], failure)
        return None

    def _prepare(self, spec: VariantSpec, mode: Mode, reference: str) -> Prepared | Failure:
        self._emit(events.phase(self._request.id, "prepare", spec.name, mode))
        self._board.update(spec.name, mode, status="preparing")
        answer = self._ask(spec, mode, reference)
        return answer if isinstance(answer, Failure) else cast(Prepared, answer)

    def _ask(self, spec: VariantSpec, mode: Mode, reference: str) -> dict[str, object] | Failure:
        return self._crew.ask(
            self._enlistment.host_of(spec.framework),
            "prepare",
            self._request.budget.compile_s,
            numpy=spec.framework == "numpy",
            variant=spec,
            mode=mode,
            reference=reference,
        )

    def _judge(
        self, spec: VariantSpec, mode: Mode, prepared: Prepared, baseline: Sequence[LeafReport] | None
    ) -> Contestant | None:
        worker = self._enlistment.host_of(spec.framework)
        on_gpu = self._enlistment.configured[worker]["device"]["kind"] == "cuda"
        reduced = on_gpu and self._request.precision == "tf32"
        equality = judge_equality(prepared, baseline, self._request.work.products, "tf32" if reduced else "f32")
        if equality.outcome == "differs":
            failure = Failure("outputsDiffer", equality.reason or "", equality.hint)
            self._board.fail(spec.name, mode, failure, error=equality.error)
            return None
        barred = f"{spec.label}: {equality.reason}" if equality.outcome == "precision" else None
        if prepared["mutated"]:
            names = ", ".join(prepared["mutated"])
            barred = f"{spec.label} changes its input {names} in place, so its calls do not compute the same"
            self._board.note(f"{barred}.")
        row = self._board.row(spec.name, mode)
        steady = prepared["steady_s"]
        if steady < EMPTY_CALLS * prepared["empty_s"]:
            barred = f"{spec.label} answers in {steady * 1e9:.0f} ns, less than a call takes that computes anything"
        if prepared["cache"] == "warm":
            self._board.note("Compile times are from a warm compile cache; a first compile takes longer.")
        self._board.update(
            spec.name,
            mode,
            status="provisional",
            median_s=steady,
            flops_per_s=row["flops"] / steady if row["flops"] is not None else None,
            compile_s=max(0.0, prepared["first_s"] - steady) if spec.compiled else None,
            error=equality.error,
            peak_memory_bytes=prepared["peak_memory_bytes"],
        )
        return Contestant(spec, worker, steady, barred)

    def _replace(self, lost: VariantSpec, mode: Mode, reference: str, contestants: dict[str, Contestant]) -> None:
        """Puts a new worker in the place of one that a variant ended, and prepares the others again."""
        worker = self._enlistment.host_of(lost.framework)
        survivors = [each for each in contestants.values() if each.worker == worker]
        failure = self._renew(worker)
        for survivor in survivors if not failure else ():
            answer = self._ask(survivor.spec, mode, reference)
            failure = failure or (answer if isinstance(answer, Failure) else None)
        if failure is None:
            return
        for survivor in survivors:
            del contestants[survivor.spec.name]
            self._board.fail(survivor.spec.name, mode, failure)
        self._board.skip([each for each in self._request.variants if each.framework == lost.framework], failure)

    def _renew(self, worker: WorkerKind) -> Failure | None:
        """A new worker with the same inputs, programs and weights."""
        self._replacements += 1
        if self._replacements > MOST_REPLACEMENTS:
            return Failure("workerDied", f"The {worker} worker was lost {self._replacements} times.")
        self._crew.replace(worker)
        failure = self._enlistment.again(worker)
        if not failure and "numpy" in self._enlisted and self._enlistment.host_of("numpy") == worker:
            self._enlisted["numpy"] = self._enlistment.enlist_numpy(worker)
        return failure


def preparing_order(variants: Sequence[VariantSpec], first: VariantSpec) -> list[VariantSpec]:
    """The first variant, then the first of another framework, then the rest, with PyTorch's compiled ones last.

    `torch.compile` takes seconds where the others take tenths.
    """
    other = next((each for each in variants if each.framework != first.framework), None)

    def rank(spec: VariantSpec) -> int:
        if spec is first:
            return 0
        if spec is other:
            return 1
        return 3 if spec.framework == "torch" and spec.compiled else 2

    return sorted(variants, key=rank)
