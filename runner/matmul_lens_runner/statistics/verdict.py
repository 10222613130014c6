"""Decides on a margin what the paired times of two variants say; `docs/METHOD.md` gives the reasons."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matmul_lens_runner.protocol.vocabulary import Verdict
from matmul_lens_runner.statistics.bootstrap import median_interval, sign_interval
from matmul_lens_runner.statistics.noise import two_modes
from matmul_lens_runner.statistics.order import median, quantile


@dataclass(frozen=True)
class Rules:
    """The numbers of the protocol, all on the scale of log ratios."""

    #: Differences inside this are called none.
    margin: float = 0.02
    #: The ratio's own drift widens the margin, for calling differences none up to this only.
    widest_margin: float = 0.05
    #: Enough precision to stop: half-width of the interval, or this share of the difference itself.
    half_width: float = 0.01
    half_width_share: float = 0.1
    #: *Faster* and *slower* need an interval at this level beyond the margin. A race makes up to ten comparisons
    #: and people run many races, so 95 % would call identical code different once in a while.
    decision_level: float = 0.999
    #: Fewer rounds than this support no verdict: only from six on does the range cover the median at 95 %.
    least_rounds: int = 6
    #: Above this spread of the ratio a verdict also needs three quarters of the rounds beyond the margin.
    wide_spread: float = 0.25


@dataclass(frozen=True)
class Judgement:
    """The ratio of b's time to a's with its 95 % interval, and what it means."""

    ratio: float
    interval: tuple[float, float]
    verdict: Verdict
    reason: str | None


def log_ratios(a: Sequence[float], b: Sequence[float]) -> list[float]:
    """Log of b's time over a's, round by round; times are above zero."""
    return [math.log(time_b / time_a) for time_a, time_b in zip(a, b, strict=True)]


def precise_enough(ratios: Sequence[float], rules: Rules) -> bool:
    """Whether more rounds would sharpen nothing: the stopping rule, which never looks at a verdict.

    A large difference needs less precision: 3.0x and 3.1x are the same news.
    """
    low, high = median_interval(ratios)
    return (high - low) / 2 <= max(rules.half_width, rules.half_width_share * abs(median(ratios)))


def judge(ratios: Sequence[float], rules: Rules) -> Judgement:
    """The verdict on log ratios that stand in the order of their rounds; not empty."""
    centre = median(ratios)
    low, high = median_interval(ratios)
    verdict, reason = _decide(ratios, low, high, rules)
    return Judgement(math.exp(centre), (math.exp(low), math.exp(high)), verdict, reason)


def _decide(ratios: Sequence[float], low: float, high: float, rules: Rules) -> tuple[Verdict, str | None]:
    if len(ratios) < rules.least_rounds:
        return "inconclusive", f"only {len(ratios)} undisturbed rounds; a verdict needs {rules.least_rounds}"
    drift = _half_difference(ratios)
    margin = max(rules.margin, drift)
    none = min(margin, rules.widest_margin)
    if low >= -none and high <= none:
        return "no difference", None
    sure_low, sure_high = _decision_interval(ratios, rules)
    if sure_low <= margin and sure_high >= -margin:
        # Where the halves explain most of the looseness, they are the news.
        if drift > max(rules.margin, (sure_high - sure_low) / 4):
            return "inconclusive", f"the ratio drifted by {_percent(2 * drift)} between the halves of the race"
        return "inconclusive", (
            f"the ratio is known too loosely: {_interval(sure_low, sure_high)} at {rules.decision_level:.1%}, "
            f"which reaches into the margin of {_percent(margin)}"
        )
    modes = two_modes(ratios, least_gap=rules.margin)
    if modes and not (modes.low > margin or modes.high < -margin):
        return "inconclusive", f"the ratio has two modes, {math.exp(modes.low):.2f} and {math.exp(modes.high):.2f}"
    quarter, three_quarters = quantile(ratios, 0.25), quantile(ratios, 0.75)
    spread = three_quarters - quarter
    if spread > rules.wide_spread and not (quarter > margin or three_quarters < -margin):
        return "inconclusive", f"the ratio of single rounds spreads over {_percent(spread)}"
    return ("slower", None) if low > 0 else ("faster", None)


def _decision_interval(ratios: Sequence[float], rules: Rules) -> tuple[float, float]:
    """The sign test's interval; of rounds too few for its level their range, wider by half of itself each way."""
    found = sign_interval(ratios, rules.decision_level)
    if found:
        return found
    low, high = min(ratios), max(ratios)
    return low - (high - low) / 2, high + (high - low) / 2


def _half_difference(ratios: Sequence[float]) -> float:
    """Half the difference between the halves of the race: what the same code differs by from itself."""
    middle = len(ratios) // 2
    return abs(median(ratios[:middle]) - median(ratios[middle:])) / 2


def _percent(log_ratio: float) -> str:
    return f"{math.expm1(log_ratio) * 100:.1f} %"


def _interval(low: float, high: float) -> str:
    return f"{math.exp(low):.3f} to {math.exp(high):.3f}"
