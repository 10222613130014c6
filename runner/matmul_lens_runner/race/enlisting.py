"""Brings a race's workers to the start: device and threads, inputs, programs, weights."""

from __future__ import annotations

import json
import math
from typing import Any, cast

from matmul_lens_runner.coordinator.host import available_memory
from matmul_lens_runner.protocol.failure import Failure, failure_from_json
from matmul_lens_runner.protocol.request import ArrayInput, Program, RaceRequest, VariantSpec
from matmul_lens_runner.protocol.vocabulary import ITEM_BYTES, Framework, WorkerKind
from matmul_lens_runner.protocol.worker_messages import Configured
from matmul_lens_runner.race.board import Board
from matmul_lens_runner.race.conditions import Conditions
from matmul_lens_runner.race.crew import Crew

#: What one call touches is held three times at once: as it is, and twice as wide for the float64 reference.
COPIES = 3

QUICK_S = 20.0


class Enlistment:
    """The first worker leads: it makes the inputs, lends the weights and computes the reference."""

    def __init__(self, request: RaceRequest, crew: Crew, board: Board, folder: str, conditions: Conditions) -> None:
        self._request = request
        self._crew = crew
        self._board = board
        self._folder = folder
        self._conditions = conditions
        self._inputs: str | None = None
        self._state: str | None = None
        self.configured: dict[WorkerKind, Configured] = {}

    def host_of(self, framework: Framework) -> WorkerKind:
        """The worker that runs a framework's variants; NumPy is JAX' guest, or else PyTorch's."""
        if framework != "numpy":
            return framework
        return "jax" if self._crew.is_here("jax") else "torch"

    def lead(self, framework: WorkerKind) -> Failure | None:
        """Enlists the leader; a failure of its first program is the race's."""
        failure = self._configure(framework, x64=False) or self._check_memory(framework)
        if failure:
            return failure
        return (
            self._load(framework, framework, must_load=self._first(framework))
            or self._make_inputs(framework)
            or self._bind(framework, framework)
        )

    def follow(self, framework: WorkerKind) -> Failure | None:
        """Enlists another framework after the leader; it must compute on the same kind of device."""
        ready = self._crew.ready(framework, self._request.budget.import_s)
        if isinstance(ready, Failure):
            return ready
        failure = self._configure(framework, x64=self._has_float64())
        if failure:
            return failure
        leader, follower = (self.configured[each]["device"] for each in (next(iter(self.configured)), framework))
        if leader["kind"] != follower["kind"]:
            return Failure(
                "unsupported",
                f"The first framework runs on {leader['name']} ({leader['id']}) and {framework} on {follower['name']} "
                f"({follower['id']}): a race between them would compare devices.",
                "Choose the device cpu for both, or install a build of the framework for that device.",
            )
        return self._load(framework, framework) or self._bind(framework, framework)

    def enlist_numpy(self, host: WorkerKind) -> Failure | None:
        """Enlists NumPy in the worker that hosts it."""
        if self.configured[next(iter(self.configured))]["device"]["kind"] != "cpu":
            return Failure("unsupported", "NumPy computes on the CPU, the others on another device.")
        worker = self._crew.worker(host)
        if worker is None or not worker.environment or not worker.environment["numpy"]:
            return Failure("unsupported", "NumPy is not installed beside the framework that would host it.")
        return self._load("numpy", host) or self._bind("numpy", host)

    def again(self, framework: WorkerKind) -> Failure | None:
        """Enlists a worker that replaces a lost one: same inputs, same weights."""
        ready = self._crew.ready(framework, self._request.budget.import_s)
        if isinstance(ready, Failure):
            return ready
        failure = self._configure(framework, x64=framework == "jax" and self._has_float64())
        return failure or self._load(framework, framework) or self._bind(framework, framework)

    def programs_of(self, framework: Framework) -> list[Program]:
        """Programs that a framework's variants need, in the order of their first use."""
        used = [spec.program for spec in self._request.variants if spec.framework == framework and spec.program]
        return [cast(Program, self._request.program(identifier)) for identifier in dict.fromkeys(used)]

    def _configure(self, framework: WorkerKind, x64: bool) -> Failure | None:
        answer = self._crew.ask(
            framework,
            "configure",
            self._request.budget.import_s,
            device=self._request.device,
            precision=self._request.precision,
            threads=self._conditions.threads,
            pin=self._conditions.pin,
            x64=x64,
        )
        if isinstance(answer, Failure):
            return answer
        self.configured[framework] = cast(Configured, answer)
        return None

    def _load(self, framework: Framework, host: WorkerKind, must_load: str | None = None) -> Failure | None:
        answer = self._crew.ask(
            host,
            "load",
            self._request.budget.import_s,
            numpy=framework == "numpy",
            programs=self.programs_of(framework),
            init=self._request.init,
            seed=self._request.seed,
            state=self._state,
            folder=self._folder,
        )
        if isinstance(answer, Failure):
            return answer
        failures = {name: failure_from_json(value) for name, value in answer["failures"].items()}
        if must_load in failures:
            return failures[must_load]
        for name, failure in failures.items():
            self._board.skip(self._variants_of(framework, name), failure, "failed")
        for note in answer["notes"]:
            self._board.note(note)
        self._state = answer["state"]
        return None

    def _make_inputs(self, framework: WorkerKind) -> Failure | None:
        """Inputs are made after the programs are loaded, whose names their expressions may use."""
        made = self._crew.ask(
            framework,
            "inputs",
            self._request.budget.block_s + QUICK_S,
            specs=self._request.inputs,
            seed=self._request.seed,
            folder=self._folder,
        )
        if isinstance(made, Failure):
            return made
        self._inputs = made["inputs"]
        return None

    def _bind(self, framework: Framework, host: WorkerKind) -> Failure | None:
        bound = self._crew.ask(
            host,
            "bind",
            self._request.budget.block_s,
            numpy=framework == "numpy",
            inputs=self._inputs,
            state=self._state,
        )
        return bound if isinstance(bound, Failure) else None

    def _variants_of(self, framework: Framework, program: str) -> list[VariantSpec]:
        return [each for each in self._request.variants if each.framework == framework and each.program == program]

    def _first(self, framework: Framework) -> str | None:
        programs = self.programs_of(framework)
        first = next(each for each in self._request.variants if each.framework == framework)
        return programs[0].id if programs and first.program else None

    def _check_memory(self, framework: WorkerKind) -> Failure | None:
        needed = COPIES * self._call_bytes()
        for where, free in (
            ("this machine", available_memory()),
            ("the device", self.configured[framework]["free_bytes"]),
        ):
            if free is not None and needed > free:
                return Failure(
                    "outOfMemory",
                    f"Inputs, weights and outputs take about {needed / 1e9:.1f} GB with a float64 copy to check "
                    f"against, and {free / 1e9:.1f} GB are free on {where}.",
                    "Choose smaller shapes.",
                )
        return None

    def _call_bytes(self) -> float:
        """Roughly what one call touches: its inputs, or the bytes that its work moves, shared out over a chain.

        Of a chain of products, only the present one's operands and result must be there; a single one's are its
        inputs, weights and output.
        """
        work = self._request.work
        arrays = [spec for spec in self._request.inputs if isinstance(spec, ArrayInput)]
        inputs = sum(math.prod(spec.shape) * ITEM_BYTES[spec.dtype] for spec in arrays)
        return max(inputs, (work.bytes or 0.0) / max(1.0, work.products))

    def _has_float64(self) -> bool:
        """Whether JAX must have 64-bit floats on: with them off it would race at half the width."""
        records: list[Any] = []
        if self._inputs:
            with open(self._inputs, encoding="utf-8") as stream:
                records += [each["array"] for each in json.load(stream) if each["array"]]
        if self._state:
            with open(self._state, encoding="utf-8") as stream:
                records += json.load(stream).values()
        return any(record["dtype"] in ("f64", "c128") for record in records)
