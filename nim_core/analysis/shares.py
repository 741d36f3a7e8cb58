"""Shares of rounds: a share's interval at every look, and the difference of two shares by the discordant rounds.

The interval is the coin test's for every chance instead of one half, with the same mixture.
"""

from __future__ import annotations

import math
from functools import lru_cache

from .sequential import ALPHA, decided, log_mixture

HALVINGS = 50
"""Halvings of an interval within [0, 1]: down to the last digit of a float."""


@lru_cache(maxsize=16384)
def share_interval(successes: int, n: int, alpha: float = ALPHA) -> tuple[float, float]:
    """All chances that so many successes of n leave open: the interval that covers the true one at every look.

    >>> [round(end, 3) for end in share_interval(0, 97, 0.025)]
    [0.0, 0.05]
    """
    floor = log_mixture(successes, n) + math.log(alpha)
    middle = successes / n if n else 0.5
    low = 0.0 if successes == 0 else _edge(0.0, middle, successes, n, floor)
    high = 1.0 if successes == n else _edge(1.0, middle, successes, n, floor)
    return low, high


def share_difference(above: int, below: int, n: int, alpha: float = ALPHA) -> tuple[float, float]:
    """The interval of (share of rounds above) - (share of rounds below), at every look; within [-1, 1].

    It is the share of discordant rounds times their lean, each known with half of alpha, and does not pass 0 on
    the side that the coin has decided.

    >>> [round(end, 2) for end in share_difference(6, 0, 10)]
    [0.0, 0.95]
    """
    discordant = above + below
    least, most = share_interval(discordant, n, alpha / 2)
    chances = share_interval(above, discordant, alpha / 2)
    down, up = (2 * chance - 1 for chance in chances)
    low = min(least * down, most * down)
    high = max(least * up, most * up)
    side = decided(above, below, alpha)
    return max(low, 0.0) if side == "higher" else low, min(high, 0.0) if side == "lower" else high


def rounds_without_discord(smallest: float, alpha: float = ALPHA) -> int | None:
    """The rounds, all alike, after which a difference of shares is no larger than `smallest`; None if never.

    >>> rounds_without_discord(0.05), rounds_without_discord(0.05, ALPHA / 6)
    (97, 133)
    """
    if smallest <= 0:
        return None
    n = 1
    while share_interval(0, n, alpha / 2)[1] > smallest:
        n += 1
    return n


def _edge(outside: float, inside: float, successes: int, n: int, floor: float) -> float:
    """The chance between the two at which the likelihood falls to the floor, from the side outside."""
    for _ in range(HALVINGS):
        middle = (outside + inside) / 2
        if successes * math.log(middle) + (n - successes) * math.log1p(-middle) > floor:
            inside = middle
        else:
            outside = middle
    return outside
