"""From numbers to plain words: what a comparison shows, in whole sentences of the reader's language."""

from __future__ import annotations

from decimal import Decimal

from nim_core import words
from nim_core.measures import Measure
from nim_core.words import N_, _, _n, said

from .summary import Difference, Summary

_UNCLEAR = N_("{set}: {label}: cannot tell with {n} repeats; about {needed} would show a 20% change from {baseline}.")
_NO_LARGE = N_(
    "{set}: {label}: no clear change from {baseline}; {n} repeats would show a change of 20%, not a small one."
)
_UNCLEAR_AT_ZERO = N_("{set}: {label}: cannot tell with {n} repeats whether it differs from {baseline}.")
_EQUAL = N_("{set}: {label}: {value} in every answer, the same as {baseline}.")
_TOO_FEW = N_(
    "{set}: {label}: too few answers to compare with {baseline}; each set needs at least 2 repeats with a value."
)
_TWO_UNITS = N_(
    "{set}: {label}: not comparable with {baseline}, since the one is counted in words and the other in characters."
)
_MIXED = N_(
    "{set}: {label}: not comparable, since some answers of {at_fault} are counted in words and some in characters."
)
_HALF_CUT = N_(
    "{set}: {label}: no mean, since {cut} of {answers} answers of {at_fault} were cut at max tokens; "
    "raise max tokens to see how long they would be."
)
_ALL_FAILED = N_("{set}: {label}: nothing to compare, since all {failed} answers of {at_fault} failed.")
_NO_VALUES = N_("{set}: {label}: nothing to compare, since no answer of {at_fault} has a value.")
_CUT_NOTE = N_(
    "Answers cut at max tokens are left out ({of} of {set}, {against} of {baseline}), so the means are too low."
)


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
    text = said(template, set=of.set, baseline=baseline.set, label=said(measure.label), **values)
    if measure.family.grows and (of.cut or baseline.cut) and difference.absolute:
        note = said(_CUT_NOTE, set=of.set, baseline=baseline.set, of=of.cut, against=baseline.cut)
        return f"{text} {note}"
    return text


def caveat(comparisons: int) -> str:
    """How far to trust a page of `comparisons` differences.

    >>> caveat(1)
    'One difference was looked at, on one prompt: another prompt may show something else.'
    """
    return _n(
        "One difference was looked at, on one prompt: another prompt may show something else.",
        "{count} differences were looked at, on one prompt: about one in twenty looks clear by luck alone, "
        "and another prompt may show something else.",
        comparisons,
    )


def number(value: float, decimals: int) -> str:
    """A number with thousands separators and fixed decimals, but two digits where those would show only zero.

    >>> number(12345.678, 1), number(0.00042, 3), number(-0.0, 0)
    ('12,345.7', '0.00042', '0')
    """
    if value and abs(value) < 0.5 * 10**-decimals:
        return words.number(Decimal(f"{value:.2g}"))
    return words.number(float(value) + 0.0, decimals)


def quantity(value: float, measure: Measure) -> str:
    """A value of a measure with its unit; a share as a percentage.

    >>> from nim_core.measures import MEASURE
    >>> quantity(1234.0, MEASURE["words"]), quantity(0.25, MEASURE["repetition"])
    ('1,234 words', '25.0%')
    """
    if measure.share:
        return f"{number(100 * value, measure.decimals - 2)}%"
    text = number(value, measure.decimals)
    unit = measure.one if measure.one and text == "1" else measure.unit
    return _("{amount} {unit}", amount=text, unit=said(unit))


def _found(difference: Difference, measure: Measure) -> tuple[str, dict[str, object]]:
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
            return _HALF_CUT, {"at_fault": at_fault.set, "cut": at_fault.cut, "answers": at_fault.cut + at_fault.n}
        case "no_values":
            return _nothing(of if not of.n else baseline)


def _unclear(n: int, needed: int | None) -> tuple[str, dict[str, object]]:
    if needed is None:
        return _UNCLEAR_AT_ZERO, {"n": n}
    return _UNCLEAR if needed > n else _NO_LARGE, {"n": n, "needed": needed}


def _nothing(at_fault: Summary) -> tuple[str, dict[str, object]]:
    all_failed = at_fault.failed and not at_fault.missing
    return _ALL_FAILED if all_failed else _NO_VALUES, {"at_fault": at_fault.set, "failed": at_fault.failed}


def _change(difference: Difference, measure: Measure) -> dict[str, object]:
    """The size of a clear difference: from its smaller to its larger end, and the ratio's ends."""
    absolute, ratio = difference.absolute, difference.ratio
    assert absolute is not None
    assert absolute.low is not None
    assert absolute.high is not None
    small, large = sorted((abs(absolute.low), abs(absolute.high)))
    found: dict[str, object] = {"range": _range(small, large, measure)}
    if ratio and ratio.low is not None and ratio.high is not None:
        low, high = number(ratio.low, 2), number(ratio.high, 2)
        found["times"] = _("{high} times", high=high) if low == high else _("{low} to {high} times", low=low, high=high)
    return found


def _range(small: float, large: float, measure: Measure) -> str:
    if measure.share:
        low, high = (number(100 * end, measure.decimals - 2) for end in (small, large))
        if low == high:
            return _("{high} percentage points", high=high)
        return _("{low} to {high} percentage points", low=low, high=high)
    low, high = number(small, measure.decimals), number(large, measure.decimals)
    if low == high:
        return quantity(large, measure)
    return _("{low} to {high} {unit}", low=low, high=high, unit=said(measure.unit))
