"""What a comparison found: for each set and measure one statement, which holds however often one looked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Literal

from nim_core.errors import InputError
from nim_core.foreign import quoted
from nim_core.measures.repetition import in_characters
from nim_core.measures.segmentation import GRAPHEME_8
from nim_core.words import N_

from . import verdict
from .pairs import SMALLEST_POINTS, SMALLEST_SHARE
from .questions import ASKED, DECLARED, Questions, cut_shortens, nature
from .rounds import Answer, Pair, Rounds, Row, minutes_apart, paired, records, rounds, sets_of

if TYPE_CHECKING:
    import pandas

Outcome = verdict.Outcome | Literal["not_comparable", "half_cut", "no_values"]

MOST_MINUTES_APART = 1.0
"""Latencies are paired only of answers sent within so many minutes, since the server's load changes."""

MIXED = "mixed"
"""Stands for several units, between which nothing is compared."""

KEYS = (
    "set",
    "baseline",
    "measure",
    "outcome",
    "typical",
    "low",
    "high",
    "unit",
    "rounds",
    "above",
    "below",
    "equal",
)
"""What of a finding stands in a notebook and in files."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known of one set against the baseline in one measure.

    `outcome`, `typical` with `low` to `high`, the counts of the paired `rounds`, `smallest` and `decided_after` are
    those of verdict.Verdict; `unit` is that of `typical`, "ratio" where it is one. For variety a round is a pair of
    rounds. Left out of `rounds` are those in which an answer `failed` or had no value, was `cut` (lengths), or was
    sent more than a minute `apart` from the other (latency). `counted_in` is the repetition_unit where there is one.
    What was not `asked` before the run stands outside the promise that all statements hold together.
    """

    set: str
    baseline: str
    measure: str
    outcome: Outcome
    unit: str
    typical: float | None = None
    low: float | None = None
    high: float | None = None
    rounds: int = 0
    above: int = 0
    below: int = 0
    equal: int = 0
    failed: int = 0
    cut: int = 0
    apart: int = 0
    smallest: float | None = None
    decided_after: int | None = None
    counted_in: str | None = None
    asked: bool = True


def find(
    rows: Iterable[Row], questions: Questions, *, measures: Sequence[str] | None = None, baseline: str | None = None
) -> tuple[Finding, ...]:
    """The answers to the questions, measure by measure, from the rows of the table; a round without a row is open.

    Other `measures` or another `baseline` are answered too, each at the alpha of an asked difference, and marked as
    not asked.
    """
    rows = list(rows)
    now = questions if baseline is None else replace(questions, baseline=baseline)
    found = []
    for measure in questions.measures if measures is None else measures:
        ran = rounds(rows, measure)
        base = ran.get(now.baseline, {})
        asked = measure in questions.measures and now == questions
        for name in now.others:
            blank = Finding(name, now.baseline, measure, "too_few", _unit(measure), asked=asked)
            found.append(_told(blank, ran.get(name, {}), base, now))
    return tuple(found)


def findings(
    frame: pandas.DataFrame,
    ask: Iterable[str] | None = None,
    smallest: float = SMALLEST_SHARE,
    points: float = 100 * SMALLEST_POINTS,
) -> list[dict[str, Any]]:
    """What a table of answers says about each set against the first one, for all measures of `ask` together.

    `ask` holds columns such as "words", "variety", or checks' names; variety, repetition and words unless given.
    `smallest` is the smallest difference that matters as a share of the baseline, `points` that of a share in
    percentage points. The first set is the first one given to compare(); of a table read from a file, which does not
    know that, the one sent first. Give the whole table: a round without a row is one that has not been run. Raises
    InputError for what cannot be asked.

    >>> from nim_core import compare, grid
    >>> findings(compare("What is GPU?", grid(temperature=[0, 1]), repeats=16))  # doctest: +SKIP
    """
    measures = ASKED if ask is None else (ask,) if isinstance(ask, str) else tuple(ask)
    for name in measures:
        if name not in DECLARED and f"check:{name}" not in frame.columns:
            raise InputError(
                N_("There is no measure {name}; ask for {known}, or a check of these rows."),
                field="ask",
                name=quoted(name),
                known=", ".join(DECLARED),
            )
    sets = sets_of(frame)
    if not sets:
        return []
    found = find(records(frame), Questions(sets, sets[0], measures, smallest, points))
    return [{key: getattr(each, key) for key in KEYS} for each in found]


def _told(blank: Finding, of: Rounds, base: Rounds, questions: Questions) -> Finding:
    """The finding of two sets' rounds, or why there is none."""
    both, unit = _in_one_unit(list(paired(of, base)), blank.measure)
    skips = [_skip(*pair, blank.measure) for pair in both]
    blank = replace(
        blank, failed=skips.count("failed"), cut=skips.count("cut"), apart=skips.count("apart"), counted_in=unit
    )
    refused = _refused(blank, of, base, both)
    if refused:
        return replace(blank, outcome=refused)
    kept = [pair for pair, skip in zip(both, skips, strict=True) if skip is None]
    values, against = ([each.value for each in side if each.value is not None] for side in _sides(kept))
    found = verdict.decide(questions.pairs(blank.measure, values, against), questions.alpha)
    return replace(blank, **{each.name: getattr(found, each.name) for each in fields(found)})


def _skip(one: Answer, other: Answer, measure: str) -> Literal["failed", "cut", "apart"] | None:
    """Why a pair is left out, None where it counts."""
    if one.value is None or other.value is None:
        return "failed"
    if cut_shortens(measure) and (one.cut or other.cut):
        return "cut"
    if nature(measure) == "ratio" and minutes_apart(one, other) > MOST_MINUTES_APART:
        return "apart"
    return None


def _refused(
    blank: Finding, of: Rounds, base: Rounds, both: Sequence[Pair]
) -> Literal["not_comparable", "no_values", "half_cut"] | None:
    """Why nothing is told of two sets whatever their rounds say, None where something is."""
    if of and base and not of.keys() & base.keys():
        return "not_comparable"  # sets of different experiments were not shuffled together
    valued = [[each for each in side if each.value is not None] for side in _sides(both)]
    if both and not all(valued):
        return "no_values"
    if blank.measure == "completion_tokens" and len({each.model for side in valued for each in side}) > 1:
        return "not_comparable"  # each model has a tokenizer of its own
    if cut_shortens(blank.measure) and any(2 * sum(each.cut for each in side) > len(side) for side in valued):
        return "half_cut"
    return "not_comparable" if blank.counted_in == MIXED else None


def _in_one_unit(both: list[Pair], measure: str) -> tuple[list[Pair], str | None]:
    """The pairs in one unit and its name, None where there is none, MIXED where they cannot be.

    Where both sets hold answers that count in characters, as those to a Korean prompt do, all are counted in them.
    """
    units = [{each.unit for each in side if each.unit} for side in _sides(both)]
    if len(set.union(*units)) < 2:
        return both, next(iter(set.union(*units)), None)
    if not all(GRAPHEME_8 in side for side in units):
        return both, MIXED
    return [(_in_characters(one, measure), _in_characters(other, measure)) for one, other in both], GRAPHEME_8


def _in_characters(answer: Answer, measure: str) -> Answer:
    if answer.value is None or answer.unit == GRAPHEME_8:
        return answer
    return replace(answer, value=in_characters(measure, answer.text or ""), unit=GRAPHEME_8)


def _sides(pairs: Sequence[Pair]) -> tuple[list[Answer], list[Answer]]:
    return [one for one, _ in pairs], [other for _, other in pairs]


def _unit(measure: str) -> str:
    """What a typical difference is told in."""
    if nature(measure) == "ratio":
        return "ratio"
    return DECLARED[measure].unit if measure in DECLARED else N_("share that passes")
