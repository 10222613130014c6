"""Turns the rounds of one mode into rows and comparisons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from matmul_lens_runner.protocol.results import Comparison, VariantResult
from matmul_lens_runner.protocol.vocabulary import Mode, Verdict
from matmul_lens_runner.race.rounds import paired
from matmul_lens_runner.statistics.bootstrap import median_interval
from matmul_lens_runner.statistics.order import median
from matmul_lens_runner.statistics.verdict import Rules, judge

#: More than this many times faster needs a look at the reason (KernelBench flags the same).
SUSPICIOUS_RATIO = 10.0

#: More than this share of the measured peak means less arithmetic than counted, or a peak measured too low.
SUSPICIOUS_PEAK = 1.05


@dataclass(frozen=True)
class Measured:
    """What one mode yielded, and what bars a variant from comparison.

    `rounds`: the undisturbed ones; where they are too few for any verdict, all of them, so that rows show what
    was seen.
    """

    mode: Mode
    rounds: Sequence[Mapping[str, float]]
    undisturbed: int
    disturbed: int
    mean_load: float | None
    disturbing_load: float | None
    barred: Mapping[str, str] = field(default_factory=dict)


def summarize(row: VariantResult, measured: Measured) -> dict[str, Any]:
    """What the rounds say of a row: samples, median with its interval, and throughput; nothing once it dropped out."""
    name = row["name"]
    samples = [times[name] for times in measured.rounds if name in times]
    if not samples or name not in measured.rounds[-1]:
        return {}
    middle = median(samples)
    return {
        "samples": samples,
        "median_s": middle,
        "ci_s": list(median_interval(samples)),
        "flops_per_s": row["flops"] / middle if row["flops"] is not None else None,
    }


def compare_mode(rows: Sequence[VariantResult], measured: Measured, rules: Rules) -> list[Comparison]:
    """Comparisons of one mode's rows: the first that was not skipped against every other.

    Where best PyTorch and best JAX are both other than the first, that pair is compared as well.
    """
    rows = [row for row in rows if row["status"] != "skipped"]
    if not rows:
        return []
    first, *others = rows
    comparisons = [_compare(first, row, measured, rules) for row in others]
    torch, jax = (_best(rows, framework, measured) for framework in ("torch", "jax"))
    if torch and jax and first not in (torch, jax):
        comparisons.append(_compare(torch, jax, measured, rules))
    return comparisons


def break_evens(rows: Sequence[VariantResult], comparisons: Sequence[Comparison]) -> dict[str, float | None]:
    """Break-even calls by name, of one mode's variants that were found faster than its first: no other gains."""
    by_name = {row["name"]: row for row in rows}
    first = comparisons[0]["a"] if comparisons else None
    won = [each["b"] for each in comparisons if each["a"] == first and each["verdict"] == "faster"]
    return {name: break_even(by_name[name], by_name[str(first)]) for name in won}


def break_even(row: VariantResult, first: VariantResult) -> float | None:
    """Calls after which the extra compile time is won back; null for never, or unknown."""
    if row["median_s"] is None or first["median_s"] is None or row["compile_s"] is None:
        return None
    extra = row["compile_s"] - (first["compile_s"] or 0.0)
    gain = first["median_s"] - row["median_s"]
    return max(0.0, extra) / gain if gain > 0 else None


def _best(rows: Sequence[VariantResult], framework: str, measured: Measured) -> VariantResult | None:
    timed = [row for row in rows if row["framework"] == framework and row["name"] not in measured.barred]
    return min((row for row in timed if row["median_s"] is not None), key=_median, default=None)


def _median(row: VariantResult) -> float:
    return row["median_s"] or 0.0


def _compare(a: VariantResult, b: VariantResult, measured: Measured, rules: Rules) -> Comparison:
    comparison: Comparison = {
        "a": a["name"],
        "b": b["name"],
        "mode": measured.mode,
        "ratio": None,
        "ci": None,
        "verdict": "not comparable",
        "reason": None,
    }
    for row in (a, b):
        if row["status"] == "failed" or row["median_s"] is None:
            comparison["reason"] = row["reason"] or f"{row['label']} was not measured"
            return comparison
    judged = judge(paired(measured.rounds, a["name"], b["name"]), rules)
    comparison["ratio"], comparison["ci"] = judged.ratio, list(judged.interval)
    comparison["verdict"], comparison["reason"] = judged.verdict, judged.reason
    if measured.disturbed and measured.undisturbed < rules.least_rounds:
        comparison["verdict"], comparison["reason"] = "inconclusive", _too_few(measured, rules)
    elif judged.verdict == "inconclusive" and measured.disturbed:
        comparison["reason"] = f"{judged.reason}; {_left_out(measured)}"
    for row in (a, b):
        if row["name"] in measured.barred:
            comparison["verdict"], comparison["reason"] = "not comparable", measured.barred[row["name"]]
            return comparison
    if comparison["verdict"] in _DECIDED:
        comparison["reason"] = _suspicion(a, b, judged.ratio)
    return comparison


_DECIDED: tuple[Verdict, ...] = ("faster", "slower")


def _too_few(measured: Measured, rules: Rules) -> str:
    rounds = measured.disturbed + measured.undisturbed
    return (
        f"only {measured.undisturbed} of {rounds} rounds were undisturbed, and a verdict needs {rules.least_rounds}: "
        f"{why_disturbed(measured)}"
    )


def _left_out(measured: Measured) -> str:
    rounds = measured.disturbed + measured.undisturbed
    return f"{measured.disturbed} of {rounds} rounds were left out, because {why_disturbed(measured)}"


def why_disturbed(measured: Measured) -> str:
    """What disturbed rounds: a known load, or pinned blocks that lost their CPU."""
    if measured.disturbing_load is None:
        return "the CPU that they were pinned to was busy with something else"
    return f"other programs kept {measured.disturbing_load:.1f} cores busy"


def _suspicion(a: VariantResult, b: VariantResult, ratio: float) -> str | None:
    for row in (a, b):
        if row["peak_fraction"] is not None and row["peak_fraction"] > SUSPICIOUS_PEAK:
            return (
                f"{row['label']} runs at {row['peak_fraction']:.0%} of the measured peak: it does less arithmetic than "
                "counted, or the peak was measured on a busier machine"
            )
    factor = max(ratio, 1 / ratio)
    if factor > SUSPICIOUS_RATIO:
        return f"a factor of {factor:.0f} is unusual: look at what the slower side does in every call"
    return None
