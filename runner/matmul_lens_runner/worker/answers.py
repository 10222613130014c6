"""What a worker answers to each question of the coordinator."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

from matmul_lens_runner.protocol.failure import Failure
from matmul_lens_runner.protocol.request import (
    ArrayInput,
    DefaultInput,
    ExpressionInput,
    InitArgument,
    InputSpec,
    Program,
    VariantSpec,
)
from matmul_lens_runner.protocol.vocabulary import Mode
from matmul_lens_runner.worker.arrays import ArrayFolder
from matmul_lens_runner.worker.leaves import OddOutputError
from matmul_lens_runner.worker.numpy_side.side import NumpySide
from matmul_lens_runner.worker.peak import measure_peak
from matmul_lens_runner.worker.preparing import prepare
from matmul_lens_runner.worker.side import Side
from matmul_lens_runner.worker.timing import Call, time_block

Answer = Mapping[str, Any] | Failure


class Answers:
    """Holds the sides of one worker and the calls that are ready to be timed."""

    def __init__(self, side: Side) -> None:
        self._main = side
        self._numpy: NumpySide | None = None
        self._calls: dict[tuple[str, str], tuple[Side, VariantSpec, Call]] = {}
        self._questions: dict[str, Callable[[Side, dict[str, Any]], Answer]] = {
            "configure": self._configure,
            "inputs": self._inputs,
            "load": self._load,
            "bind": self._bind,
            "reference": self._reference,
            "prepare": self._prepare,
            "block": self._block,
            "peak": self._peak,
            "finish": self._finish,
            # Any question ends a worker's warm-ups; this one asks for nothing else.
            "rest": lambda side, question: {},
        }

    def to(self, question: dict[str, Any]) -> Answer:
        """The answer to one question; `numpy` true asks the NumPy that this worker hosts."""
        answer = self._questions.get(question["do"])
        if answer is None:
            return Failure("internal", f"There is no question {question['do']!r}.")
        return answer(self._side(question.get("numpy", False)), question)

    def _side(self, numpy: bool) -> Side:
        if not numpy:
            return self._main
        if self._numpy is None:
            self._numpy = NumpySide()
        return self._numpy

    def _configure(self, side: Side, question: dict[str, Any]) -> Answer:
        return side.configure(
            question["device"], question["precision"], question["threads"], question["pin"], question["x64"]
        )

    def _inputs(self, side: Side, question: dict[str, Any]) -> Answer:
        specs = [input_from_json(each) for each in question["specs"]]
        made = side.make_inputs(specs, question["seed"], ArrayFolder(question["folder"]))
        return made if isinstance(made, Failure) else {"inputs": made}

    def _load(self, side: Side, question: dict[str, Any]) -> Answer:
        programs = [Program(**{**each, "roots": tuple(each["roots"])}) for each in question["programs"]]
        init = [InitArgument(**each) for each in question["init"]]
        folder = ArrayFolder(question["folder"])
        # Frameworks may keep bytecode beside themselves; beside the reader's files nothing is written.
        sys.dont_write_bytecode = True
        return side.load(programs, init, question["seed"], question["state"], folder)

    def _bind(self, side: Side, question: dict[str, Any]) -> Answer:
        return side.bind(question["inputs"], question["state"]) or {}

    def _reference(self, side: Side, question: dict[str, Any]) -> Answer:
        spec = VariantSpec(**question["variant"])
        return side.reference(spec, question["mode"], question["seed"], ArrayFolder(question["folder"]))

    def _prepare(self, side: Side, question: dict[str, Any]) -> Answer:
        spec = VariantSpec(**question["variant"])
        mode: Mode = question["mode"]
        contender = side.contender(spec, mode, question["reference"])
        if isinstance(contender, Failure):
            return contender
        try:
            call, prepared = prepare(side.backend, contender, mode)
        except OddOutputError as error:
            return Failure("unsupported", f"The {error}.")
        except (Exception, SystemExit) as error:
            return side.failure(spec, error)
        if prepared["mutated"]:
            side.forget_inputs(mode)
        self._calls[spec.name, mode] = (side, spec, call)
        return prepared

    def _block(self, side: Side, question: dict[str, Any]) -> Answer:
        mode: Mode = question["mode"]
        side, spec, call = self._calls[question["variant"], mode]
        try:
            with side.backend.context(mode):
                return time_block(call, question["calls"], question["stretches"], question["rewarm"])
        except (Exception, SystemExit) as error:
            return side.failure(spec, error)

    def _peak(self, side: Side, question: dict[str, Any]) -> Answer:
        flops = measure_peak(side, side.backend, question["dtype"], question["on_cpu"], question["budget_s"])
        return {"flops_per_s": flops}

    def _finish(self, side: Side, question: dict[str, Any]) -> Answer:
        return {"mutated": side.mutated()}


def input_from_json(value: dict[str, Any]) -> InputSpec:
    """Reads an input that the coordinator has already validated."""
    if value["kind"] in ("float", "index", "mask"):
        return ArrayInput(**{**value, "shape": tuple(value["shape"])})
    if value["kind"] in ("literal", "expression"):
        return ExpressionInput(**value)
    return DefaultInput(value["name"])
