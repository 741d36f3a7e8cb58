"""The rounds of a comparison: what each set answered in them, and which rounds of two sets can be paired."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING, Any

from nim_core.measures.variety import VARIETY, varieties

from .questions import DECLARED, nature

if TYPE_CHECKING:
    import pandas

Row = Mapping[str, Any]
"""One row of the table, None where unknown."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one round of one set came to in one measure; `value` is None where it failed or has no value."""

    value: float | None
    cut: bool
    started_at: str | None
    model: str | None
    unit: str | None
    text: str | None


Pair = tuple[Answer, Answer]
"""The answers of a set and of the baseline in one round."""

Rounds = dict[str, dict[int, Answer]]
"""The rounds that one set has run: by experiment, then by round number. A cancelled answer was not run."""


def records(frame: pandas.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table with None for whatever is unknown.

    >>> from nim_core.analysis.table import frame
    >>> records(frame([]))
    []
    """
    plain = frame.astype("object")
    return plain.where(plain.notna(), None).to_dict("records")  # type: ignore[return-value]


def sets_of(frame: pandas.DataFrame) -> tuple[str, ...]:
    """The sets of a table in the order in which they were given, else in which they were sent first."""
    present = dict.fromkeys(frame["set"].dropna())
    given = [name for name in frame.attrs.get("sets", ()) if name in present]
    return tuple(dict.fromkeys([*given, *present]))


def rounds(rows: Iterable[Row], measure: str) -> dict[str, Rounds]:
    """Each set's answers in one measure; for variety the rounds are the pairs of rounds."""
    found: dict[str, Rounds] = {}
    for row in pairs_of_rounds(rows) if measure == VARIETY.key else rows:
        if row["status"] != "cancelled":
            found.setdefault(row["set"], {}).setdefault(row["experiment_id"], {})[row["repeat"]] = _answer(row, measure)
    return found


def paired(of: Rounds, base: Rounds) -> Iterator[Pair]:
    """The rounds of two sets in their order, of each common experiment up to the first that one has not run yet."""
    for experiment in base:
        if experiment in of:
            for number in count(1):
                one, other = of[experiment].get(number), base[experiment].get(number)
                if one is None or other is None:
                    break
                yield one, other


def pairs_of_rounds(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """One row for each pair of rounds that a set has run, with its variety; `repeat` is the number of the pair.

    It is the row of the pair's second answer otherwise.
    """
    by_set: dict[tuple[str, str], dict[int, Row]] = {}
    for row in rows:
        if row["status"] != "cancelled":
            by_set.setdefault((row["experiment_id"], row["set"]), {})[row["repeat"]] = row
    found = []
    for each in by_set.values():
        texts = {number: row["text"] if row["status"] == "ok" else None for number, row in each.items()}
        for pair, value in varieties(texts).items():
            found.append({**each[2 * pair], "repeat": pair, VARIETY.key: value})
    return found


def minutes_apart(one: Answer, other: Answer) -> float:
    """How many minutes lie between the sending of two answers; endless where that is unknown."""
    if one.started_at is None or other.started_at is None:
        return math.inf
    between = datetime.fromisoformat(one.started_at) - datetime.fromisoformat(other.started_at)
    return abs(between.total_seconds()) / 60


def _answer(row: Row, measure: str) -> Answer:
    given = row.get(measure if measure in DECLARED else f"check:{measure}")
    value = float(given) if row["status"] == "ok" and given is not None else None
    if value is not None and not (math.isfinite(value) and (value > 0 or nature(measure) != "ratio")):
        value = None
    return Answer(
        value,
        row["finish_reason"] == "length",
        row["started_at"],
        row["model"],
        row["repetition_unit"] if measure in ("repetition", "distinct_2") else None,
        row["text"],
    )
