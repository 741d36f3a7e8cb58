"""The coin test: is the parameter more than luck, asked after every round.

If the parameter did nothing, each round in which two sets differ would be a fair coin: above as often as below. The
evidence is a bet against that coin which nobody can expect to win, so it may be looked at after every round and for
every distribution (Ville 1939, "Étude critique de la notion de collectif"; Shafer et al. 2011, "Test martingales,
Bayes factors and p-values").
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

ALPHA = 0.05
"""How often all statements of a comparison together may be wrong; shared evenly over the differences asked for."""

Side = Literal["higher", "lower"]


def log_mixture(successes: int, n: int) -> float:
    """The natural logarithm of a sequence's probability when its chance of success is drawn beforehand.

    The chance is 0 with a quarter, 1 with a quarter, and with a half drawn from Beta(1/2, 1/2).

    >>> round(math.exp(log_mixture(0, 1)), 3)
    0.5
    """
    drawn = 0.5 * math.exp(_log_beta(successes + 0.5, n - successes + 0.5) - _log_beta(0.5, 0.5))
    return math.log(0.25 * (successes == n) + 0.25 * (successes == 0) + drawn)


def evidence(above: int, below: int) -> float:
    """The evidence against the fair coin: how many times likelier the mixture makes these rounds; 1 without rounds.

    >>> round(evidence(6, 0), 1), round(evidence(5, 1), 1)
    (23.2, 0.7)
    """
    n = above + below
    logarithm = n * math.log(2) + log_mixture(above, n)
    return math.exp(logarithm) if logarithm < 709 else math.inf


def decided(above: int, below: int, alpha: float = ALPHA) -> Side | None:
    """Which way the coin is decided after so many rounds above and below (ties left out), None while it is open.

    >>> decided(6, 0), decided(5, 1), decided(1, 12)
    ('higher', None, 'lower')
    """
    if evidence(above, below) < 1 / alpha:
        return None
    return "higher" if above > below else "lower"


def median_interval(ordered: Sequence[float], alpha: float = ALPHA) -> tuple[float, float] | None:
    """All values m for which the coin test of "differences above m" is open; None while it is open for every m.

    `ordered` are all differences, smallest first. A difference equal to m counts on whichever side keeps m in, so
    the interval is closed and reaches from one order statistic to another. It covers the median at every look.

    >>> median_interval([1, 2, 3, 4, 5, 6, 70])
    (1, 70)
    """
    rank = interval_rank(len(ordered), alpha)
    return (ordered[rank - 1], ordered[-rank]) if rank else None


@lru_cache(maxsize=4096)
def interval_rank(n: int, alpha: float = ALPHA) -> int:
    """The place, from either end of n ordered differences, at which the median's interval ends; 0 for no interval.

    >>> [interval_rank(n) for n in (5, 6, 12, 20, 30, 50)]
    [0, 1, 1, 3, 7, 14]
    """
    return next(above for above in range(n + 1) if not decided(above, n - above, alpha))


def unanimous_rounds(alpha: float = ALPHA) -> int:
    """The fewest rounds that can decide: so many that all lean one way.

    >>> [unanimous_rounds(ALPHA / questions) for questions in (1, 2, 4, 6, 9)]
    [6, 7, 8, 9, 10]
    """
    n = 1
    while not interval_rank(n, alpha):
        n += 1
    return n


def likely_rounds(lean: float, alpha: float = ALPHA, most: int = 1000) -> int | None:
    """The rounds after which the coin is decided in half of all runs, None when that takes more than `most`.

    `lean` is the chance that a round which differs lies above; exact, by following every path of the coin.

    >>> likely_rounds(0.9), likely_rounds(0.9, ALPHA / 6)
    (6, 16)
    """
    open_paths = {0: 1.0}
    for n in range(1, most + 1):
        longer: dict[int, float] = {}
        for above, chance in open_paths.items():
            longer[above + 1] = longer.get(above + 1, 0.0) + chance * lean
            longer[above] = longer.get(above, 0.0) + chance * (1 - lean)
        rank = interval_rank(n, alpha)
        open_paths = {above: chance for above, chance in longer.items() if rank <= above <= n - rank}
        if sum(open_paths.values()) <= 0.5:
            return n
    return None


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
