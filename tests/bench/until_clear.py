"""Requests that rounds until it can tell send, beside fixed plans: python -m tests.bench.until_clear

Every asked difference has the same effect, in standard deviations of the differences within a round; answers are
normal, where Student's t is at its best, and vary by a quarter of the baseline's mean, of which a fifth matters. A
set that is decided in all measures is no longer sent. The fixed plan of the same power knows the effect beforehand
and decides as large a share of the differences (at most 99%) by paired t tests at the same shared alpha: that they
differ, or that they differ by no more than matters. Who does not know the effect makes one plan: for half a standard
deviation with a power of 80%.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import fmean, median

import numpy as np
from scipy import stats

from nim_core.analysis.pairs import SMALLEST_SHARE, Pairs
from nim_core.analysis.sequential import ALPHA
from nim_core.analysis.verdict import decide

MEAN, VARIATION = 100.0, 0.25
SPREAD = MEAN * VARIATION * math.sqrt(2)
"""Standard deviation of the difference of two answers."""

EFFECTS = (0.0, 0.5, 1.0, 2.0)
UNKNOWN, POWER = 0.5, 0.80
MOST, RUNS, DRAWS = 100, 400, 20_000


@dataclass(frozen=True)
class Plan:
    """How many sets, the baseline among them, and how many measures are asked about."""

    sets: int
    measures: int

    @property
    def alpha(self) -> float:
        """What each of the differences gets."""
        return ALPHA / ((self.sets - 1) * self.measures)


@dataclass(frozen=True)
class Found:
    """What many comparisons of one effect came to: requests of each, the share decided, the share decided wrongly."""

    requests: list[int]
    decided: float
    wrong: float


def until_clear(plan: Plan, effect: float, rng: np.random.Generator) -> Found:
    """Comparisons that go on until each difference is decided, or MOST rounds are done."""
    requests, outcomes = [], []
    for _ in range(RUNS):
        answers = rng.normal(MEAN, MEAN * VARIATION, (plan.sets, plan.measures, MOST))
        answers[1:] += effect * SPREAD
        verdicts = [
            [
                decide(Pairs.amounts(of.tolist(), base.tolist()), plan.alpha)
                for of, base in zip(each, answers[0], strict=True)
            ]
            for each in answers[1:]
        ]
        rounds = [max(found.decided_after or MOST for found in each) for each in verdicts]
        requests.append(max(rounds) + sum(rounds))
        outcomes += [found.outcome for each in verdicts for found in each]
    false = {"higher": effect <= 0, "lower": True, "no_larger": effect * SPREAD > SMALLEST_SHARE * MEAN}
    return Found(
        requests,
        fmean(outcome != "open" for outcome in outcomes),
        fmean(false.get(outcome, False) for outcome in outcomes),
    )


def decided_by_t(n: int, effect: float, alpha: float, rng: np.random.Generator) -> float:
    """The share of differences that paired t tests decide after n rounds."""
    mean = rng.normal(effect, 1 / math.sqrt(n), DRAWS)
    error = np.sqrt(rng.chisquare(n - 1, DRAWS) / (n - 1) / n)
    differs = np.abs(mean) > stats.t.ppf(1 - alpha / 2, n - 1) * error
    alike = np.abs(mean) + stats.t.ppf(1 - alpha, n - 1) * error < SMALLEST_SHARE * MEAN / SPREAD
    return float(np.mean(differs | alike))


def fixed_rounds(share: float, effect: float, alpha: float, rng: np.random.Generator) -> int:
    """The fewest rounds after which the t tests decide this share."""
    n = 2
    while decided_by_t(n, effect, alpha, rng) < share:
        n += 1
    return n


def table(plan: Plan) -> None:
    """One line an effect."""
    rng = np.random.default_rng(8)
    one_plan = plan.sets * fixed_rounds(POWER, UNKNOWN, plan.alpha, rng)
    print(f"\n{plan.sets} sets, {plan.measures} measures, at most {MOST} rounds, {RUNS} comparisons an effect")
    print("| effect | until it can tell: median (mean) | decided | wrong | fixed, same power | fixed, effect unknown |")
    print("|---|---|---|---|---|---|")
    for effect in EFFECTS:
        found = until_clear(plan, effect, rng)
        same = plan.sets * fixed_rounds(min(found.decided, 0.99), effect, plan.alpha, rng)
        sent = f"{median(found.requests):.0f} ({fmean(found.requests):.0f})"
        print(f"| {effect:g} sd | {sent} | {found.decided:.0%} | {found.wrong:.1%} | {same} | {one_plan} |")


def main() -> None:
    """One question, then six."""
    for plan in (Plan(2, 1), Plan(3, 3)):
        table(plan)


if __name__ == "__main__":
    main()
