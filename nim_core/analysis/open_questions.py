"""What is not decided yet, and how many rounds it may take."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil

from nim_core.measures.variety import VARIETY

from .findings import Finding
from .questions import Questions, nature
from .sequential import likely_rounds, unanimous_rounds
from .shares import rounds_without_discord


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A finding that is open, the fewest further rounds that can decide it, and how many likely do.

    `likely` is None where that takes more than the rounds looked ahead.
    """

    finding: Finding
    least: int
    likely: int | None


def fewest_rounds(measure: str, questions: Questions) -> int:
    """The fewest rounds after which a difference in this measure can be decided; variety takes two for each pair.

    >>> three = Questions(("a", "b", "c", "d"), "a", ("variety",))
    >>> fewest_rounds("variety", three), fewest_rounds("words", three)
    (16, 8)
    """
    return unanimous_rounds(questions.alpha) * _rounds_of_one(measure)


def rounds_if_alike(measure: str, questions: Questions) -> int | None:
    """The fewest rounds after which two like sets are told to be; None if that never happens.

    >>> rounds_if_alike("is polite", Questions(("a", "b"), "a", ("is polite",)))
    97
    """
    if nature(measure) == "passes":
        return rounds_without_discord(questions.points / 100, questions.alpha)
    return fewest_rounds(measure, questions)


def open_questions(found: Iterable[Finding], questions: Questions, ahead: int = 100) -> tuple[OpenQuestion, ...]:
    """The asked findings that further rounds can still decide, in their order.

    `ahead` is how many rounds in all are looked ahead for what is likely.
    """
    return tuple(
        OpenQuestion(each, _least(each, questions), _likely(each, questions, ahead)) for each in found if _open(each)
    )


def open_sets(found: Iterable[Finding]) -> tuple[str, ...]:
    """The sets of which an asked difference is undecided; the others need not be sent any more.

    The baseline is needed as long as there is one.
    """
    return tuple(dict.fromkeys(each.set for each in found if _open(each)))


def _open(finding: Finding) -> bool:
    return finding.asked and finding.decided_after is None and finding.outcome != "not_comparable"


def _least(finding: Finding, questions: Questions) -> int:
    return max(unanimous_rounds(questions.alpha) - finding.rounds, 1) * _rounds_of_one(finding.measure)


def _likely(finding: Finding, questions: Questions, ahead: int) -> int | None:
    """By the lean of the rounds so far, drawn a little towards the middle, if as many of the rest differ."""
    one = _rounds_of_one(finding.measure)
    differing = finding.above + finding.below
    if not differing:
        alike = rounds_if_alike(finding.measure, questions)
        needed = None if alike is None else alike - finding.rounds * one
    else:
        lean = (max(finding.above, finding.below) + 0.5) / (differing + 1)
        total = likely_rounds(lean, questions.alpha, ahead // one)
        needed = None if total is None else ceil((total - differing) * finding.rounds / differing) * one
    return None if needed is None or needed > ahead else max(needed, _least(finding, questions))


def _rounds_of_one(measure: str) -> int:
    return 2 if measure == VARIETY.key else 1
