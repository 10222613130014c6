"""Decides whether a variant computes what the code as written computes, before anything is timed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from matmul_lens_runner.protocol.vocabulary import UNIT_ROUNDOFF
from matmul_lens_runner.protocol.worker_messages import LeafReport, Prepared

#: Rounding of a chain of L products of zero-mean matrices stays under this many unit roundoffs times L + 1.
ROUNDING_FACTOR = 16

#: What a variant may add to the error that the code as written has itself.
OWN_ERROR_FACTOR = 4

#: Above this the code as written disagrees with its own float64 run; nothing can be checked against it.
USELESS_ERROR = 0.05

#: A plain float32 product has an error under the first in IEEE arithmetic, under the second in TF32.
IEEE_ERROR = 1e-5
TF32_ERROR = 1e-3

#: Errors that approximations leave, such as GELU by tanh or another epsilon.
APPROXIMATION = (1e-5, 2e-2)


@dataclass(frozen=True)
class Equality:
    """`equal`; `differs`: no result; `precision`: the same computation at another precision, not comparable."""

    outcome: Literal["equal", "differs", "precision"]
    error: float | None
    reason: str | None = None
    hint: str | None = None


def judge_equality(
    prepared: Prepared, baseline: Sequence[LeafReport] | None, products: float, float32: Literal["f32", "tf32"]
) -> Equality:
    """Judges the leaves of a variant.

    `baseline`: the leaves of the code as written, null when it is judged itself; `products`: matrix products on
    the longest path; `float32`: the precision that float32 products may have on this device.
    """
    leaves = prepared["leaves"]
    error = max((leaf["error"] for leaf in leaves if leaf["error"] is not None), default=None)
    wrong = next((leaf for leaf in leaves if leaf["problem"]), None)
    if wrong:
        return Equality("differs", error, f"{_capital(wrong['path'])} {wrong['problem']}.")
    if baseline is None:
        return _judge_baseline(prepared, error, products, float32)
    own = {leaf["path"]: leaf for leaf in baseline}
    for leaf in leaves:
        expected = own.get(leaf["path"])
        if expected and not _same_dtype(leaf["dtype"], expected["dtype"]):
            return Equality(
                "differs", error, f"{_capital(leaf['path'])} is {leaf['dtype']} instead of {expected['dtype']}."
            )
    bounds = [bound(leaf, own.get(leaf["path"]), products, float32) for leaf in leaves]
    over = [(leaf, limit) for leaf, limit in zip(leaves, bounds, strict=True) if (leaf["error"] or 0.0) > limit]
    if not over:
        return Equality("equal", error)
    lower = _lower_precision(prepared, float32)
    if lower:
        return Equality("precision", error, f"it computes float32 products in {lower}")
    leaf, limit = max(over, key=lambda each: each[0]["error"] or 0.0)
    found = leaf["error"] or 0.0
    hint = None
    if leaf["dtype"] == "f32" and APPROXIMATION[0] <= found <= APPROXIMATION[1]:
        hint = "Look for an approximate function (such as GELU by tanh), another epsilon, or lower precision."
    message = f"{_capital(leaf['path'])} differs from the float64 reference by {found:.1e}; {limit:.1e} is allowed."
    return Equality("differs", error, message, hint)


def bound(leaf: LeafReport, own: LeafReport | None, products: float, float32: str) -> float:
    """Largest normwise relative error of a leaf that rounding explains.

    A gradient's path is about three times as long as its output's: forward, and back through each product.
    """
    dtype = float32 if leaf["dtype"] == "f32" else leaf["dtype"]
    u = UNIT_ROUNDOFF.get(dtype, 0.0)
    chain = 3 * products if leaf["path"].startswith("gradient of ") else products
    rounding = ROUNDING_FACTOR * u * (chain + 1)
    if own is None or own["error"] is None:
        return rounding
    return max(rounding, OWN_ERROR_FACTOR * own["error"] + ROUNDING_FACTOR * u)


def _judge_baseline(
    prepared: Prepared, error: float | None, products: float, float32: Literal["f32", "tf32"]
) -> Equality:
    outputs = [leaf for leaf in prepared["leaves"] if not leaf["path"].startswith("gradient of ")]
    lower = _lower_precision(prepared, float32)
    if lower:
        return Equality("precision", error, f"it computes float32 products in {lower}")
    useless = [
        leaf for leaf in outputs if (leaf["error"] or 0.0) > max(USELESS_ERROR, bound(leaf, None, products, float32))
    ]
    if useless:
        return Equality(
            "differs",
            error,
            f"{_capital(useless[0]['path'])} differs by {useless[0]['error']:.1e} from the same code in float64: "
            "it draws random numbers, depends on earlier calls, or is too ill-conditioned to be checked.",
        )
    return Equality("equal", error)


def _lower_precision(prepared: Prepared, float32: str) -> str | None:
    """The precision of float32 products, measured right after the variant ran, where it is lower than asked."""
    found = prepared["matmul_error"]
    if found is None or found <= IEEE_ERROR:
        return None
    if found <= TF32_ERROR:
        return None if float32 == "tf32" else f"TensorFloat-32 (error {found:.1e} instead of under {IEEE_ERROR:.0e})"
    return f"bfloat16 (error {found:.1e} instead of under {IEEE_ERROR:.0e})"


def _same_dtype(found: str, expected: str) -> bool:
    """JAX has 32-bit integers unless 64 bits are enabled for all."""
    return found == expected or {found, expected} == {"i32", "i64"} or "value" in (found, expected)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
