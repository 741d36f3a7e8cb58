"""What is promised of looking after every round, simulated: seeded, vectorised over thousands of comparisons."""

import numpy as np
import pytest
from scipy import stats

from nim_core.analysis.pairs import Pairs
from nim_core.analysis.sequential import ALPHA, decided, interval_rank
from nim_core.analysis.verdict import decide

RUNS, ROUNDS = 3000, 100
SHAPES = {
    "normal": lambda rng, size: rng.normal(size=size),
    "log-normal": lambda rng, size: rng.lognormal(size=size),
    "exponential": lambda rng, size: rng.exponential(size=size),
    "zero-inflated": lambda rng, size: (rng.random(size) < 0.1) * rng.exponential(size=size),
    "binary": lambda rng, size: (rng.random(size) < 0.5) * 1.0,
    "rare binary": lambda rng, size: (rng.random(size) < 0.05) * 1.0,
    "Cauchy": lambda rng, size: rng.standard_cauchy(size),
    "t with two degrees": lambda rng, size: rng.standard_t(2, size),
}
# Two sets of unlike shape of which either is as often above as below: a constant beside its like median, and two
# that are symmetric about one value.
UNLIKE = {
    "constant and exponential": lambda rng, size: np.log(2) - rng.exponential(size=size),
    "constant and log-normal": lambda rng, size: 1 - rng.lognormal(size=size),
    "normal and Cauchy": lambda rng, size: 0.1 * rng.normal(size=size) - rng.standard_cauchy(size),
    "narrow and wide": lambda rng, size: rng.uniform(-0.5, 0.5, size) - 5 * rng.standard_t(2, size),
}


def alike(shape):
    return lambda rng, size: SHAPES[shape](rng, size) - SHAPES[shape](rng, size)


DIFFERENCES = {f"{shape}, alike": alike(shape) for shape in SHAPES} | UNLIKE


def calls(differences, alpha):
    """Whether the coin test was decided in each run at any of its looks; one row a run."""
    most = differences.shape[1]
    table = np.array(
        [[n > 0 and k <= n and bool(decided(k, n - k, alpha)) for k in range(most + 1)] for n in range(most + 1)]
    )
    above, below = (np.cumsum(side, axis=1) for side in (differences > 0, differences < 0))
    return table[above + below, above].any(axis=1)


def misses(differences, median, alpha, first=5):
    """Whether the interval of each run left out the true median at any look from `first` rounds on."""
    missed = np.zeros(len(differences), bool)
    for n in range(first, differences.shape[1] + 1):
        if rank := interval_rank(n, alpha):
            ordered = np.sort(differences[:, :n], axis=1)
            missed |= (ordered[:, rank - 1] > median) | (ordered[:, -rank] < median)
    return missed


def t_statistics(differences):
    """Student's t of the first n rounds, for n from 2 on; 0 where nothing varies yet."""
    n = np.arange(1, differences.shape[1] + 1)
    mean = np.cumsum(differences, axis=1) / n
    square = np.cumsum(differences**2, axis=1) - n * mean**2
    with np.errstate(invalid="ignore", divide="ignore"):
        t = mean[:, 1:] / np.sqrt(np.maximum(square[:, 1:], 0) / (n[1:] - 1) / n[1:])
    return np.where(square[:, 1:] > 1e-9, t, 0.0), n[1:]


def naive_calls(differences, alpha, first=3):
    """Student's t at a fixed level, looked at after every round."""
    t, n = t_statistics(differences)
    return (np.abs(t) > stats.t.ppf(1 - alpha / 2, n - 1))[:, first - 2 :].any(axis=1)


def anytime_t_calls(differences, alpha):
    """An anytime-valid t: the Bayes factor with a unit normal prior on the effect size (Gönen et al. 2005)."""
    t, n = t_statistics(differences)
    ratio = (1 + t**2 / (n - 1)) / (1 + t**2 / ((n - 1) * (1 + n)))
    return (n / 2 * np.log(ratio) - np.log1p(n) / 2 >= np.log(1 / alpha)).any(axis=1)


@pytest.mark.parametrize("shape", SHAPES)
def test_luck_is_rarely_called_a_difference_over_100_looks(shape):
    differences = alike(shape)(np.random.default_rng(20), (RUNS, ROUNDS))
    coin, naive, anytime = (call(differences, ALPHA).mean() for call in (calls, naive_calls, anytime_t_calls))
    print(f"{shape}: coin test {coin:.1%}, t at every look {naive:.1%}, anytime-valid t {anytime:.1%}")
    assert coin <= ALPHA


@pytest.mark.parametrize("name", UNLIKE)
def test_unlike_shapes_are_rarely_called_a_difference_where_either_is_above_as_often(name):
    called = calls(UNLIKE[name](np.random.default_rng(20), (RUNS, ROUNDS)), ALPHA).mean()
    print(f"{name}: coin test {called:.1%}")
    assert called <= ALPHA


def test_a_t_test_at_every_look_calls_luck_a_difference_far_too_often():
    assert naive_calls(alike("normal")(np.random.default_rng(20), (RUNS, ROUNDS)), ALPHA).mean() > 0.15


@pytest.mark.parametrize(
    ("name", "values", "median"),
    [
        # Of the other values nine in ten lie about 0, of which the middle of all is the 5/9 quantile.
        ("rare loops", lambda rng, size: np.where(rng.random(size) < 0.1, 1, rng.normal(0, 0.01, size)), 0.00139710),
        ("an exponential", lambda rng, size: rng.exponential(0.1, size), 0.1 * np.log(2)),
    ],
    ids=["rare loops", "an exponential"],
)
def test_the_interval_covers_where_a_constant_meets_rare_loops_of_the_same_mean(name, values, median):
    """A t, also one that is valid at any time, sees only the rounds before the first loop."""
    differences = 0.1 - values(np.random.default_rng(21), (RUNS, ROUNDS))
    naive, anytime = (call(differences, ALPHA).mean() for call in (naive_calls, anytime_t_calls))
    missed = misses(differences, 0.1 - median, ALPHA).mean()
    print(f"a constant against {name}: t at every look {naive:.1%}, anytime-valid t {anytime:.1%}, missed {missed:.1%}")
    assert missed <= ALPHA


@pytest.mark.parametrize("name", DIFFERENCES)
def test_the_interval_covers_the_typical_difference_at_every_look(name):
    """Each of these differences has the median 0; a shift moves it and its interval alike."""
    differences = 3.0 + DIFFERENCES[name](np.random.default_rng(22), (RUNS, ROUNDS))
    missed = misses(differences, 3.0, ALPHA).mean()
    print(f"{name}: {missed:.1%} missed")
    assert missed <= ALPHA


def test_six_questions_of_one_comparison_hold_together():
    """Three sets in three measures of one answer, which vary together; both sets share the baseline's answers."""
    rng = np.random.default_rng(23)
    together = np.linalg.cholesky([[1, 0.6, 0.3], [0.6, 1, 0.3], [0.3, 0.3, 1]])
    answers = rng.normal(size=(3, RUNS, ROUNDS, 3)) @ together.T
    measures = [answers[..., 0], np.exp(answers[..., 1]), np.where(answers[..., 2] > 1.28, answers[..., 2], 0.0)]
    differences = [measure[each] - measure[0] for measure in measures for each in (1, 2)]
    called = np.any([calls(each, ALPHA / 6) for each in differences], axis=0).mean()
    missed = np.any([misses(each, 0.0, ALPHA / 6) for each in differences], axis=0).mean()
    alone = np.any([calls(each, ALPHA) for each in differences], axis=0).mean()
    print(f"six questions: {called:.1%} called, {missed:.1%} missed; without sharing alpha {alone:.1%} called")
    assert max(called, missed) <= ALPHA < alone


@pytest.mark.parametrize("effect", [0.0, 21.0, 40.0])
def test_no_verdict_says_what_is_not_so(effect):
    """Differences of 25 about the effect, where 20 of the baseline's 100 matter."""
    rng = np.random.default_rng(24)
    wrong, runs = 0, 600
    for _ in range(runs):
        baseline = rng.normal(100, 1, ROUNDS)
        values = baseline + rng.normal(effect, 25, ROUNDS)
        found = decide(Pairs.amounts(values.tolist(), baseline.tolist(), 0.2))
        false = {"no_larger": effect > found.smallest, "higher": effect <= 0, "lower": effect >= 0}
        wrong += false.get(found.outcome, False)
    assert wrong / runs <= ALPHA


@pytest.mark.parametrize("name", ["normal, alike", "zero-inflated, alike", "rare binary, alike"])
def test_the_verdict_decides_where_the_simulation_says(name):
    """The tables by which the others count are the product's own walk over the rounds."""
    differences = DIFFERENCES[name](np.random.default_rng(25), (200, ROUNDS))
    nothing_matters = (-1.0,) * ROUNDS
    walked = [decide(Pairs(tuple(each), nothing_matters)).decided_after is not None for each in differences.tolist()]
    assert walked == calls(differences, ALPHA).tolist()
