"""The float64 reference: outputs, and with seeded cotangents the gradients, of the code as written."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matmul_lens_runner.protocol.failure import Failure
from matmul_lens_runner.protocol.vocabulary import Mode
from matmul_lens_runner.protocol.worker_messages import ArrayRecord, LeafRecord, ReferenceFile
from matmul_lens_runner.worker.arrays import ArrayFolder
from matmul_lens_runner.worker.leaves import NO_TENSOR, Leaf, flatten
from matmul_lens_runner.worker.passing import Passing
from matmul_lens_runner.worker.torch_side.tensors import Tensors
from matmul_lens_runner.worker.torch_side.weights import trainable

PINNED_DTYPE = (
    "The code fixes a dtype, so the reference is the code as written in its own precision instead of float64."
)


@dataclass(frozen=True)
class Subject:
    """What the reference calls: `rebind` gives the callable of another owner."""

    owner: Any
    rebind: Callable[[Any], Callable[..., Any]]
    passing: Passing


class NothingToDifferentiateError(Exception):
    """No output depends on a float input or a parameter through autograd."""


class NothingToCompareError(Exception):
    """No output is an array."""


class TorchReference:
    """Computes references on copies, so that nothing the race shares changes."""

    def __init__(self, torch: Any, tensors: Tensors, device: Any) -> None:
        self._torch = torch
        self._tensors = tensors
        self._device = device

    def compute(
        self, subject: Subject, values: Mapping[str, Any], mode: Mode, seed: int, folder: ArrayFolder
    ) -> tuple[str, list[str]] | Failure:
        """The path of the written reference and remarks. What the code raises in its own dtype passes through."""
        try:
            made = self._run_wide(subject, values, mode, seed, folder)
            if made is not None:
                return folder.write_list(f"reference-{mode}", made), []
            made = self._run(subject, values, mode, seed, folder, wide=False)
        except NothingToDifferentiateError:
            return Failure("unsupported", "No output depends on a float input or a parameter through autograd.")
        except NothingToCompareError:
            return Failure("unsupported", NO_TENSOR)
        return folder.write_list(f"reference-{mode}", made), [PINNED_DTYPE]

    def _run_wide(
        self, subject: Subject, values: Mapping[str, Any], mode: Mode, seed: int, folder: ArrayFolder
    ) -> ReferenceFile | None:
        """Null where the code cannot be run in float64."""
        try:
            return self._run(subject, values, mode, seed, folder, wide=True)
        except (NothingToDifferentiateError, NothingToCompareError):
            raise
        except Exception:
            # Whatever float64 made it raise, running it in its own dtype tells whether the code itself is wrong.
            return None

    def _run(
        self, subject: Subject, values: Mapping[str, Any], mode: Mode, seed: int, folder: ArrayFolder, wide: bool
    ) -> ReferenceFile | None:
        """Null where float64 went in and something narrower came out."""
        training = mode == "training"
        output, arguments, module = self._call(subject, values, training, wide)
        leaves = flatten(output, self._tensors.is_plain)
        if not any(leaf.is_array for leaf in leaves):
            raise NothingToCompareError
        floats = [leaf for leaf in leaves if leaf.is_array and leaf.value.is_floating_point()]
        if wide and any(leaf.value.dtype != self._torch.float64 for leaf in floats):
            return None
        kept = self._with_own_integers(leaves, subject, values) if wide else leaves
        file: ReferenceFile = {
            "outputs": [self._record(leaf, index, mode, folder) for index, leaf in enumerate(kept)],
            "cotangents": {},
            "input_gradients": {},
            "parameter_gradients": {},
        }
        if training:
            differentiable = [leaf for leaf in floats if leaf.value.requires_grad]
            self._differentiate(file, differentiable, arguments, module, seed, folder)
        return file

    def _call(
        self, subject: Subject, values: Mapping[str, Any], training: bool, wide: bool
    ) -> tuple[Any, dict[str, Any], Any]:
        """The output with the arguments and the module that it was computed from."""
        torch = self._torch
        owner = subject.owner
        module = owner if isinstance(owner, torch.nn.Module) else None
        if module is not None:
            owner = module = copy.deepcopy(module).to(self._device)
            if wide:
                owner = module = module.double()
        arguments = {name: self._copy(value, wide, training) for name, value in values.items()}
        call = subject.rebind(owner)
        with torch.enable_grad() if training else torch.no_grad():
            output = call(
                *(arguments[name] for name in subject.passing.positional),
                **{name: arguments[name] for name in subject.passing.keyword},
            )
        return output, arguments, module

    def _with_own_integers(self, leaves: list[Leaf], subject: Subject, values: Mapping[str, Any]) -> list[Leaf]:
        """Integers and booleans as the code computes them in its own dtype.

        Where float32 rounds two values to the same number, or past each other, `argmax` and the indices of `sort`
        are others than in float64, and rightly so.
        """
        if not any(_is_exact(leaf) for leaf in leaves):
            return leaves
        output, _, _ = self._call(subject, values, training=False, wide=False)
        own = {leaf.path: leaf for leaf in flatten(output, self._tensors.is_plain) if _is_exact(leaf)}
        return [own.get(leaf.path, leaf) if _is_exact(leaf) else leaf for leaf in leaves]

    def _copy(self, value: Any, wide: bool, training: bool) -> Any:
        if not self._tensors.is_plain(value):
            return value
        result = value.detach().clone().to(self._device)
        if wide and (result.is_floating_point() or result.is_complex()):
            result = result.to(self._torch.complex128 if result.is_complex() else self._torch.float64)
        return result.requires_grad_(training and result.is_floating_point())

    def _record(self, leaf: Leaf, index: int, mode: Mode, folder: ArrayFolder) -> LeafRecord:
        if not leaf.is_array:
            return _leaf(leaf.path, None, leaf.value if _is_json(leaf.value) else repr(leaf.value), "value", [], False)
        array = self._tensors.save(leaf.value, folder, f"reference-{mode}-{index}")
        return _leaf(leaf.path, array, None, array["dtype"], array["shape"], bool(leaf.value.requires_grad))

    def _differentiate(
        self,
        file: ReferenceFile,
        leaves: Sequence[Leaf],
        arguments: Mapping[str, Any],
        module: Any,
        seed: int,
        folder: ArrayFolder,
    ) -> None:
        torch = self._torch
        floats = {name: value for name, value in arguments.items() if _requires_grad(value)}
        parameters = dict(trainable(module)) if module is not None else {}
        wrt = [*floats.values(), *parameters.values()]
        if not leaves or not wrt:
            raise NothingToDifferentiateError
        generator = torch.Generator().manual_seed(seed + 2)
        cotangents = []
        for index, leaf in enumerate(leaves):
            # Values of bfloat16 are exact in every float dtype, so that no side rounds its own cotangent.
            drawn = torch.randn(leaf.value.shape, generator=generator).to(torch.bfloat16).to(torch.float32)
            file["cotangents"][leaf.path] = self._tensors.save(drawn, folder, f"cotangent{index}")
            cotangents.append(drawn.to(leaf.value.dtype).to(leaf.value.device))
        gradients = torch.autograd.grad([leaf.value for leaf in leaves], wrt, cotangents, allow_unused=True)
        filled = [torch.zeros_like(x) if g is None else g for x, g in zip(wrt, gradients, strict=True)]
        for index, (name, gradient) in enumerate(zip(floats, filled[: len(floats)], strict=True)):
            file["input_gradients"][name] = self._save(gradient, folder, f"gradient-input{index}")
        for index, (name, gradient) in enumerate(zip(parameters, filled[len(floats) :], strict=True)):
            file["parameter_gradients"][name] = self._save(gradient, folder, f"gradient-parameter{index}")

    def _save(self, gradient: Any, folder: ArrayFolder, name: str) -> ArrayRecord:
        return self._tensors.save(gradient, folder, name)


def _is_exact(leaf: Leaf) -> bool:
    """Whether a leaf is an array whose elements have no rounding."""
    return leaf.is_array and not (leaf.value.is_floating_point() or leaf.value.is_complex())


def _requires_grad(value: Any) -> bool:
    return bool(getattr(value, "requires_grad", False))


def _is_json(value: Any) -> bool:
    return value is None or isinstance(value, (bool, int, str)) or (isinstance(value, float) and math.isfinite(value))


def _leaf(path: str, array: ArrayRecord | None, value: Any, dtype: str, shape: list[int], grad: bool) -> LeafRecord:
    return {"path": path, "array": array, "value": value, "dtype": dtype, "shape": shape, "differentiable": grad}
