"""The rounds of one question: how a set differed from the baseline in each, and what would matter."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal, Self

SMALLEST_SHARE = 0.20
"""The smallest change that matters, as a share of the baseline, unless another is given."""

SMALLEST_POINTS = 0.05
"""The smallest change of a share that matters, unless another is given."""

Kind = Literal["difference", "ratio", "passes"]


@dataclass(frozen=True, slots=True)
class Pairs:
    """The differences (set - baseline) of complete rounds in their order, beside each the smallest that matters.

    For the kind "ratio" both are natural logarithms. For "passes" a difference is 1, 0 or -1, and what is asked
    for is the difference of the two shares instead of the typical one.
    """

    differences: tuple[float, ...]
    smallest: tuple[float, ...]
    kind: Kind = "difference"

    @classmethod
    def amounts(cls, values: Sequence[float], baseline: Sequence[float], smallest: float = SMALLEST_SHARE) -> Self:
        """Amounts, such as words; what matters is a share of the baseline's mean up to each round.

        >>> Pairs.amounts([12, 30], [10, 20])
        Pairs(differences=(2, 10), smallest=(2.0, 3.0), kind='difference')
        """
        means = (total / count for count, total in enumerate(accumulate(baseline), 1))
        return cls(_differences(values, baseline), tuple(smallest * mean for mean in means))

    @classmethod
    def points(cls, values: Sequence[float], baseline: Sequence[float], smallest: float = SMALLEST_POINTS) -> Self:
        """What is itself a share, such as repetition or variety; `smallest` is 0.05 for 5 points."""
        return cls(_differences(values, baseline), (smallest,) * len(values))

    @classmethod
    def ratios(cls, values: Sequence[float], baseline: Sequence[float], smallest: float = SMALLEST_SHARE) -> Self:
        """What is compared by ratio, such as latency, values above 0; 0.2 stands for ratios from 1 / 1.2 to 1.2."""
        logs = _differences([math.log(value) for value in values], [math.log(value) for value in baseline])
        return cls(logs, (math.log1p(smallest),) * len(values), "ratio")

    @classmethod
    def passes(cls, values: Sequence[bool], baseline: Sequence[bool], smallest: float = SMALLEST_POINTS) -> Self:
        """What holds or does not, such as a check; `smallest` is 0.05 for 5 points of the share that passes.

        >>> Pairs.passes([True, False], [True, True]).differences
        (0, -1)
        """
        return cls(_differences(values, baseline), (smallest,) * len(values), "passes")


def _differences(values: Sequence[float], baseline: Sequence[float]) -> tuple[float, ...]:
    return tuple(value - base for value, base in zip(values, baseline, strict=True))
