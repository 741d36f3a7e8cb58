"""What a comparison shows: each set's mean with its interval, and its difference to a baseline set.

Reads the table of frame.py. Only answers that came back whole count: failures are counted beside, and an answer
cut at max_tokens is left out of mean length, since its length is only a lower bound.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from nim_core.measures import Measure

from .intervals import Interval, change_shown, contrast, mean_interval, repeats_needed

if TYPE_CHECKING:
    import pandas

__all__ = ["Difference", "Summary", "change_shown", "differences", "repeats_needed", "summaries", "summarize"]

LOOKED_FOR = 0.20
"""The relative change for which the needed repeats are told."""

Outcome = Literal["higher", "lower", "unclear", "equal", "too_few", "not_comparable", "half_cut", "no_values"]


@dataclass(frozen=True, slots=True)
class Summary:
    """One set and one measure: the mean of `n` values with its 95% interval (geometric on the log scale).

    `cut` answers ended at max_tokens (left out of `n` for a length, counted in it otherwise), `failed` did
    not come back, `missing` came back without a value (cancelled ones too). `mean` is None without values,
    when more than half are cut, and when answers count in different units; `low` and `high` also for one value.
    `unit` is the repetition_unit of the values ("mixed" for several), None where there is none.
    """

    set: str
    measure: str
    n: int
    cut: int
    failed: int
    missing: int
    mean: float | None
    low: float | None
    high: float | None
    half_cut: bool = False
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """One set against the baseline set in one measure.

    `absolute` is in the measure's unit, `ratio` is set / baseline; both None where nothing can be compared, and
    `outcome` says why, or which way the 95% interval points. `needed` is the number of repeats that would
    show a change of 20%, None where that cannot be told.
    """

    of: Summary
    baseline: Summary
    outcome: Outcome
    absolute: Interval | None = None
    ratio: Interval | None = None
    p: float | None = None
    paired: bool = False
    needed: int | None = None


_Round = tuple[str, int]
"""Which answers were shuffled together: the experiment's id and the repeat."""

_Row = tuple[_Round, str, bool, float | None, str | None]


@dataclass(frozen=True, slots=True)
class _Sample:
    values: dict[_Round, float]
    experiments: frozenset[str]
    summary: Summary


def summaries(frame: pandas.DataFrame, measure: Measure, order: Sequence[str]) -> list[Summary]:
    """The sets' means in this order; a set without rows has n = 0."""
    samples = _samples(frame, measure, order)
    return [samples[name].summary for name in order]


def summarize(frame: pandas.DataFrame, measure: Measure, name: str) -> Summary:
    """The mean of one set."""
    return summaries(frame, measure, [name])[0]


def differences(frame: pandas.DataFrame, measure: Measure, order: Sequence[str], baseline: str) -> list[Difference]:
    """Every other set in this order against the baseline set, without the sets of other experiments.

    Experiments were not shuffled together, so what differs between them may be the hour as well as the parameter.
    Paired by round when every value on either side has its partner in the other, else Welch.
    """
    samples = _samples(frame, measure, [*order, baseline])
    base = samples[baseline]
    others = (samples[name] for name in order if name != baseline)
    return [_difference(each, base, measure) for each in others if _together(each, base)]


def _together(one: _Sample, other: _Sample) -> bool:
    """Whether two sets belong to the same experiments, as far as they have rows at all."""
    return not one.experiments or not other.experiments or one.experiments == other.experiments


def _samples(frame: pandas.DataFrame, measure: Measure, order: Sequence[str]) -> dict[str, _Sample]:
    columns = ["set", "experiment_id", "repeat", "status", "finish_reason", measure.key, "repetition_unit"]
    rows: dict[str, list[_Row]] = {name: [] for name in order}
    for name, id_, repeat, status, finish, value, unit in zip(*(_plain(frame, each) for each in columns), strict=True):
        if name in rows:
            rows[name].append(((id_, repeat), status, finish == "length", value, unit))
    return {name: _sample(name, measure, rows[name]) for name in rows}


def _plain(frame: pandas.DataFrame, column: str) -> list[object]:
    values = frame[column]
    return list(values.astype("object").where(values.notna(), None))


def _sample(name: str, measure: Measure, rows: list[_Row]) -> _Sample:
    answered = [row for row in rows if row[1] == "ok"]
    failed = sum(status == "error" for _, status, *_ in rows)
    usable = [row for row in answered if row[3] is not None and _defined(row[3], measure)]
    cut = sum(row[2] for row in usable)
    kept = [row for row in usable if not row[2]] if measure.family.grows else usable
    half_cut = measure.family.grows and 2 * cut > len(usable)
    units = {row[4] for row in kept if row[4]} if measure.units else set()
    unit = "mixed" if len(units) > 1 else next(iter(units), None)
    values = {row[0]: float(row[3]) for row in kept if row[3] is not None}
    found = None if half_cut or unit == "mixed" else mean_interval(list(values.values()), measure.scale)
    clipped = _within(found, 0.0, _most(measure)) if found else None
    summary = Summary(
        name,
        measure.key,
        n=len(kept),
        cut=cut,
        failed=failed,
        missing=len(rows) - failed - len(usable),
        mean=clipped.estimate if clipped else None,
        low=clipped.low if clipped else None,
        high=clipped.high if clipped else None,
        half_cut=half_cut,
        unit=unit,
    )
    return _Sample(values, frozenset(experiment for (experiment, _), *_ in rows), summary)


def _defined(value: float, measure: Measure) -> bool:
    return math.isfinite(value) and (value > 0 or measure.scale == "linear")


def _most(measure: Measure) -> float:
    return 1.0 if measure.share else math.inf


def _within(found: Interval, least: float, most: float) -> Interval:
    """The interval without what can never be: a measure below 0, a share above 1, shares more than 1 apart."""
    if found.low is None or found.high is None:
        return found
    return Interval(found.estimate, max(found.low, least), min(found.high, most))


def _difference(sample: _Sample, base: _Sample, measure: Measure) -> Difference:
    of, baseline = sample.summary, base.summary
    if of.half_cut or baseline.half_cut:
        return Difference(of, baseline, "half_cut")
    if not of.n or not baseline.n:
        return Difference(of, baseline, "no_values")
    units = {of.unit, baseline.unit} - {None}
    if len(units) > 1 or "mixed" in units:
        return Difference(of, baseline, "not_comparable")
    paired = sample.values.keys() == base.values.keys()
    repeats = sorted(sample.values) if paired else list(sample.values)
    values = [sample.values[repeat] for repeat in repeats]
    against = [base.values[repeat] for repeat in (repeats if paired else base.values)]
    found = contrast(values, against, measure.scale, paired=paired)
    if found is None:
        return Difference(of, baseline, "too_few")
    assert baseline.mean is not None
    absolute = _within(found.absolute, -_most(measure), _most(measure))
    effect = math.log1p(LOOKED_FOR) if measure.scale == "log" else LOOKED_FOR * baseline.mean
    needed = repeats_needed(found.spread, effect, paired=found.paired)
    return Difference(of, baseline, _outcome(absolute), absolute, found.ratio, found.p, found.paired, needed)


def _outcome(absolute: Interval) -> Outcome:
    assert absolute.low is not None
    assert absolute.high is not None
    if absolute.low == absolute.high == 0:
        return "equal"
    if absolute.low > 0:
        return "higher"
    return "lower" if absolute.high < 0 else "unclear"
