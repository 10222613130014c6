"""Reads a command of the client; what is wrong with it is told by the name of the field."""

from __future__ import annotations

import ast
from typing import Any

from matmul_lens_runner.protocol.failure import Failure
from matmul_lens_runner.protocol.fields import Field, FieldError
from matmul_lens_runner.protocol.request import (
    ALL_ARGUMENTS,
    ArrayInput,
    Budget,
    Cancel,
    Close,
    Command,
    DefaultInput,
    ExpressionInput,
    InitArgument,
    InputSpec,
    Open,
    Program,
    Race,
    RaceRequest,
    VariantSpec,
    Work,
    WorkerSpec,
)
from matmul_lens_runner.protocol.vocabulary import (
    COMPLEX_DTYPES,
    FLOAT_DTYPES,
    FRAMEWORKS,
    INTEGER_DTYPES,
    MODES,
    PRECISIONS,
    PROTOCOL_VERSION,
    WORKER_KINDS,
)

EXPRESSION_CHARACTERS = 4_000
INPUT_KINDS = ("float", "index", "mask", "expression", "literal", "default")


def parse_command(value: dict[str, Any]) -> Command | Failure:
    """The command of a JSON object, or a `badRequest` that names the wrong field. Unknown fields are ignored."""
    try:
        return _command(Field(value, ""))
    except FieldError as error:
        return Failure("badRequest", f"{error}.")


def _command(command: Field) -> Command:
    kind = command.get("type").one_of(("open", "race", "cancel", "close"))
    if kind == "open":
        command.get("protocol").one_of((PROTOCOL_VERSION,))
        return Open(
            workers=tuple(_worker(item) for item in command.get("workers").items()),
            storage=command.get("storage").string(),
            device=command.get("device").string(),
            warm=command.get("warm").boolean(),
        )
    if kind == "race":
        return Race(_race(command.get("race")))
    if kind == "cancel":
        return Cancel(command.get("race").string())
    return Close()


def _worker(worker: Field) -> WorkerSpec:
    return WorkerSpec(
        framework=worker.get("framework").one_of(WORKER_KINDS),
        command=tuple(item.string() for item in worker.get("command").items(least=1)),
    )


def _race(race: Field) -> RaceRequest:
    request = RaceRequest(
        id=race.get("id").string(),
        target=_target(race.get("target")),
        programs=tuple(_program(item) for item in race.get("programs").items()),
        inputs=tuple(_input(item) for item in race.get("inputs").items()),
        init=tuple(_init(item) for item in race.get("init").items()),
        variants=tuple(_variant(item) for item in race.get("variants").items(least=1)),
        modes=tuple(item.one_of(MODES) for item in race.get("modes").items(least=1)),
        work=_work(race.get("work")),
        device=race.get("device").string(),
        precision=race.get("precision").one_of(PRECISIONS),
        seed=race.get("seed").integer(low=0),
        budget=_budget(race.get("budget")),
    )
    names = [variant.name for variant in request.variants]
    if len(set(names)) < len(names):
        raise FieldError("race.variants must have names of their own")
    inputs = [each.name for each in request.inputs]
    if len(set(inputs)) < len(inputs):
        raise FieldError("race.inputs must have names of their own")
    if len(set(request.modes)) < len(request.modes):
        raise FieldError("race.modes must not repeat a mode")
    for index, variant in enumerate(request.variants):
        if variant.program is not None and request.program(variant.program) is None:
            raise FieldError(f"race.variants[{index}].program must be the id of a program")
    return request


def _target(target: Field) -> dict[str, Any]:
    return {
        "file": target.get("file").optional(Field.string),
        "qualname": target.get("qualname").string(),
        "line": _whole(target.get("line").number()),
        "synthetic": target.get("synthetic").boolean(),
        "inputs": target.get("inputs").words(),
        "init": target.get("init").words(),
    }


def _whole(number: float) -> float | int:
    return int(number) if number.is_integer() else number


def _program(program: Field) -> Program:
    return Program(
        id=program.get("id").string(),
        file=program.get("file").optional(Field.string),
        text=program.get("text").string(),
        qualname=program.get("qualname").string(),
        roots=program.get("roots").strings(),
    )


def _input(spec: Field) -> InputSpec:
    kind = spec.get("kind").one_of(INPUT_KINDS)
    name = spec.get("name").string()
    if kind == "expression":
        return ExpressionInput(kind, name, spec.get("expression").string(EXPRESSION_CHARACTERS))
    if name == ALL_ARGUMENTS:
        raise spec.get("kind").wrong(f"expression where the name is {ALL_ARGUMENTS}")
    if kind == "default":
        return DefaultInput(name)
    if kind == "literal":
        expression = spec.get("expression")
        try:
            ast.literal_eval(expression.string(EXPRESSION_CHARACTERS).strip())
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            raise expression.wrong("a Python literal") from None
        return ExpressionInput(kind, name, expression.string().strip())
    shape = tuple(size.integer(low=0) for size in spec.get("shape").items())
    if kind == "mask":
        density = spec.get("density").number(low=0)
        if density > 1:
            raise spec.get("density").wrong("at most 1")
        return ArrayInput(kind, name, "bool", shape, density=density)
    if kind == "index":
        dtype = spec.get("dtype").one_of(INTEGER_DTYPES)
        return ArrayInput(kind, name, dtype, shape, high=spec.get("high").integer(low=1))
    return ArrayInput(kind, name, spec.get("dtype").one_of((*FLOAT_DTYPES, *COMPLEX_DTYPES)), shape)


def _init(argument: Field) -> InitArgument:
    return InitArgument(argument.get("name").string(), argument.get("expression").string(EXPRESSION_CHARACTERS))


def _variant(variant: Field) -> VariantSpec:
    return VariantSpec(
        name=variant.get("name").string(),
        framework=variant.get("framework").one_of(FRAMEWORKS),
        label=variant.get("label").string(),
        program=variant.get("program").optional(Field.string),
        source=variant.get("source").string(),
        takes_params=variant.get("takes_params").boolean(),
        compiled=variant.get("compiled").boolean(),
        flops=variant.get("flops").optional(lambda field: field.number(low=0)),
    )


def _work(work: Field) -> Work:
    return Work(
        flops=work.get("flops").optional(lambda field: field.number(low=0)),
        bytes=work.get("bytes").optional(lambda field: field.number(low=0)),
        products=work.get("products").number(low=0),
    )


def _budget(budget: Field) -> Budget:
    def seconds(name: str) -> float:
        return budget.get(name).number(low=0)

    return Budget(
        measure_s=seconds("measure_s"),
        min_rounds=budget.get("min_rounds").integer(low=4),
        max_rounds=budget.get("max_rounds").integer(low=4),
        import_s=seconds("import_s"),
        compile_s=seconds("compile_s"),
        block_s=seconds("block_s"),
        total_s=seconds("total_s"),
    )
