"""From the rounds of one question to its answer: higher, lower, no difference larger than, or open still."""

from __future__ import annotations

import math
from bisect import insort
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import Literal

from .pairs import Pairs
from .sequential import ALPHA, Side, decided, median_interval, unanimous_rounds
from .shares import share_difference

Decision = Side | Literal["no_larger"]
Outcome = Decision | Literal["open", "equal", "too_few"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rounds say about one set against the baseline.

    `typical` is the median difference within a round (the ratio for ratios, the difference of the shares for passes)
    with its interval `low` to `high`, all of all rounds; None where there is none yet. In `above`, `below` and
    `equal` of the `rounds` the set's value was larger, smaller, the same. `smallest` is the difference that
    mattered, in the unit of `typical`, when the outcome was decided, after `decided_after` rounds; while it is open,
    the one that matters now, and `decided_after` is None.
    """

    outcome: Outcome
    rounds: int
    above: int
    below: int
    equal: int
    typical: float | None
    low: float | None
    high: float | None
    smallest: float | None
    decided_after: int | None


@dataclass(frozen=True, slots=True)
class _Look:
    """What is known after one round, on the scale of the differences."""

    rounds: int
    above: int
    below: int
    typical: float
    interval: tuple[float, float] | None
    smallest: float


def decide(pairs: Pairs, alpha: float = ALPHA) -> Verdict:
    """The verdict over the rounds in their order: the first decision stands, whatever comes later.

    A round decides when the whole interval lies inside the smallest difference that matters ("no_larger", even when
    every round leans one way), else when the coin test does. Statements about several questions hold together when
    alpha is divided by their number. Later rounds sharpen the interval, within what was decided. "equal" is a
    standing with no round that differs after as many as could have decided; passes are undecided then until their
    shares are known well enough.

    >>> found = decide(Pairs.points([0.5, 0.6, 0.5, 0.7, 0.4, 0.5], [0.1, 0.1, 0.1, 0.1, 0.1, 0.1]))
    >>> found.outcome, found.above, found.rounds, round(found.typical, 2), round(found.low, 2), round(found.high, 2)
    ('higher', 6, 6, 0.4, 0.3, 0.6)
    """
    looks = list(_looks(pairs, alpha))
    if not looks:
        return Verdict("too_few", 0, 0, 0, 0, None, None, None, None, None)
    now = looks[-1]
    since = next((look for look in looks if _decision(look, alpha)), now)
    standing = _decision(since, alpha)
    low, high = _within(now.interval, standing, since.smallest) if now.interval else (None, None)
    return Verdict(
        _outcome(pairs, now, standing, alpha),
        now.rounds,
        now.above,
        now.below,
        now.rounds - now.above - now.below,
        _in_unit(now.typical, pairs),
        _in_unit(low, pairs),
        _in_unit(high, pairs),
        _in_unit(since.smallest, pairs),
        since.rounds if standing else None,
    )


def _looks(pairs: Pairs, alpha: float) -> Iterator[_Look]:
    ordered: list[float] = []
    above = below = 0
    for rounds, (difference, smallest) in enumerate(zip(pairs.differences, pairs.smallest, strict=True), 1):
        insort(ordered, difference)
        above += difference > 0
        below += difference < 0
        if pairs.kind == "passes":
            typical = (above - below) / rounds
            interval: tuple[float, float] | None = share_difference(above, below, rounds, alpha)
        else:
            typical, interval = median(ordered), median_interval(ordered, alpha)
        yield _Look(rounds, above, below, typical, interval, smallest)


def _decision(look: _Look, alpha: float) -> Decision | None:
    if look.interval and max(-look.interval[0], look.interval[1]) <= look.smallest:
        return "no_larger"
    return decided(look.above, look.below, alpha)


def _outcome(pairs: Pairs, now: _Look, standing: Decision | None, alpha: float) -> Outcome:
    if now.rounds < 2:
        return "too_few"
    none_differs = not now.above and not now.below and now.rounds >= unanimous_rounds(alpha)
    if none_differs and not (standing and pairs.kind == "passes"):
        return "equal"
    return standing or "open"


def _within(interval: tuple[float, float], standing: Decision | None, smallest: float) -> tuple[float, float]:
    """The interval without what the standing decision has ruled out."""
    if standing is None:
        return interval
    least = {"higher": 0.0, "lower": -math.inf, "no_larger": -smallest}[standing]
    most = {"higher": math.inf, "lower": 0.0, "no_larger": smallest}[standing]
    low, high = (min(max(end, least), most) for end in interval)
    return low, high


def _in_unit(value: float | None, pairs: Pairs) -> float | None:
    return math.exp(value) if value is not None and pairs.kind == "ratio" else value
