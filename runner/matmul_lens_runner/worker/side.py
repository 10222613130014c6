"""What a worker needs of a framework to take part in a race."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from matmul_lens_runner.protocol.failure import Failure
from matmul_lens_runner.protocol.request import InitArgument, InputSpec, Program, VariantSpec
from matmul_lens_runner.protocol.vocabulary import Dtype, Mode, Precision
from matmul_lens_runner.protocol.worker_messages import Configured, Loaded
from matmul_lens_runner.worker.arrays import ArrayFolder
from matmul_lens_runner.worker.preparing import Backend, Contender


class Side(Protocol):
    """One framework in one race: programs, inputs, weights, contenders. Methods return expected failures."""

    @property
    def backend(self) -> Backend:
        """What preparing and timing need; valid after `configure`."""

    def configure(
        self, device: str, precision: Precision, threads: int, pin: int | None, x64: bool
    ) -> Configured | Failure:
        """Chooses the device and fixes threads and precision. `pin`: the one CPU to run on, or null."""

    def make_inputs(self, specs: Sequence[InputSpec], seed: int, folder: ArrayFolder) -> str | Failure:
        """Makes and writes the inputs of a race; the path of their list."""

    def load(
        self,
        programs: Sequence[Program],
        init: Sequence[InitArgument],
        seed: int,
        state: str | None,
        folder: ArrayFolder,
    ) -> Loaded:
        """Loads programs; the first module's weights, or those that `state` lists, are everyone's."""

    def bind(self, inputs: str, state: str | None) -> Failure | None:
        """Takes the race's inputs and weights from their lists."""

    def reference(self, spec: VariantSpec, mode: Mode, seed: int, folder: ArrayFolder) -> dict[str, Any] | Failure:
        """Computes the reference: `{"reference": path, "notes": [...]}`."""

    def contender(self, spec: VariantSpec, mode: Mode, reference: str) -> Contender | Failure:
        """Binds a variant to inputs, weights and cotangents; its source runs, its first call does not."""

    def forget_inputs(self, mode: Mode) -> None:
        """Leaves the present inputs to the variant that wrote to them."""

    def mutated(self) -> list[str]:
        """Names of shared inputs that changed during the race."""

    def failure(self, spec: VariantSpec, error: BaseException) -> Failure:
        """The failure of an exception that a variant raised."""

    def matmul(self, size: int, dtype: Dtype) -> Callable[[], Any]:
        """A square product of normal values, for the peak."""
