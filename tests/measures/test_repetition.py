"""Repeated n-grams, the longest repeat and distinct bigrams: known answers, nltk's counts, brute force."""

import json
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nim_core.measures import measure_text
from nim_core.measures.longest_repeat import longest_repeat, longest_repeat_length
from nim_core.measures.repetition import distinct_2, distinct_ngrams, repetition
from nim_core.measures.segmentation import Numbers, grapheme_numbers, numbered

NLTK = json.loads((Path(__file__).parent / "data" / "nltk.json").read_text("utf-8"))["cases"]


@pytest.mark.parametrize("case", NLTK, ids=lambda case: " ".join(case["units"])[:30])
@pytest.mark.parametrize("n", [2, 4, 8])
def test_n_grams_are_counted_as_nltk_counts_them(case, n):
    total, distinct = case[f"{n}-grams"]
    assert max(len(case["units"]) - n + 1, 0) == total
    assert distinct_ngrams(numbered(case["units"]), n) == distinct


def test_repetition_of_a_text_worked_by_hand():
    """`a b c d a b c d` has 5 four-grams: abcd, bcda, cdab, dabc, abcd; 4 differ, so 1 - 4/5 = 0.2."""
    assert repetition(numbered("abcdabcd"), 4) == pytest.approx(0.2)


def test_distinct_pairs_of_a_text_worked_by_hand():
    """`a b a b` has 3 pairs: ab, ba, ab; 2 differ, so 2/3."""
    assert distinct_2(numbered("abab")) == pytest.approx(2 / 3)


def test_a_text_shorter_than_one_n_gram_has_no_repetition_value():
    assert repetition(numbered("abc"), 4) is None
    assert distinct_2(numbered("a")) is None
    assert measure_text("one two three").repetition_unit is None


@given(st.lists(st.sampled_from("abcdefghij"), min_size=1, max_size=30), st.integers(2, 6))
@settings(deadline=None, max_examples=100)
def test_a_text_repeated_k_times_repeats_at_least_what_its_length_allows(items, times):
    """N units repeated k times have at most N different n-grams, so repetition is at least 1 - N / (kN - n + 1)."""
    found = repetition(numbered(items * times), 4)
    grams = len(items) * times - 4 + 1
    assert found is None if grams < 1 else found >= 1 - len(items) / grams - 1e-12


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ("a", 0),
        ("abc", 0),
        ("aa", 1 / 2),
        ("aaa", 1 / 3),  # "aa" overlaps itself; "a" twice does not
        ("abcXabcY", 3 / 8),
        ("abab", 2 / 4),
        ("Abcabc", 2 / 6),  # case is kept: "bc"
        ("abcabcabcabc", 6 / 12),
    ],
)
def test_the_longest_repeat_is_counted_without_overlap(text, expected):
    assert longest_repeat(grapheme_numbers(text)) == (expected if expected is None else pytest.approx(expected))


def test_the_longest_repeat_counts_an_emoji_of_many_code_points_once():
    assert measure_text("👩‍🔬x👩‍🔬y")["longest_repeat"] == pytest.approx(1 / 4)


def code_points(text: str) -> Numbers:
    return np.array([ord(each) for each in text], np.uint32)


def brute_force(text: str) -> int:
    lengths = range(len(text) // 2, 0, -1)
    return next((n for n in lengths if any(text[i : i + n] in text[i + n :] for i in range(len(text) - 2 * n + 1))), 0)


@given(
    st.one_of(st.text("ab", max_size=40), st.text("abcdefgh", max_size=40), st.text(max_size=20).map(lambda t: t * 2))
)
@settings(deadline=None, max_examples=400)
def test_the_longest_repeat_is_the_one_that_brute_force_finds(text):
    assert longest_repeat_length(code_points(text)) == brute_force(text)


@pytest.mark.parametrize("length", [10, 1_000, 100_000])
def test_a_passage_that_comes_again_much_later_is_found(length):
    chance = random.Random(length)
    passage, *others = ("".join(map(chr, chance.choices(range(0x4E00, 0x9FFF), k=k))) for k in (length, 9, 150_000, 9))
    text = f"{others[0]}1{passage}2{others[1]}3{passage}4{others[2]}"
    assert longest_repeat_length(grapheme_numbers(text)) == length


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a" * 1_000_000, 0.5), ("ab" * 500_000, 0.5), ("ab" * 500_000 + "c", 500_000 / 1_000_001)],
    ids=["one character", "period 2", "period 2 and an end"],
)
def test_a_megabyte_of_one_loop_is_measured(text, expected):
    assert longest_repeat(grapheme_numbers(text)) == pytest.approx(expected)
