"""Tensors to and from raw bytes, without NumPy, which a torch installation may lack; and their comparison."""

from __future__ import annotations

import ctypes
from typing import Any

from matmul_lens_runner.protocol.vocabulary import Dtype
from matmul_lens_runner.protocol.worker_messages import ArrayRecord
from matmul_lens_runner.worker.arrays import ArrayFolder, digest, read_bytes
from matmul_lens_runner.worker.checking import Distance

_NAMES: dict[str, Dtype] = {
    "float16": "f16",
    "bfloat16": "bf16",
    "float32": "f32",
    "float64": "f64",
    "int8": "i8",
    "int16": "i16",
    "int32": "i32",
    "int64": "i64",
    "uint8": "u8",
    "bool": "bool",
    "complex64": "c64",
    "complex128": "c128",
}
_TORCH_NAMES = {short: name for name, short in _NAMES.items()}


class Tensors:
    """Operations on tensors that do not depend on the race."""

    def __init__(self, torch: Any) -> None:
        self._torch = torch

    def dtype_of(self, tensor: Any) -> Dtype | None:
        """The short name of a tensor's dtype; null for one that the protocol lacks."""
        return _NAMES.get(str(tensor.dtype).removeprefix("torch."))

    def torch_dtype(self, dtype: Dtype) -> Any:
        """PyTorch's dtype object of a short name."""
        return getattr(self._torch, _TORCH_NAMES[dtype])

    def is_plain(self, value: Any) -> bool:
        """A dense tensor of torch's own class: subclasses may compute lazily, or elsewhere."""
        torch = self._torch
        return type(value) in (torch.Tensor, torch.nn.Parameter) and value.layout == torch.strided

    def save(self, tensor: Any, folder: ArrayFolder, name: str) -> ArrayRecord:
        """Writes a tensor's elements in C order; raises OSError or, for an exotic dtype, ValueError."""
        dtype = self.dtype_of(tensor)
        if dtype is None:
            raise ValueError(f"arrays of {tensor.dtype} cannot be shared between frameworks")
        with _HostBytes(tensor) as data:
            return folder.write(name, data, dtype, list(tensor.shape))

    def load(self, record: ArrayRecord, device: Any) -> Any:
        """A new tensor on `device` with the bytes of a file, aligned as torch aligns its own."""
        torch = self._torch
        result = torch.empty(record["shape"], dtype=self.torch_dtype(record["dtype"]))
        if result.numel():
            data = read_bytes(record)
            result.copy_(torch.frombuffer(data, dtype=result.dtype).reshape(record["shape"]))
        return result.to(device)

    def digest(self, tensor: Any) -> str:
        """The hash of a tensor's elements, as `save` records it."""
        with _HostBytes(tensor) as data:
            return digest(data)

    def difference(self, tensor: Any, reference: Any) -> Distance | str:
        """The distance, computed in float64, or why there is none, as a sentence's predicate.

        Not-a-number and infinite elements must stand in the same places; integers and booleans must be equal.
        Both tensors have the same shape.
        """
        torch = self._torch
        tensor, reference = tensor.detach().cpu(), reference.detach().cpu()
        if not (tensor.is_floating_point() or tensor.is_complex()):
            different = int((tensor != reference.to(tensor.dtype)).sum())
            return f"differs in {different} of {tensor.numel()} elements" if different else Distance(0.0, 0.0)
        wide = torch.complex128 if tensor.is_complex() else torch.float64
        x, r = tensor.to(wide), reference.to(wide)
        finite = torch.isfinite(x)
        if not torch.equal(finite, torch.isfinite(r)):
            return f"has {int((finite != torch.isfinite(r)).sum())} elements that are infinite or NaN on one side only"
        if not bool(finite.all()):
            odd_x, odd_r = x[~finite], r[~finite]
            if not torch.equal(odd_x.isnan(), odd_r.isnan()) or not torch.equal(odd_x.nan_to_num(), odd_r.nan_to_num()):
                return "mixes up infinities and NaN"
            x, r = x[finite], r[finite]
        return Distance(float(torch.linalg.vector_norm(x - r)), float(torch.linalg.vector_norm(r)))


class _HostBytes:
    """A view of a tensor's bytes on the host, valid inside the `with` block."""

    def __init__(self, tensor: Any) -> None:
        self._tensor = tensor.detach().cpu().contiguous()

    def __enter__(self) -> memoryview:
        tensor = self._tensor
        count = tensor.numel() * tensor.element_size()
        if count == 0:
            return memoryview(b"")
        return memoryview((ctypes.c_char * count).from_address(tensor.data_ptr())).cast("B")

    def __exit__(self, *exception: object) -> None:
        del self._tensor
