"""What a comparison is asked: which sets against which, in what, and how large a difference matters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from nim_core.errors import InputError
from nim_core.foreign import quoted
from nim_core.measures import MEASURE, Measure
from nim_core.measures.variety import VARIETY
from nim_core.words import N_

from .pairs import SMALLEST_POINTS, SMALLEST_SHARE, Pairs
from .sequential import ALPHA

ASKED = ("variety", "repetition", "words")
"""The measures that are asked for unless others are named."""

DECLARED: dict[str, Measure] = {**MEASURE, VARIETY.key: VARIETY}
"""Every measure that can be asked for; what is not among them is the name of a check."""

Nature = Literal["amount", "share", "ratio", "passes"]


def nature(measure: str) -> Nature:
    """How a measure is compared: by amounts, by points of a share, by ratios, or by what passes a check.

    >>> [nature(each) for each in ("words", "variety", "latency_s", "is polite")]
    ['amount', 'share', 'ratio', 'passes']
    """
    declared = DECLARED.get(measure)
    if declared is None:
        return "passes"
    return "share" if declared.share else "ratio" if declared.scale == "log" else "amount"


def cut_shortens(measure: str) -> bool:
    """Whether an answer that was cut at max tokens has only a lower bound of the measure."""
    return measure in DECLARED and DECLARED[measure].family.grows


@dataclass(frozen=True, slots=True)
class Questions:
    """The questions of a comparison, fixed before it runs: each other set against the baseline in each measure.

    `sets` and `measures` are names in order; a measure is a column of the rows, "variety", or a check's name.
    `baseline` is one of the sets. `smallest` is the smallest difference that matters as a share of the
    baseline, `points` that of what is itself a share, in percentage points. Raises InputError for what cannot be
    asked.

    >>> Questions(("cold", "warm", "hot"), "cold", ("words", "variety")).alpha == ALPHA / 4
    True
    """

    sets: tuple[str, ...]
    baseline: str
    measures: tuple[str, ...] = ASKED
    smallest: float = SMALLEST_SHARE
    points: float = 100 * SMALLEST_POINTS

    def __post_init__(self) -> None:
        object.__setattr__(self, "measures", tuple(dict.fromkeys(self.measures)))
        if self.baseline not in self.sets:
            raise InputError(
                N_("The baseline is {baseline}, but there is no such set; name one of them."),
                field="baseline",
                baseline=quoted(self.baseline),
            )
        if not self.measures:
            raise InputError(N_("No measure is asked for; name at least one, such as words."), field="ask")
        _check_size(
            "smallest", self.smallest, N_("smallest is {given}, but it must be a share above 0, such as 0.2 for 20%.")
        )
        _check_size(
            "points", self.points, N_("points is {given}, but it must be percentage points above 0, such as 5.")
        )

    @property
    def others(self) -> tuple[str, ...]:
        """The sets that are held against the baseline."""
        return tuple(name for name in self.sets if name != self.baseline)

    @property
    def alpha(self) -> float:
        """How often the statement about one difference may be wrong, so that all asked ones hold together."""
        return ALPHA / max(len(self.others) * len(self.measures), 1)

    def pairs(self, measure: str, values: Sequence[float], baseline: Sequence[float]) -> Pairs:
        """The differences of a measure, round by round, beside what would matter."""
        match nature(measure):
            case "amount":
                return Pairs.amounts(values, baseline, self.smallest)
            case "share":
                return Pairs.points(values, baseline, self.points / 100)
            case "ratio":
                return Pairs.ratios(values, baseline, self.smallest)
            case "passes":
                passed, against = [value > 0 for value in values], [value > 0 for value in baseline]
                return Pairs.passes(passed, against, self.points / 100)


def _check_size(field: str, value: object, refusal: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
        raise InputError(refusal, field=field, given=quoted(value))
