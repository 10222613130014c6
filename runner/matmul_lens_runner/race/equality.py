"""Decides whether a variant computes what the code as written computes, before anything is timed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from matmul_lens_runner.protocol.vocabulary import UNIT_ROUNDOFF
from matmul_lens_runner.protocol.worker_messages import LeafReport, Prepared

#: Rounding of a chain of L products of zero-mean matrices stays under this many unit roundoffs times L + 1.
ROUNDING_FACTOR = 16

#: The most that such a chain explains: in bfloat16 it would reach 1 at L = 15, and a result of zeros has error 1.
#: Where the code's own rounding is larger, its measured error says so.
MOST_ROUNDING = 0.05

#: What a variant may add to the error that the code as written has itself.
OWN_ERROR_FACTOR = 4

#: Gradients under this share of the largest are never taken for rounding, whatever the dtype: u of bfloat16.
MOST_NOISE = 2.0**-8

#: Above this the code as written disagrees with its own float64 run; nothing can be checked against it.
USELESS_ERROR = 0.05

#: Long chains of half-precision products may disagree with it by more; four times as much still tells zeros apart.
MOST_USELESS_ERROR = 0.2

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
    leaves = _with_scale(prepared["leaves"], float32)
    error = max((leaf["error"] for leaf in leaves if leaf["error"] is not None), default=None)
    wrong = next((leaf for leaf in leaves if leaf["problem"]), None)
    if wrong:
        return Equality("differs", error, f"{_capital(wrong['path'])} {wrong['problem']}.")
    if baseline is None:
        return _judge_baseline(prepared, leaves, error, products, float32)
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
    message = (
        f"{_capital(leaf['path'])} differs from the {_long_name(leaf['reference'])} reference by {found:.1e}; "
        f"{limit:.1e} is allowed."
    )
    return Equality("differs", error, message, hint)


def bound(leaf: LeafReport, own: LeafReport | None, products: float, float32: str) -> float:
    """Largest normwise relative error of a leaf that rounding explains.

    `own`: the same leaf of the code as written.
    """
    u = _roundoff(leaf, float32)
    rounding = min(_chain_rounding(leaf, products, u), MOST_ROUNDING)
    if own is None or own["error"] is None:
        return rounding
    return max(rounding, OWN_ERROR_FACTOR * own["error"] + ROUNDING_FACTOR * u)


def _with_scale(leaves: Sequence[LeafReport], float32: str) -> list[LeafReport]:
    """Leaves in which a gradient that should be zero is held against the size of the others.

    The gradient of a bias before a softmax is nothing but rounding, in the reference as well where that has no
    more digits, so an error relative to it is noise by noise. It was 0.01 to 0.23 u of the largest gradient in
    attention, and a few u where the softmax is saturated. What lies below that is given relative to the largest.
    """
    largest = max((leaf["norm"] for leaf in leaves if _is_gradient(leaf)), default=0.0)
    return [
        {**leaf, "error": leaf["distance"] / largest}
        if _is_gradient(leaf)
        and leaf["error"]
        and leaf["distance"] <= min(ROUNDING_FACTOR * _roundoff(leaf, float32), MOST_NOISE) * largest
        else leaf
        for leaf in leaves
    ]


def _chain_rounding(leaf: LeafReport, products: float, u: float) -> float:
    """A gradient's path is about three times as long as its output's: forward, and back through each product."""
    return ROUNDING_FACTOR * u * ((3 * products if _is_gradient(leaf) else products) + 1)


def _roundoff(leaf: LeafReport, float32: str) -> float:
    return UNIT_ROUNDOFF.get(float32 if leaf["dtype"] == "f32" else leaf["dtype"], 0.0)


def _is_gradient(leaf: LeafReport) -> bool:
    return leaf["path"].startswith("gradient of ")


def _judge_baseline(
    prepared: Prepared,
    leaves: Sequence[LeafReport],
    error: float | None,
    products: float,
    float32: Literal["f32", "tf32"],
) -> Equality:
    outputs = [leaf for leaf in leaves if not _is_gradient(leaf)]
    lower = _lower_precision(prepared, float32)
    if lower:
        return Equality("precision", error, f"it computes float32 products in {lower}")
    useless = [leaf for leaf in outputs if (leaf["error"] or 0.0) > _most_own_error(leaf, products, float32)]
    if useless:
        return Equality(
            "differs",
            error,
            f"{_capital(useless[0]['path'])} differs by {useless[0]['error']:.1e} from the same code in "
            f"{_long_name(useless[0]['reference'])}: "
            "it draws random numbers, depends on earlier calls, or is too ill-conditioned to be checked.",
        )
    return Equality("equal", error)


def _most_own_error(leaf: LeafReport, products: float, float32: str) -> float:
    rounding = _chain_rounding(leaf, products, _roundoff(leaf, float32))
    return max(USELESS_ERROR, min(rounding, MOST_USELESS_ERROR))


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


def _long_name(dtype: str) -> str:
    return _LONG_NAMES.get(dtype, dtype)


_LONG_NAMES = {
    "f16": "float16",
    "bf16": "bfloat16",
    "f32": "float32",
    "f64": "float64",
    "c64": "complex64",
    "c128": "complex128",
}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
