"""How different the answers of one set are: pairs worked by hand, bounds, odd texts."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nim_core.measures.diversity import MAX_CHARACTERS, MAX_PAIRS, diversity


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("kitten", "sitting", 1 - 3 / 7),  # k→s, e→i, +g
        ("flaw", "lawn", 1 - 2 / 4),  # -f, +n
        ("abc", "abc", 1.0),
        ("abc", "xyz", 0.0),
        ("", "abcd", 0.0),  # four insertions
        ("", "", 1.0),
        ("가나다", "가다", 1 - 1 / 3),
    ],
)
def test_similarity_of_a_pair_worked_by_hand(a, b, expected):
    assert diversity([a, b]).similarity == pytest.approx(expected)


def test_similarity_is_the_mean_over_all_pairs():
    """ab-ab 1, ab-ac 1/2 twice: (1 + 1/2 + 1/2) / 3 = 2/3."""
    found = diversity(["ab", "ab", "ac"])
    assert found.similarity == pytest.approx(2 / 3)
    assert (found.answers, found.distinct, found.pairs, found.sampled, found.shortened) == (3, 2, 3, False, False)


def test_many_answers_are_sampled_and_long_ones_shortened_and_it_says_so():
    chance = random.Random(1)
    texts = ["".join(chance.choices("abcdef ", k=MAX_CHARACTERS + 1)) for _ in range(60)]
    found = diversity(texts)
    assert (found.pairs, found.sampled, found.shortened) == (MAX_PAIRS, True, True)
    assert found == diversity(texts)


def test_the_sampled_similarity_is_near_that_of_all_pairs():
    texts = ["a" * 10] * 50 + ["b" * 10] * 50
    assert diversity(texts).similarity == pytest.approx(49 / 99, abs=0.05)  # pairs of one letter: 2·C(50,2) / C(100,2)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["abc", "abd"], 2),
        (["abc", "abc"], None),
        (["abc"], None),
        ([], None),
        (["ab", "abc"], 2),
        (["x", "y"], 0),
        (["", "y"], 0),
        (["the cafe", "the cafe\u0301 x"], 7),  # the accent belongs to the e
        (["🇰🇷", "🇰🇵"], 0),  # flags that share their first half
        (["a🇰🇷b", "a🇰🇷c"], 2),
        (["e\u0301a", "éb"], 1),  # decomposed and composed
    ],
)
def test_the_first_divergence_counts_the_graphemes_that_all_answers_share(texts, expected):
    assert diversity(texts).first_divergence == expected


def test_pairs_of_the_pool_do_not_span_two_answers():
    """ab, bc and ab, bd: 4 pairs, 3 differ."""
    assert diversity(["a b c", "a b d"]).distinct_2 == pytest.approx(3 / 4)


def test_answers_in_words_and_in_graphemes_have_no_common_pool():
    assert diversity(["one two three", "한국어 문장입니다"]).distinct_2 is None


def test_no_answers_have_no_diversity():
    found = diversity([])
    assert (found.answers, found.distinct, found.similarity, found.pairs, found.distinct_2) == (0, 0, None, 0, None)


@given(st.lists(st.text(st.characters(exclude_categories=()), max_size=12), max_size=6))
@settings(deadline=None, max_examples=150)
def test_any_answers_at_all_give_numbers_in_range_or_none(texts):
    found = diversity(texts)
    assert 0 <= found.distinct <= found.answers == len(texts)
    assert found.similarity is None or 0 <= found.similarity <= 1
    assert found.distinct_2 is None or 0 <= found.distinct_2 <= 1
    assert (found.first_divergence is None) == (found.distinct < 2)
