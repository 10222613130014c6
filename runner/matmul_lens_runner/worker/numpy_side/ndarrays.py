"""NumPy arrays to and from raw bytes, and their comparison with a reference."""

from __future__ import annotations

import math
from typing import Any

from matmul_lens_runner.protocol.vocabulary import Dtype
from matmul_lens_runner.protocol.worker_messages import ArrayRecord, LeafReport
from matmul_lens_runner.worker.arrays import ArrayFolder, digest, read_bytes
from matmul_lens_runner.worker.checking import problem

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

#: Keep the error of a result that should be exactly zero finite, as JSON needs it.
TINY, HUGE = 1e-300, 1e300


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
    error, why = difference(array, reference)
    return {"path": path, "dtype": dtype, "shape": shape, "error": error, "problem": why}


def difference(array: Any, reference: Any) -> tuple[float | None, str | None]:
    """Normwise relative error |x - r| / |r| in float64, or why there is none.

    Not-a-number and infinite elements must stand in the same places; integers and booleans must be equal.
    """
    import numpy as np

    if dtype_of(array) not in ("f16", "bf16", "f32", "f64", "c64", "c128"):
        different = int(np.count_nonzero(array != reference))
        return (0.0, None) if not different else (None, f"{different} of {array.size} elements differ")
    wide = np.complex128 if np.iscomplexobj(array) else np.float64
    x, r = array.astype(wide), reference.astype(wide)
    finite = np.isfinite(x)
    odd = np.count_nonzero(finite != np.isfinite(r))
    if odd:
        return None, f"{odd} elements are infinite or NaN on one side only"
    if not finite.all():
        if not np.array_equal(x[~finite], r[~finite], equal_nan=True):
            return None, "infinities and NaN are mixed up"
        x, r = x[finite], r[finite]
    distance, norm = float(np.linalg.norm((x - r).ravel())), float(np.linalg.norm(r.ravel()))
    if distance == 0:
        return 0.0, None
    return min(distance / max(norm, TINY), HUGE), None


def matmul_error(product: Any, a: Any, b: Any) -> float:
    """Normwise error of a product of two float32 matrices."""
    import numpy as np

    error, _ = difference(np.asarray(product), a.astype(np.float64) @ b.astype(np.float64))
    return 1.0 if error is None or not math.isfinite(error) else error
