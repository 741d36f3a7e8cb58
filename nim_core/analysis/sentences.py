"""From numbers to plain English: what a comparison shows, in whole sentences that can be translated."""

from __future__ import annotations

from nim_core.measures import Measure

from .summary import Difference, Summary

_UNCLEAR = "{set}: {label}: cannot tell with {n} repeats; about {needed} would show a 20% change from {baseline}."
_NO_LARGE = "{set}: {label}: no clear change from {baseline}; {n} repeats would show a change of 20%, not a small one."
_UNCLEAR_AT_ZERO = "{set}: {label}: cannot tell with {n} repeats whether it differs from {baseline}."
_EQUAL = "{set}: {label}: {value} in every answer, the same as {baseline}."
_TOO_FEW = "{set}: {label}: too few answers to compare with {baseline}; each set needs at least 2 repeats with a value."
_TWO_UNITS = (
    "{set}: {label}: not comparable with {baseline}, since the one is counted in words and the other in characters."
)
_MIXED = "{set}: {label}: not comparable, since some answers of {at_fault} are counted in words and some in characters."
_HALF_CUT = (
    "{set}: {label}: no mean, since {cut} of {answers} answers of {at_fault} were cut at max tokens; "
    "raise max tokens to see how long they would be."
)
_ALL_FAILED = "{set}: {label}: nothing to compare, since all {failed} answers of {at_fault} failed."
_NO_VALUES = "{set}: {label}: nothing to compare, since no answer of {at_fault} has a value."
_CUT_NOTE = "Answers cut at max tokens are left out ({of} of {set}, {against} of {baseline}), so the means are too low."


def sentence(difference: Difference, measure: Measure) -> str:
    """What one set shows against the baseline in one measure, in one sentence (two where answers were cut).

    >>> from .intervals import Interval
    >>> from nim_core.measures import MEASURE
    >>> hot, cold = (Summary(name, "words", 5, 0, 0, 0, 9.0, 8.0, 9.5) for name in ("hot", "cold"))
    >>> sentence(Difference(hot, cold, "higher", Interval(75.0, 40.0, 110.0)), MEASURE["words"])
    'hot: 40 to 110 words longer than cold.'
    """
    template, values = _found(difference, measure)
    of, baseline = difference.of, difference.baseline
    text = template.format(set=of.set, baseline=baseline.set, label=measure.label, **values)
    if measure.family.grows and (of.cut or baseline.cut) and difference.absolute:
        note = _CUT_NOTE.format(set=of.set, baseline=baseline.set, of=of.cut, against=baseline.cut)
        return f"{text} {note}"
    return text


def caveat(comparisons: int) -> str:
    """How far to trust a page of `comparisons` differences.

    >>> caveat(1)
    'One difference was looked at, on one prompt: another prompt may show something else.'
    """
    if comparisons == 1:
        return "One difference was looked at, on one prompt: another prompt may show something else."
    return (
        f"{comparisons:,} differences were looked at, on one prompt: about one in twenty looks clear by luck alone, "
        "and another prompt may show something else."
    )


def number(value: float, decimals: int) -> str:
    """A number with thousands separators and fixed decimals, but two digits where those would show only zero.

    >>> number(12345.678, 1), number(0.00042, 3), number(-0.0, 0)
    ('12,345.7', '0.00042', '0')
    """
    if value and abs(value) < 0.5 * 10**-decimals:
        return f"{value:.2g}"
    return f"{value + 0.0:,.{decimals}f}"


def quantity(value: float, measure: Measure) -> str:
    """A value of a measure with its unit; a share as a percentage.

    >>> from nim_core.measures import MEASURE
    >>> quantity(1234.0, MEASURE["words"]), quantity(0.25, MEASURE["repetition"])
    ('1,234 words', '25.0%')
    """
    if measure.share:
        return f"{number(100 * value, measure.decimals - 2)}%"
    text = number(value, measure.decimals)
    return f"{text} {measure.one if measure.one and text == '1' else measure.unit}"


def _found(difference: Difference, measure: Measure) -> tuple[str, dict[str, str]]:
    of, baseline = difference.of, difference.baseline
    n = min(of.n, baseline.n)
    match difference.outcome:
        case "higher":
            return measure.higher, _change(difference, measure)
        case "lower":
            return measure.lower, _change(difference, measure)
        case "unclear":
            return _unclear(n, difference.needed)
        case "equal":
            return _EQUAL, {"value": quantity(of.mean or 0.0, measure)}
        case "too_few":
            return _TOO_FEW, {}
        case "not_comparable":
            mixed = next((each for each in (of, baseline) if each.unit == "mixed"), None)
            return (_MIXED, {"at_fault": mixed.set}) if mixed else (_TWO_UNITS, {})
        case "half_cut":
            at_fault = of if of.half_cut else baseline
            counts = {"cut": f"{at_fault.cut:,}", "answers": f"{at_fault.cut + at_fault.n:,}"}
            return _HALF_CUT, {"at_fault": at_fault.set, **counts}
        case "no_values":
            return _nothing(of if not of.n else baseline)


def _unclear(n: int, needed: int | None) -> tuple[str, dict[str, str]]:
    if needed is None:
        return _UNCLEAR_AT_ZERO, {"n": f"{n:,}"}
    return _UNCLEAR if needed > n else _NO_LARGE, {"n": f"{n:,}", "needed": f"{needed:,}"}


def _nothing(at_fault: Summary) -> tuple[str, dict[str, str]]:
    all_failed = at_fault.failed and not at_fault.missing
    return _ALL_FAILED if all_failed else _NO_VALUES, {"at_fault": at_fault.set, "failed": f"{at_fault.failed:,}"}


def _change(difference: Difference, measure: Measure) -> dict[str, str]:
    """The size of a clear difference: from its smaller to its larger end, and the ratio's ends."""
    absolute, ratio = difference.absolute, difference.ratio
    assert absolute is not None
    assert absolute.low is not None
    assert absolute.high is not None
    small, large = sorted((abs(absolute.low), abs(absolute.high)))
    found = {"range": _range(small, large, measure)}
    if ratio and ratio.low is not None and ratio.high is not None:
        low, high = number(ratio.low, 2), number(ratio.high, 2)
        found["times"] = f"{low} times" if low == high else f"{low} to {high} times"
    return found


def _range(small: float, large: float, measure: Measure) -> str:
    if measure.share:
        low, high = (number(100 * end, measure.decimals - 2) for end in (small, large))
        return f"{high} percentage points" if low == high else f"{low} to {high} percentage points"
    low, high = number(small, measure.decimals), number(large, measure.decimals)
    return quantity(large, measure) if low == high else f"{low} to {high} {measure.unit}"
