"""A share's interval at every look, and the difference of two shares."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from nim_core.analysis.sequential import ALPHA, decided
from nim_core.analysis.shares import rounds_without_discord, share_difference, share_interval


@given(st.integers(0, 120), st.integers(0, 120))
def test_a_share_s_interval_ends_where_the_likelihood_is_alpha_of_the_mixture(successes, failures):
    n = successes + failures
    beta = math.exp(special.betaln(successes + 0.5, failures + 0.5) - special.betaln(0.5, 0.5))
    mixture = (successes == n) / 4 + (successes == 0) / 4 + beta / 2
    for end, at_the_edge in zip(share_interval(successes, n), (0.0, 1.0), strict=True):
        likelihood = special.xlogy(successes, end) + special.xlog1py(failures, -end)
        assert end == at_the_edge or likelihood == pytest.approx(math.log(mixture * ALPHA), abs=1e-6)


def test_nothing_is_known_of_a_share_without_rounds():
    assert share_interval(0, 0) == (0.0, 1.0)
    assert share_difference(0, 0, 0) == (-1.0, 1.0)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60))
def test_the_difference_of_shares_is_mirrored_when_the_sets_are_swapped(above, below, equal):
    n = above + below + equal
    low, high = share_difference(above, below, n)
    assert share_difference(below, above, n) == pytest.approx((-high, -low), abs=1e-9)
    assert -1 <= low <= high <= 1


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60))
def test_the_difference_does_not_pass_zero_where_the_coin_is_decided(above, below, equal):
    low, high = share_difference(above, below, above + below + equal)
    side = decided(above, below)
    assert low >= 0 or side != "higher"
    assert high <= 0 or side != "lower"
    assert low <= 0 <= high or side


def test_five_points_need_so_many_rounds_without_a_discord():
    assert [rounds_without_discord(0.05, ALPHA / questions) for questions in (1, 6)] == [97, 133]


@given(st.floats(0.02, 1.0), st.integers(1, 9))
def test_so_many_rounds_without_a_discord_are_just_enough(smallest, questions):
    alpha = ALPHA / questions
    rounds = rounds_without_discord(smallest, alpha)
    assert share_difference(0, 0, rounds, alpha)[1] <= smallest
    assert rounds == 1 or share_difference(0, 0, rounds - 1, alpha)[1] > smallest


def test_no_rounds_show_that_there_is_no_difference_at_all():
    assert rounds_without_discord(0) is None


@pytest.mark.parametrize(
    ("passes", "baseline"), [(0.9, 0.9), (0.5, 0.5), (0.02, 0.02), (1.0, 0.9), (0.6, 0.5), (0.5, 0.02)]
)
def test_the_difference_of_shares_is_covered_at_every_look(passes, baseline):
    rng = np.random.default_rng(17)
    runs, rounds = 400, 100
    a, b = (rng.random((runs, rounds)) < share for share in (passes, baseline))
    above, below = np.cumsum(a & ~b, axis=1), np.cumsum(b & ~a, axis=1)
    missed = 0
    for ups, downs in zip(above.tolist(), below.tolist(), strict=True):
        intervals = (share_difference(up, down, n) for n, (up, down) in enumerate(zip(ups, downs, strict=True), 1))
        missed += any(not low <= passes - baseline <= high for low, high in intervals)
    assert missed / runs <= ALPHA
