"""NumPy arrays to and from raw bytes, and their comparison with a reference."""

from __future__ import annotations

import math
from typing import Any

from matmul_lens_runner.protocol.vocabulary import Dtype
from matmul_lens_runner.protocol.worker_messages import ArrayRecord, LeafReport
from matmul_lens_runner.worker.arrays import ArrayFolder, digest, read_bytes
from matmul_lens_runner.worker.checking import Distance, problem
from matmul_lens_runner.worker.checking import report as leaf_report

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
_NUMPY_NAMES = {short: name for name, short in _NAMES.items()}


def dtype_of(array: Any) -> Dtype | None:
    """The short name of an array's dtype; null for one that the protocol lacks."""
    return _NAMES.get(str(array.dtype))


def numpy_dtype(dtype: Dtype) -> Any:
    """NumPy's dtype of a short name; bfloat16 comes with ml_dtypes, which JAX brings."""
    import numpy as np

    if dtype == "bf16":
        import ml_dtypes

        return np.dtype(ml_dtypes.bfloat16)
    return np.dtype(_NUMPY_NAMES[dtype])


def load(record: ArrayRecord) -> Any:
    """A new, writable array with the bytes of a file."""
    import numpy as np

    return np.frombuffer(read_bytes(record), dtype=numpy_dtype(record["dtype"])).reshape(record["shape"]).copy()


def save(array: Any, folder: ArrayFolder, name: str) -> ArrayRecord:
    """Writes an array's elements in C order; raises OSError or, for an exotic dtype, ValueError."""
    import numpy as np

    dtype = dtype_of(array)
    if dtype is None:
        raise ValueError(f"arrays of {array.dtype} cannot be shared between frameworks")
    data = np.ascontiguousarray(array).reshape(-1).view(np.uint8)
    return folder.write(name, memoryview(data), dtype, list(array.shape))


def hash_of(array: Any) -> str:
    """The hash of an array's elements, as `save` records it."""
    import numpy as np

    return digest(memoryview(np.ascontiguousarray(array).reshape(-1).view(np.uint8)))


def report(path: str, array: Any, reference: Any) -> LeafReport:
    """One array against one of the reference, both on the host."""
    dtype, shape = dtype_of(array) or str(array.dtype), list(array.shape)
    if shape != list(reference.shape):
        return problem(path, f"has shape {shape} instead of {list(reference.shape)}", dtype, shape)
    return leaf_report(path, dtype, shape, difference(array, reference), dtype_of(reference) or str(reference.dtype))


def difference(array: Any, reference: Any) -> Distance | str:
    """The distance, computed in float64, or why there is none, as a sentence's predicate.

    Not-a-number and infinite elements must stand in the same places; integers and booleans must be equal.
    """
    import numpy as np

    if dtype_of(array) not in ("f16", "bf16", "f32", "f64", "c64", "c128"):
        different = int(np.count_nonzero(array != reference))
        return f"differs in {different} of {array.size} elements" if different else Distance(0.0, 0.0)
    wide = np.complex128 if np.iscomplexobj(array) else np.float64
    x, r = array.astype(wide), reference.astype(wide)
    finite = np.isfinite(x)
    odd = np.count_nonzero(finite != np.isfinite(r))
    if odd:
        return f"has {odd} elements that are infinite or NaN on one side only"
    if not finite.all():
        if not np.array_equal(x[~finite], r[~finite], equal_nan=True):
            return "mixes up infinities and NaN"
        x, r = x[finite], r[finite]
    return Distance(float(np.linalg.norm((x - r).ravel())), float(np.linalg.norm(r.ravel())))


def matmul_error(product: Any, a: Any, b: Any) -> float:
    """Normwise error of a product of two float32 matrices."""
    import numpy as np

    found = difference(np.asarray(product), a.astype(np.float64) @ b.astype(np.float64))
    return 1.0 if isinstance(found, str) or not math.isfinite(found.error) else found.error
