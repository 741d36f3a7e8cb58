"""How much the two answers of a pair differ, worked by hand, and which answers make a pair."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nim_core.measures.diversity import MAX_CHARACTERS, mean_similarity
from nim_core.measures.variety import distinct_answers, varieties, variety

texts = st.text(st.characters(exclude_categories=()), max_size=30)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("kitten", "sitting", 3 / 7),  # k→s, e→i, +g
        ("flaw", "lawn", 2 / 4),  # -f, +n
        ("abc", "abc", 0),
        ("abc", "xyz", 1),
        ("가나다", "가다", 1 / 3),
        ("cafe\u0301", "café", 0),  # decomposed and composed
    ],
)
def test_the_variety_of_two_answers_worked_by_hand(one, other, expected):
    assert variety(one, other) == pytest.approx(expected)


@pytest.mark.parametrize("other", [None, ""])
def test_a_missing_failed_or_empty_answer_has_no_variety(other):
    assert variety("abc", other) is variety(other, "abc") is variety(other, other) is None


def test_long_answers_are_compared_up_to_the_cap():
    assert variety("a" * MAX_CHARACTERS + "b", "a" * MAX_CHARACTERS + "c" * 500) == 0


def test_the_pairs_are_fixed_by_round_number():
    assert varieties({1: "ab", 2: "ac", 3: "ab", 4: "ab"}) == {1: 0.5, 2: 0}


def test_a_failed_answer_takes_the_value_of_its_own_pair_alone():
    assert varieties({1: "ab", 2: None, 3: "ab", 4: "xy"}) == {1: None, 2: 1}


def test_a_pair_that_was_not_run_in_both_rounds_is_not_there():
    assert varieties({1: "ab", 3: "ab", 4: "ab", 5: "ab", 6: "ab", 7: "ab"}) == {2: 0, 3: 0}


def test_distinct_answers_are_counted_among_those_that_came():
    assert distinct_answers({1: "a", 2: "b", 3: "a", 4: None, 5: "", 6: "cafe\u0301", 7: "café"}) == (3, 5)
    assert distinct_answers({}) == (0, 0)


@given(texts, texts)
def test_any_two_answers_differ_by_as_much_either_way_and_by_0_to_1(one, other):
    found = variety(one, other)
    assert found == variety(other, one)
    assert found is None or 0 <= found <= 1


@given(st.lists(texts.filter(bool), min_size=2, max_size=2))
def test_variety_is_what_similarity_leaves(pair):
    assert variety(*pair) in (pytest.approx(1 - mean_similarity(pair)[0]), variety(*pair))


@given(st.lists(texts, max_size=8), st.lists(texts, max_size=4))
def test_later_rounds_change_no_earlier_pair(first, more):
    now = varieties(dict(enumerate(first, 1)))
    later = varieties(dict(enumerate([*first, *more], 1)))
    assert {pair: later[pair] for pair in now} == now
