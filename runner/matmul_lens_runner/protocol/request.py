"""What a client asks of the coordinator. Field names are those of `src/protocol/request.ts`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from matmul_lens_runner.protocol.vocabulary import Dtype, Framework, Mode, Precision, WorkerKind


@dataclass(frozen=True)
class ArrayInput:
    """A tensor argument. `shape` in elements, outermost dimension first.

    `float`: seeded standard normal values; `index`: seeded uniform integers in `[0, high)`; `mask`: seeded
    booleans, true with probability `density`, of which every row along the last axis keeps one true.
    """

    kind: str
    name: str
    dtype: Dtype
    shape: tuple[int, ...]
    high: int = 0
    density: float = 1.0


#: An argument of this name stands for all: its expression is a sequence whose items are passed by position.
ALL_ARGUMENTS = "*"


@dataclass(frozen=True)
class ExpressionInput:
    """`expression`: evaluated in the torch worker; `literal`: a Python literal that both sides get."""

    kind: str
    name: str
    expression: str


@dataclass(frozen=True)
class DefaultInput:
    """Not passed: the function's own default holds."""

    name: str
    kind: str = "default"


InputSpec = ArrayInput | ExpressionInput | DefaultInput


@dataclass(frozen=True)
class InitArgument:
    """One argument of a module's constructor, a Python expression in the scope of the reader's file.

    Named `*`, its items are passed by position.
    """

    name: str
    expression: str


@dataclass(frozen=True)
class Program:
    """Source that defines what is raced; `file` is null for source that core wrote."""

    id: str
    file: str | None
    text: str
    qualname: str
    roots: tuple[str, ...]


@dataclass(frozen=True)
class VariantSpec:
    """One contender; its `source` must define `variant`, a callable over the inputs."""

    name: str
    framework: Framework
    label: str
    program: str | None
    source: str
    takes_params: bool
    compiled: bool
    flops: float | None = None
    """Of one call, where a rewrite needs other than the race's `work`."""


@dataclass(frozen=True)
class Work:
    """Floating-point operations and least bytes of one call; `products`: matrix products on the longest path."""

    flops: float | None
    bytes: float | None
    products: float


@dataclass(frozen=True)
class Budget:
    """Bounds of one race; times in seconds."""

    measure_s: float
    min_rounds: int
    max_rounds: int
    import_s: float
    compile_s: float
    block_s: float
    total_s: float


@dataclass(frozen=True)
class RaceRequest:
    """A race, described completely. `target` is passed through to the report as it came."""

    id: str
    target: dict[str, Any]
    programs: tuple[Program, ...]
    inputs: tuple[InputSpec, ...]
    init: tuple[InitArgument, ...]
    variants: tuple[VariantSpec, ...]
    modes: tuple[Mode, ...]
    work: Work
    device: str
    precision: Precision
    seed: int
    budget: Budget

    def program(self, identifier: str | None) -> Program | None:
        """The program of that id; null for null."""
        return next((each for each in self.programs if each.id == identifier), None)


@dataclass(frozen=True)
class WorkerSpec:
    """How to start one worker: an argument array whose first part is the program; never a shell line."""

    framework: WorkerKind
    command: tuple[str, ...]


@dataclass(frozen=True)
class Open:
    """Starts a session; `storage` is a private folder for caches and arrays in transit."""

    workers: tuple[WorkerSpec, ...]
    storage: str
    device: str
    warm: bool
    type: str = field(default="open", init=False)


@dataclass(frozen=True)
class Race:
    """Asks for one race."""

    race: RaceRequest
    type: str = field(default="race", init=False)


@dataclass(frozen=True)
class Cancel:
    """Stops the race of that id, running or waiting."""

    race: str
    type: str = field(default="cancel", init=False)


@dataclass(frozen=True)
class Close:
    """Ends the coordinator."""

    type: str = field(default="close", init=False)


Command = Open | Race | Cancel | Close
