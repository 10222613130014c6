"""The weights of a module: fixed for the race, shared by every variant, and exported for JAX."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from matmul_lens_runner.protocol.failure import Failure
from matmul_lens_runner.protocol.worker_messages import ArrayRecord
from matmul_lens_runner.worker.arrays import ArrayFolder, read_list
from matmul_lens_runner.worker.torch_side.tensors import Tensors

#: Standard deviation of what is added to constant parameters, relative to their size.
PERTURBATION = 0.02


class SharedWeights:
    """The weights of a race. `state`: the list of them, once the first module has lent its own."""

    def __init__(self, torch: Any, tensors: Tensors, folder: ArrayFolder, seed: int, state: str | None) -> None:
        self._torch = torch
        self._tensors = tensors
        self._folder = folder
        self._seed = seed
        self.state = state
        self.notes: list[str] = []

    def settle(self, module: Any, device: Any) -> Failure | None:
        """Readies a module for the race and gives it the shared weights, or makes its own the shared ones.

        Raises RuntimeError where its parameters have other names or shapes, OSError where the disk is full.
        """
        lazy = getattr(self._torch.nn.parameter, "is_lazy", lambda parameter: False)
        if any(lazy(parameter) for parameter in module.parameters()):
            return Failure("unsupported", f"{type(module).__name__} has lazy layers, whose sizes a first call decides.")
        notes = settle_module(self._torch, module, self._seed)
        self.notes += [note for note in notes if note not in self.notes]
        if self.state is None:
            self.state = self._folder.write_list("state", self._export(module))
        else:
            records: dict[str, ArrayRecord] = read_list(self.state)
            module.load_state_dict({name: self._tensors.load(each, "cpu") for name, each in records.items()})
        module.to(device)
        return None

    def _export(self, module: Any) -> dict[str, ArrayRecord]:
        """Writes the weights; entries that are one tied tensor share a file."""
        written: dict[tuple[Any, ...], ArrayRecord] = {}
        records: dict[str, ArrayRecord] = {}
        for index, (name, value) in enumerate(module.state_dict().items()):
            if not self._tensors.is_plain(value):
                continue
            # Empty tensors have no address of their own.
            place = (value.data_ptr(), value.dtype, value.shape, value.stride()) if value.numel() else (name,)
            if place not in written:
                written[place] = self._tensors.save(value, self._folder, f"state{index}")
            records[name] = written[place]
        return records


def settle_module(torch: Any, module: Any, seed: int) -> list[str]:
    """Switches a module's random layers off, and moves parameters that start constant; returns remarks.

    `train(False)` holds for forward and training, so that dropout makes no output random. A bias that starts at
    zero, or a norm's weight that starts at one, would hide that a variant forgets it.
    """
    notes: list[str] = []
    modules = [each for each in module.modules() if each.training]
    if any(_drops(torch, each) for each in modules):
        notes.append("Dropout is switched off in every variant, so that their outputs can be compared.")
    if any(isinstance(each, torch.nn.modules.batchnorm._NormBase) and each.track_running_stats for each in modules):
        notes.append("Batch norms use their running statistics, as in evaluation, in every variant and in training.")
    module.train(False)
    generator = torch.Generator().manual_seed(seed + 1)
    moved = 0
    with torch.no_grad():
        for parameter in module.parameters():
            if _is_constant(parameter):
                noise = torch.randn(parameter.shape, generator=generator, dtype=torch.float32)
                size = parameter.abs().to(torch.float32).cpu()
                step = PERTURBATION * noise * torch.where(size > 0, size, torch.ones_like(size))
                parameter.add_(step.to(parameter.dtype).to(parameter.device))
                moved += 1
    if moved:
        notes.append(
            f"{moved} parameter{'s' if moved > 1 else ''} that started constant (such as a bias of zeros) got small "
            "random values, so that the check can see them."
        )
    return notes


def _drops(torch: Any, module: Any) -> bool:
    """Whether a layer drops values at random while it trains."""
    if isinstance(module, torch.nn.modules.dropout._DropoutNd):
        return bool(module.p > 0)
    return isinstance(module, (torch.nn.MultiheadAttention, torch.nn.RNNBase)) and bool(module.dropout > 0)


def trainable(module: Any) -> Iterator[tuple[str, Any]]:
    """Parameters that training computes gradients of, tied ones once."""
    return ((name, each) for name, each in module.named_parameters() if each.requires_grad)


def _is_constant(parameter: Any) -> bool:
    if not parameter.is_floating_point() or parameter.numel() == 0 or parameter.is_meta:
        return False
    return bool((parameter == parameter.flatten()[0]).all())
