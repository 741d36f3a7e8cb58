"""The coin test against scipy, by exact counting, and by what it promises."""

import math
from fractions import Fraction
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from nim_core.analysis.sequential import (
    ALPHA,
    decided,
    evidence,
    interval_rank,
    likely_rounds,
    median_interval,
    unanimous_rounds,
)

ALPHAS = [ALPHA, ALPHA / 2, ALPHA / 6, ALPHA / 9]
counts = st.integers(0, 300)


def open_paths(alpha, lean, most):
    """For each number of rounds the share of coins of this lean that nothing has decided up to there."""
    paths = {0: 1.0}
    for n in range(1, most + 1):
        longer = {}
        for above, chance in paths.items():
            for more, step in ((1, lean), (0, 1 - lean)):
                if not decided(above + more, n - above - more, alpha):
                    longer[above + more] = longer.get(above + more, 0.0) + chance * step
        paths = longer
        yield sum(paths.values())


@given(counts, counts)
def test_the_evidence_is_the_mixture_of_the_formula(above, below):
    n = above + below
    beta = special.betaln(above + 0.5, below + 0.5) - special.betaln(0.5, 0.5)
    expected = n * math.log(2) + math.log((above == n) / 4 + (above == 0) / 4 + math.exp(beta) / 2)
    assert math.log(evidence(above, below)) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(("above", "below"), [(0, 0), (1, 0), (3, 2), (6, 0), (9, 3)])
def test_the_evidence_is_exact_in_whole_numbers(above, below):
    """B(k + 1/2, n - k + 1/2) / B(1/2, 1/2) is a product of odd numbers over a product of even ones."""
    n, drawn = above + below, Fraction(1)
    for side in (above, below):
        for each in range(side):
            drawn *= Fraction(2 * each + 1, 2)
    drawn /= math.factorial(n)
    expected = 2**n * (Fraction(above == n, 4) + Fraction(above == 0, 4) + drawn / 2)
    assert evidence(above, below) == pytest.approx(float(expected), rel=1e-12)


@given(counts, counts)
def test_a_fair_coin_is_expected_to_leave_the_evidence_as_it_is(above, below):
    assert (evidence(above + 1, below) + evidence(above, below + 1)) / 2 == pytest.approx(evidence(above, below))


@given(counts, counts, st.sampled_from(ALPHAS))
def test_the_two_sides_are_treated_alike(above, below, alpha):
    mirrored = {None: None, "higher": "lower", "lower": "higher"}
    assert decided(above, below, alpha) == mirrored[decided(below, above, alpha)]


def test_evidence_beyond_every_number_decides_still():
    assert evidence(2000, 0) == math.inf
    assert decided(2000, 0) == "higher"


@pytest.mark.parametrize("alpha", ALPHAS)
def test_a_fair_coin_looked_at_after_each_of_200_rounds_is_rarely_called_unfair(alpha):
    assert 1 - list(open_paths(alpha, 0.5, 200))[-1] <= alpha


def test_the_unanimous_rounds_are_those_of_the_table():
    assert [unanimous_rounds(ALPHA / questions) for questions in (1, 2, 4, 6, 9)] == [6, 7, 8, 9, 10]


@pytest.mark.parametrize(
    ("alpha", "ranks"),
    [
        (ALPHA, {5: 0, 6: 1, 7: 1, 12: 1, 13: 2, 20: 3, 30: 7, 50: 14}),
        (ALPHA / 6, {8: 0, 9: 1, 20: 3, 30: 5, 50: 12}),
    ],
)
def test_the_interval_ends_at_the_order_statistics_of_the_table(alpha, ranks):
    assert {n: interval_rank(n, alpha) for n in ranks} == ranks
    for n, rank in ranks.items():
        assert median_interval(range(1, n + 1), alpha) == ((rank, n + 1 - rank) if rank else None)


differences = st.lists(st.integers(-4, 4), min_size=1, max_size=40)


@given(differences, st.sampled_from(ALPHAS))
def test_the_interval_is_the_coin_test_turned_round_with_ties_on_whichever_side_keeps_a_value_in(values, alpha):
    def is_in(m):
        above, ties = sum(each > m for each in values), sum(each == m for each in values)
        return any(not decided(k, len(values) - k, alpha) for k in range(above, above + ties + 1))

    candidates = [each / 2 for each in range(-10, 11)]
    found = median_interval(sorted(values), alpha)
    low, high = found or (-math.inf, math.inf)
    assert [m for m in candidates if is_in(m)] == [m for m in candidates if low <= m <= high]


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60), st.sampled_from(ALPHAS))
def test_the_median_lies_in_its_interval(values, alpha):
    found = median_interval(sorted(values), alpha)
    if found:
        assert found[0] <= sorted(values)[len(values) // 2] <= found[1]


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=60), st.sampled_from(ALPHAS))
def test_an_interval_that_leaves_out_no_difference_at_all_means_a_decided_coin(values, alpha):
    low, high = median_interval(sorted(values), alpha) or (0, 0)
    side = decided(sum(each > 0 for each in values), sum(each < 0 for each in values), alpha)
    assert low <= 0 or side == "higher"
    assert high >= 0 or side == "lower"


@pytest.mark.parametrize(
    ("effect", "one", "six"),
    [(2.0, 6, 9), (1.5, 6, 9), (1.0, 17, 24), (0.5, 64, 92)],
)
def test_the_likely_rounds_of_normal_data_are_those_of_the_table(effect, one, six):
    """An effect in standard deviations of the differences; the table's 90 for the last was simulated."""
    lean = NormalDist().cdf(effect)
    assert (likely_rounds(lean), likely_rounds(lean, ALPHA / 6)) == (one, six)


@pytest.mark.parametrize("lean", [0.7, 0.9, 1.0])
def test_the_likely_rounds_are_where_half_of_all_coins_are_decided(lean):
    still_open = list(open_paths(ALPHA, lean, 100))
    assert likely_rounds(lean) == next(n for n, share in enumerate(still_open, 1) if share <= 0.5)


def test_a_fair_coin_has_no_likely_rounds():
    assert likely_rounds(0.5, most=200) is None


def test_it_pays_to_look_often_only_with_the_coin_test():
    """A fixed binomial test at 5%, looked at after each of 100 rounds, calls a fair coin unfair far too often."""
    paths, called = {0: 1.0}, 0.0
    for n in range(1, 101):
        longer = {}
        for above, chance in paths.items():
            for k in (above, above + 1):
                longer[k] = longer.get(k, 0.0) + chance / 2
        critical = stats.binom.ppf(0.025, n, 0.5)
        paths = {k: chance for k, chance in longer.items() if critical <= k <= n - critical}
        called += sum(longer.values()) - sum(paths.values())
    assert called > 0.15
