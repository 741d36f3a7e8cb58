"""All measures of one text together, on ordinary and on hostile texts."""

import math
import random
import subprocess
import sys
import tracemalloc
from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nim_core.analysis.table import COLUMNS
from nim_core.measures import MEASURE, MEASURES, measure_text

# Any code point with lone surrogates, and more than their share of what joins, reverses or decomposes.
HOSTILE = st.sampled_from(
    "👩\u200d🔬🇰🇷👍🏽e\u0301\u0323\ud800\udfff\u200f\u202eשلا한ᄒ\u1161\u11abカー\u3099ﬁßİ\r\n\x00 क्षŉ1.'\"_"
)
TEXTS = st.text(st.one_of(HOSTILE, st.characters(exclude_categories=())), max_size=60)


def assert_in_range(text):
    found = measure_text(text)
    assert found["characters"] is not None
    assert found["words"] is not None
    assert 0 <= found["characters"] <= len(text)
    assert 0 <= found["words"] <= max(len(normalize("NFC", text).casefold()) * 3, 0)
    for share in (found["repetition"], found["longest_repeat"], found["distinct_2"]):
        assert share is None or (0 <= share <= 1 and math.isfinite(share))
    assert found["longest_repeat"] is None or found["longest_repeat"] <= 0.5
    assert (found["repetition"] is None) == (found.repetition_unit is None)
    assert (found["longest_repeat"] is None) == (text == "")


@given(TEXTS)
@settings(deadline=None, max_examples=400)
def test_any_text_at_all_gives_numbers_in_range_or_none(text):
    assert_in_range(text)


@given(TEXTS, st.integers(2, 50))
@settings(deadline=None, max_examples=100)
def test_any_text_in_a_loop_gives_numbers_in_range_or_none(text, times):
    assert_in_range(text * times)


@given(st.text(st.one_of(HOSTILE, st.characters()), max_size=40))
@settings(deadline=None, max_examples=200)
def test_composed_and_decomposed_text_measure_the_same(text):
    assert measure_text(normalize("NFC", text)) == measure_text(normalize("NFD", text))


def test_a_megabyte_of_mixed_text_is_measured():
    assert_in_range("The GPU, 그래픽 처리 장치, は速い 👩‍🔬🇰🇷\ud800 \r\n" * 20_000)


def prose(alphabet, characters):
    chance = random.Random(1)
    words = ["".join(chance.choices(alphabet, k=chance.randint(2, 9))) for _ in range(20_000)]
    return " ".join(chance.choices(words, k=characters // 6))[:characters]


@pytest.mark.parametrize(
    "text",
    [
        prose("etaoinshrdlucmfw", 1_500_000),
        prose("가나다라마바사아자차카타파하각간갈", 500_000),
        "word " * 300_000,
        "👩\u200d🔬 é" * 120_000,
    ],
    ids=["prose", "Korean", "a loop", "emoji"],
)
def test_measuring_a_long_text_takes_less_than_ten_times_its_size(text):
    tracemalloc.start()
    measure_text(text)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10 * len(text.encode())


def test_a_text_worked_by_hand():
    """`Ab ab ab ab ab!` has 15 characters, 5 words, 2 four-grams of which 1 differs, 4 pairs of which 1 differs.

    Its longest repeat without overlap: "ab ab " cannot stand twice in the 13 characters from the first "b" on;
    "b ab a" (6) at 1 and 7 can, since 1 + 6 <= 7, and nothing of 7 fits twice beside it.
    """
    found = measure_text("Ab ab ab ab ab!")
    assert (found["characters"], found["words"]) == (15, 5)
    assert (found["repetition"], found.repetition_unit, found["distinct_2"]) == (0.5, "word-4", 0.25)
    assert found["longest_repeat"] == 6 / 15


def test_an_empty_text_has_no_characters_and_no_shares():
    found = measure_text("")
    assert (found["characters"], found["words"]) == (0, 0)
    assert (found["repetition"], found["longest_repeat"], found["distinct_2"]) == (None, None, None)


def test_repetition_does_not_see_case_or_composition():
    once = "L'été arrive à Paris"
    other = normalize("NFD", once).upper()
    assert measure_text(f"{once} {other}")["repetition"] == measure_text(f"{once} {once}")["repetition"]


def test_every_measure_is_declared_once_under_the_name_of_its_column():
    assert list(MEASURE) == [measure.key for measure in MEASURES]
    assert set(MEASURE) <= set(COLUMNS)
    assert all(measure.help.endswith(".") and measure.label and measure.unit for measure in MEASURES)


def test_only_latency_is_on_the_log_scale_and_length_is_neither_better_nor_worse():
    assert {measure.key for measure in MEASURES if measure.scale == "log"} == {
        measure.key for measure in MEASURES if measure.family.key == "latency"
    }
    assert all(measure.better is None for measure in MEASURES if measure.family.key == "length")


def test_measuring_does_not_load_pandas_scipy_or_plotly():
    code = "import sys, nim_core.measures; print(sorted({'pandas', 'scipy', 'plotly', 'streamlit'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
