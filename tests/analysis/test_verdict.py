"""What the rounds of one question say, and that the first decision stands."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nim_core.analysis.pairs import Pairs
from nim_core.analysis.sequential import ALPHA
from nim_core.analysis.verdict import decide

values = st.lists(st.tuples(st.integers(1, 60), st.integers(1, 60)), max_size=60)


def first(pairs, rounds):
    return Pairs(pairs.differences[:rounds], pairs.smallest[:rounds], pairs.kind)


def against(baseline, *differences):
    return Pairs.amounts([baseline + each for each in differences], [baseline] * len(differences))


def test_rounds_that_all_lean_up_say_higher():
    found = decide(against(100, 40, 30, 70, 50, 60, 80))
    assert (found.outcome, found.above, found.below, found.equal, found.rounds) == ("higher", 6, 0, 0, 6)
    assert (found.typical, found.low, found.high) == (55, 30, 80)


def test_rounds_that_all_lean_down_say_lower():
    found = decide(against(100, -40, -30, -70, -50, -60, -80))
    assert (found.outcome, found.typical, found.low, found.high) == ("lower", -55, -80, -30)


def test_fewer_rounds_than_can_decide_leave_it_open():
    found = decide(against(100, 40, 30, 70, 50, 60))
    assert (found.outcome, found.typical, found.low, found.high, found.decided_after) == ("open", 50, None, None, None)


def test_more_questions_need_more_rounds():
    rounds = [against(100, *[40] * n) for n in (8, 9)]
    assert [decide(pairs, ALPHA / 6).outcome for pairs in rounds] == ["open", "higher"]


@pytest.mark.parametrize("rounds", [0, 1])
def test_below_two_pairs_there_are_too_few(rounds):
    assert decide(against(100, *[40] * rounds)).outcome == "too_few"


def test_a_single_pair_shows_its_difference_without_an_interval():
    found = decide(against(100, 40))
    assert (found.typical, found.low, found.high) == (40, None, None)


def test_a_difference_that_would_not_matter_is_no_larger_even_when_every_round_leans_one_way():
    found = decide(against(100, 4, 3, 7, 5, 6, 8))
    assert (found.outcome, found.smallest, found.above) == ("no_larger", 20, 6)


def test_a_difference_just_as_large_as_the_smallest_that_matters_is_no_larger():
    assert decide(against(100, *[20] * 6)).outcome == "no_larger"
    assert decide(against(100, *[21] * 6)).outcome == "higher"


def test_the_smallest_that_matters_follows_the_baseline_s_mean_so_far():
    assert Pairs.amounts([0, 0, 0], [10, 20, 60], 0.1).smallest == pytest.approx((1, 1.5, 3))


def test_no_round_that_differs_says_equal_after_as_many_as_could_have_decided():
    assert [decide(against(100, *[0] * n)).outcome for n in (5, 6)] == ["open", "equal"]
    assert decide(against(100, *[0] * 6)).decided_after == 6


def test_what_was_equal_and_then_differs_is_no_larger():
    found = decide(against(100, *[0] * 6, *[50] * 6))
    assert (found.outcome, found.decided_after, found.above, found.equal) == ("no_larger", 6, 6, 6)


def test_ties_are_skipped_by_the_coin_and_counted():
    found = decide(against(100, 40, 0, 30, 0, 70, 50, 60, 80))
    assert (found.outcome, found.above, found.equal, found.decided_after) == ("higher", 6, 2, 8)


def test_rare_rounds_that_stand_out_are_no_typical_difference():
    found = decide(Pairs.points([0.0] * 4 + [0.9] + [0.0] * 14 + [0.8], [0.0] * 20))
    assert (found.outcome, found.low, found.high, found.above) == ("no_larger", 0, 0, 2)


def test_latencies_are_compared_by_ratio():
    found = decide(Pairs.ratios([2.0, 3.0, 4.0, 6.0, 2.5, 3.0], [1.0] * 6))
    assert (found.outcome, found.smallest) == ("higher", pytest.approx(1.2))
    assert (found.typical, found.low, found.high) == pytest.approx((3, 2, 6))


def test_a_ratio_that_nobody_would_notice_is_no_larger():
    assert decide(Pairs.ratios([1.01] * 6, [1.0] * 6)).outcome == "no_larger"


@pytest.mark.parametrize("ratio", [1.19, 1 / 1.19])
def test_what_matters_of_a_ratio_is_the_same_for_whichever_is_slower(ratio):
    assert decide(Pairs.ratios([ratio] * 6, [1.0] * 6)).outcome == "no_larger"


def test_checks_are_compared_by_the_shares_that_pass():
    found = decide(Pairs.passes([True] * 10, [False] * 7 + [True] * 3))
    assert (found.outcome, found.above, found.equal, found.typical) == ("higher", 7, 3, 0.7)
    assert 0 < found.low < found.high < 1


def test_checks_without_a_discord_are_equal_and_open_until_their_shares_are_known():
    outcomes = {n: decide(Pairs.passes([True] * n, [True] * n)) for n in (5, 6, 96, 97)}
    assert [each.outcome for each in outcomes.values()] == ["open", "equal", "equal", "no_larger"]
    assert [each.decided_after for each in outcomes.values()] == [None, None, None, 97]


def test_the_first_decision_stands_when_later_rounds_turn_round():
    found = decide(against(100, *[40] * 6, *[-40] * 10))
    assert (found.outcome, found.decided_after, found.above, found.below) == ("higher", 6, 6, 10)
    assert (found.low, found.high) == (0, 40)


@given(values, st.sampled_from([Pairs.amounts, Pairs.points, Pairs.ratios]), st.sampled_from([ALPHA, ALPHA / 6]))
def test_looking_at_other_moments_changes_no_decision(rounds, of, alpha):
    pairs = of([value for value, _ in rounds], [base for _, base in rounds])
    last = decide(pairs, alpha)
    for n in range(len(rounds)):
        then = decide(first(pairs, n), alpha)
        if then.decided_after:
            assert then.decided_after == last.decided_after
            assert then.outcome == last.outcome or then.outcome == "equal"
        else:
            assert not last.decided_after or last.decided_after > n


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=120), st.sampled_from([0.05, 0.3, 0.6]))
def test_looking_at_other_moments_changes_no_decision_about_checks(rounds, smallest):
    pairs = Pairs.passes([value for value, _ in rounds], [base for _, base in rounds], smallest)
    last = decide(pairs)
    if last.decided_after:
        assert decide(first(pairs, last.decided_after)).outcome == last.outcome
        assert decide(first(pairs, last.decided_after - 1)).decided_after is None


@given(values)
def test_the_interval_agrees_with_what_was_decided(rounds):
    found = decide(Pairs.amounts([value for value, _ in rounds], [base for _, base in rounds]))
    if found.outcome == "higher":
        assert found.low >= 0
    elif found.outcome == "lower":
        assert found.high <= 0
    elif found.outcome == "no_larger":
        assert -found.smallest <= found.low <= found.high <= found.smallest
    assert found.above + found.below + found.equal == found.rounds == len(rounds)


@given(values.filter(lambda rounds: len(rounds) > 1), st.sampled_from([0.001, 1000.0]))
def test_latencies_give_one_verdict_in_seconds_and_in_milliseconds(rounds, factor):
    a, b = [value * 1.01 for value, _ in rounds], [base for _, base in rounds]
    here = decide(Pairs.ratios(a, b))
    there = decide(Pairs.ratios([each * factor for each in a], [each * factor for each in b]))
    assert (here.outcome, here.above) == (there.outcome, there.above)
    assert math.isclose(here.typical, there.typical)


def test_values_and_baseline_must_be_of_the_same_rounds():
    with pytest.raises(ValueError, match="shorter"):
        Pairs.points([0.1, 0.2], [0.1])
