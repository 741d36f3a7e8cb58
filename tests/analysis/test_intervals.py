"""Intervals, differences and needed repeats against scipy, published tables and simulation."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from nim_core.analysis.intervals import change_shown, contrast, mean_interval, repeats_needed

A = [12.1, 14.5, 11.0, 13.3, 15.8, 12.9]
B = [10.2, 11.1, 9.4, 12.0, 10.9, 11.5]
C = [9.0, 30.5, 14.2, 22.8]


pytestmark = pytest.mark.filterwarnings("error")


@pytest.mark.parametrize("values", [A, B, C])
def test_the_t_interval_of_a_mean_is_that_of_scipy(values):
    found = mean_interval(values)
    expected = stats.t.interval(0.95, len(values) - 1, loc=sum(values) / len(values), scale=stats.sem(values))
    assert (found.low, found.high) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("freedom", "t"),
    [(1, 12.706), (2, 4.303), (4, 2.776), (9, 2.262), (29, 2.045), (60, 2.000), (100, 1.984)],
)
def test_the_t_interval_is_that_of_a_published_table(freedom, t):
    """Upper critical values of Student's t at 0.975, NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2.

    The values 0 and 2 in equal numbers (or one more of 0) have a known mean and deviation; half the width
    of the interval over s / √n is t.
    """
    n = freedom + 1
    values = [2.0 * (index % 2) for index in range(n)]
    mean = sum(values) / n
    deviation = math.sqrt(sum((value - mean) ** 2 for value in values) / freedom)
    found = mean_interval(values)
    assert (found.high - found.estimate) / (deviation / math.sqrt(n)) == pytest.approx(t, abs=0.0006)


def test_a_mean_on_the_log_scale_is_geometric_with_an_interval_of_ratios():
    """1, 10, 100: logs 0, 1, 2 times ln 10, mean 10, s = ln 10, so the ends are 10 · 10^(±4.302653/√3)."""
    found = mean_interval([1.0, 10.0, 100.0], "log")
    assert found.estimate == pytest.approx(10)
    assert found.high == pytest.approx(10 * 10 ** (4.302652729 / math.sqrt(3)))
    assert found.low == pytest.approx(10 / 10 ** (4.302652729 / math.sqrt(3)))


@pytest.mark.parametrize(("a", "b"), [(A, B), (B, C), (C, A)])
def test_the_difference_is_welchs_as_scipy_has_it(a, b):
    expected = stats.ttest_ind(a, b, equal_var=False)
    ends = expected.confidence_interval(0.95)
    found = contrast(a, b)
    assert (found.absolute.low, found.absolute.high) == pytest.approx((ends.low, ends.high))
    assert found.p == pytest.approx(expected.pvalue)
    assert not found.paired


def test_the_paired_difference_is_that_of_scipy():
    expected = stats.ttest_rel(A, B)
    ends = expected.confidence_interval(0.95)
    found = contrast(A, B, paired=True)
    assert (found.absolute.low, found.absolute.high) == pytest.approx((ends.low, ends.high))
    assert found.p == pytest.approx(expected.pvalue)
    assert found.paired


def test_the_ratio_on_the_log_scale_is_the_difference_of_logarithms():
    expected = stats.ttest_ind([math.log(x) for x in A], [math.log(x) for x in B], equal_var=False)
    ends = expected.confidence_interval(0.95)
    found = contrast(A, B, "log")
    assert (found.ratio.low, found.ratio.high) == pytest.approx((math.exp(ends.low), math.exp(ends.high)))
    base = stats.gmean(B)
    assert found.absolute.estimate == pytest.approx(stats.gmean(A) - base)
    assert found.absolute.low == pytest.approx(base * (math.exp(ends.low) - 1))


def test_fiellers_interval_holds_the_ratios_that_a_t_test_does_not_reject():
    """At each end r of the paired interval, the t statistic of a - r·b has exactly the critical value."""
    found = contrast(A, B, paired=True)
    critical = stats.t.ppf(0.975, len(A) - 1)
    for end in (found.ratio.low, found.ratio.high):
        statistic = stats.ttest_1samp([x - end * y for x, y in zip(A, B, strict=True)], 0).statistic
        assert abs(statistic) == pytest.approx(critical)


values = st.lists(st.floats(0.01, 1e6), min_size=2, max_size=8)


@given(values, values, st.sampled_from(["linear", "log"]), st.booleans())
@settings(deadline=None, max_examples=300)
def test_any_two_samples_give_a_difference_and_a_ratio_that_agree(a, b, scale, paired):
    a = a[: len(b)] if paired else a
    b = b[: len(a)] if paired else b
    found = contrast(a, b, scale, paired=paired)
    absolute, ratio = found.absolute, found.ratio
    assert absolute.low <= absolute.estimate <= absolute.high
    assert found.p is None or 0 <= found.p <= 1
    width = absolute.high - absolute.low
    near = 1e-6 * (abs(absolute.estimate) + width)
    if ratio is not None and ratio.low is not None and min(abs(absolute.low), abs(absolute.high)) > near:
        assert (ratio.low > 1) == (absolute.low > 0)
        assert (ratio.high < 1) == (absolute.high < 0)


def test_a_ratio_to_a_baseline_that_may_be_zero_has_no_interval():
    found = contrast([1.0, 2.0], [-1.0, 3.0])
    assert (found.ratio.low, found.ratio.high) == (None, None)
    assert contrast([1.0, 2.0], [0.0, 0.0]).ratio is None


def test_no_value_has_no_mean_and_one_value_has_no_interval():
    assert mean_interval([]) is None
    one = mean_interval([3.0])
    assert (one.estimate, one.low, one.high) == (3.0, None, None)
    assert contrast([3.0], [1.0, 2.0]) is None


@pytest.mark.parametrize("scale", ["linear", "log"])
def test_values_that_are_all_equal_have_an_interval_of_no_width(scale):
    found = mean_interval([0.1] * 7, scale)
    assert found.estimate == pytest.approx(0.1)
    assert found.low == found.estimate == found.high
    both = contrast([0.1] * 7, [0.1] * 3, scale)
    assert (both.absolute.low, both.absolute.high, both.p) == (0, 0, None)


def test_pairs_that_differ_alike_by_coincidence_do_not_make_an_interval_of_no_width():
    found = contrast([13.0, 15.0], [10.0, 12.0], paired=True)
    assert not found.paired
    assert found.absolute.low < 0 < found.absolute.high


@pytest.mark.parametrize(
    ("effect", "paired", "expected"),
    [(0.2, False, 394), (0.5, False, 64), (0.8, False, 26), (0.2, True, 199), (0.5, True, 34), (0.8, True, 15)],
)
def test_the_repeats_needed_are_those_of_published_tables(effect, paired, expected):
    """Cohen's small, medium and large effects at two-sided 5% and power 80%, as G*Power 3.1 tabulates them."""
    assert repeats_needed(1.0, effect, paired=paired) == expected


def test_no_effect_needs_no_number_and_no_spread_needs_two_repeats():
    assert repeats_needed(1.0, 0.0) is None
    assert repeats_needed(0.0, 1.0) == 2
    assert repeats_needed(1.0, 1e9) == 2


def test_the_needed_repeats_find_the_effect_in_four_of_five_simulated_runs():
    chance = random.Random(11)
    n = repeats_needed(1.0, 1.0)
    runs = 1_500
    found = 0
    for _ in range(runs):
        a = [chance.gauss(1, 1) for _ in range(n)]
        b = [chance.gauss(0, 1) for _ in range(n)]
        found += contrast(a, b).absolute.low > 0
    assert 0.76 < found / runs < 0.85


def test_five_repeats_show_a_change_of_about_half():
    assert change_shown(5) == pytest.approx(0.5, abs=0.02)
    assert change_shown(1) is None
    assert change_shown(repeats_needed(0.25, 0.2)) <= 0.2


def coverage(n: int, *, log_normal: bool, scale: str, runs: int = 4_000) -> float:
    """The share of simulated samples whose interval holds the true mean (geometric mean on the log scale)."""
    chance = random.Random(n)
    truth = math.exp(0.5) if log_normal and scale == "linear" else 1.0 if log_normal else 0.0
    held = 0
    for _ in range(runs):
        sample = [chance.gauss(0, 1) for _ in range(n)]
        found = mean_interval([math.exp(x) for x in sample] if log_normal else sample, scale)
        held += found.low <= truth <= found.high
    return held / runs


@pytest.mark.parametrize("n", [3, 5, 10, 30])
def test_the_95_percent_interval_holds_the_mean_of_normal_data_in_93_to_97_percent(n):
    covered = coverage(n, log_normal=False, scale="linear")
    print(f"n = {n}: {covered:.1%} of normal samples")  # noqa: T201  # the figures are the point
    assert 0.93 <= covered <= 0.97


@pytest.mark.parametrize("n", [3, 5, 10, 30])
def test_log_normal_data_are_covered_on_the_log_scale_and_not_on_the_linear_one(n):
    on_log, on_linear = (coverage(n, log_normal=True, scale=scale) for scale in ("log", "linear"))
    print(f"n = {n}: log-normal, log scale {on_log:.1%}, linear scale {on_linear:.1%}")  # noqa: T201  # as above
    assert 0.93 <= on_log <= 0.97
    assert on_linear < 0.93
