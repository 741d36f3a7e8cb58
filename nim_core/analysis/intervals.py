"""Means, differences and ratios with 95% intervals, and how many repeats would show a change.

Student's t throughout; on the "log" scale everything is done on natural logarithms and given back as
geometric means and ratios. This module knows numbers only, no tables and no measures.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

CONFIDENCE = 0.95
POWER = 0.80
TYPICAL_VARIATION = 0.25
"""Standard deviation / mean that is assumed before anything was measured."""

Scale = Literal["linear", "log"]


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate and its 95% interval; the ends are None where no interval exists."""

    estimate: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Contrast:
    """One sample against a baseline sample.

    `absolute` is the difference of the means in their own unit, `ratio` their quotient (None where the
    baseline is 0), `p` the two-sided p-value (None where nothing varies), `paired` says which test it was,
    `spread` is the standard deviation that `repeats_needed` takes for that test.
    """

    absolute: Interval
    ratio: Interval | None
    p: float | None
    paired: bool
    spread: float


def mean_interval(values: Sequence[float], scale: Scale = "linear") -> Interval | None:
    """The mean and its t-interval: m ± t(0.975, n - 1) · s / √n; on the log scale the geometric mean.

    None without values, no ends for one value, both ends on the mean when all values are equal.
    Source: Student 1908, "The probable error of a mean".

    >>> round(mean_interval([1.0, 2.0, 3.0]).high, 4)  # 2 + 4.302653 · 1 / √3
    4.4841
    """
    if not values:
        return None
    sample = _scaled(values, scale)
    mean = _mean(sample)
    if len(sample) == 1:
        return Interval(_unscaled(mean, scale), None, None)
    half = _t(len(sample) - 1) * math.sqrt(_variance(sample) / len(sample))
    return Interval(*(_unscaled(x, scale) for x in (mean, mean - half, mean + half)))


def contrast(
    values: Sequence[float], baseline: Sequence[float], scale: Scale = "linear", *, paired: bool = False
) -> Contrast | None:
    """The difference and ratio of two means with intervals; None below two values on either side.

    Paired: t-interval of the differences, value by value. Else Welch's interval (Welch 1947, "The
    generalization of 'Student's' problem"), with his degrees of freedom. The ratio's interval is Fieller's
    (1954, "Some problems in interval estimation") with the same degrees of freedom, so it leaves out 1 exactly
    when the difference leaves out 0. On the log scale the ratio comes first, and the absolute difference is
    the baseline's geometric mean · (ratio - 1). Pairs whose differences are all equal although the values are
    not would give an interval of no width by coincidence of few whole numbers: Welch is used instead.

    >>> found = contrast([3.0, 5.0, 4.0], [1.0, 2.0, 1.5])
    >>> found.absolute.estimate, round(found.ratio.estimate, 3)
    (2.5, 2.667)
    """
    if len(values) < 2 or len(baseline) < 2:
        return None
    a, b = _scaled(values, scale), _scaled(baseline, scale)
    va, vb = _variance(a) / len(a), _variance(b) / len(b)
    pairs = _variance([x - y for x, y in zip(a, b, strict=True)]) if paired else 0.0
    paired = paired and (pairs > 0 or va + vb == 0)
    if paired:
        variance, freedom, spread = pairs / len(a), len(a) - 1.0, math.sqrt(pairs)
    else:
        variance, freedom = va + vb, _welch_freedom(va, len(a), vb, len(b))
        spread = math.sqrt((va * len(a) + vb * len(b)) / 2)
    ma, mb = _mean(a), _mean(b)
    t = _t(freedom)
    half = t * math.sqrt(variance)
    difference = Interval(ma - mb, ma - mb - half, ma - mb + half)
    p = _p_value((ma - mb) / math.sqrt(variance), freedom) if variance > 0 else None
    if scale == "log":
        ratio = Interval(*(_unscaled(x, "log") for x in (ma - mb, ma - mb - half, ma - mb + half)))
        base = _unscaled(mb, "log")
        ends = [base * (x - 1) for x in (ratio.estimate, ratio.low, ratio.high) if x is not None]
        return Contrast(Interval(*ends), ratio, p, paired, spread)
    return Contrast(difference, _fieller(ma, va, mb, vb, (va + vb - variance) / 2, t), p, paired, spread)


def repeats_needed(spread: float, effect: float, *, paired: bool = False) -> int | None:
    """The repeats a set needs so that a difference of `effect` is found with power 80% at two-sided 5%.

    `spread` is the standard deviation of one answer, or of the differences when paired; both are in the same
    unit (on the log scale the effect of +20% is log 1.2). Exact, by the noncentral t distribution
    (Cohen 1988, "Statistical Power Analysis for the Behavioral Sciences", chapter 2). None for no effect.

    >>> repeats_needed(1.0, 0.5), repeats_needed(1.0, 0.5, paired=True)
    (64, 34)
    """
    if not effect or not math.isfinite(effect) or not math.isfinite(spread):
        return None
    if not spread:
        return 2
    size = abs(effect) / spread
    high = 2
    while _power(high, size, paired=paired) < POWER:
        high *= 2
        if high > 10**9:
            return None
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _power(middle, size, paired=paired) >= POWER else (middle, high)
    return max(high, 2)


def change_shown(repeats: int, variation: float = TYPICAL_VARIATION) -> float | None:
    """The relative change that so many repeats a set would show, with power 80% at two-sided 5%.

    `variation` is the standard deviation / mean of one set's answers. None below two repeats.

    >>> round(change_shown(5), 2)
    0.51
    """
    if repeats < 2:
        return None
    low, high = 0.0, 100.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (low, middle) if _power(repeats, middle, paired=False) >= POWER else (middle, high)
    return high * variation


def _power(n: int, size: float, *, paired: bool) -> float:
    from scipy.special import nctdtr

    freedom = n - 1 if paired else 2 * n - 2
    shift = size * math.sqrt(n if paired else n / 2)
    critical = _t(freedom)
    # Not a number where the probability of missing is below the smallest float.
    missed = [float(nctdtr(freedom, shift, end)) for end in (critical, -critical)]
    above, below = (0.0 if math.isnan(each) else each for each in missed)
    return 1 - above + below


def _fieller(ma: float, va: float, mb: float, vb: float, covariance: float, t: float) -> Interval | None:
    """The ratios r for which (ma - r·mb)² <= t²·(va - 2·r·covariance + r²·vb)."""
    if mb == 0:
        return None
    square = mb * mb - t * t * vb
    middle = ma * mb - t * t * covariance
    root = middle * middle - square * (ma * ma - t * t * va)
    if square <= 0 or root < 0:
        return Interval(ma / mb, None, None)
    return Interval(ma / mb, (middle - math.sqrt(root)) / square, (middle + math.sqrt(root)) / square)


def _welch_freedom(va: float, na: int, vb: float, nb: int) -> float:
    if va + vb == 0:
        return float(na + nb - 2)
    # As shares of the whole, so that tiny variances do not vanish when they are squared.
    share = va / (va + vb)
    return 1 / (share * share / (na - 1) + (1 - share) * (1 - share) / (nb - 1))


def _t(freedom: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(freedom, (1 + CONFIDENCE) / 2))


def _p_value(t: float, freedom: float) -> float:
    from scipy.special import stdtr

    return float(2 * stdtr(freedom, -abs(t)))


def _scaled(values: Sequence[float], scale: Scale) -> list[float]:
    return [math.log(value) for value in values] if scale == "log" else [float(value) for value in values]


def _unscaled(value: float, scale: Scale) -> float:
    if scale == "linear":
        return value
    return math.exp(value) if value < 709 else math.inf


def _mean(sample: Sequence[float]) -> float:
    return sample[0] if min(sample) == max(sample) else math.fsum(sample) / len(sample)


def _variance(sample: Sequence[float]) -> float:
    mean = _mean(sample)
    return math.fsum((value - mean) * (value - mean) for value in sample) / (len(sample) - 1)
