"""Marked spans of an answer."""

from unicodedata import normalize

from hypothesis import given
from hypothesis import strategies as st

from nim_core.analysis.spans import changed, repeated
from nim_core.measures import measure_text
from nim_core.measures.segmentation import fold, graphemes, places, units, word_numbers, words

# What repeats often, and what differs in case, composition and length once it is folded.
PIECES = ["a", "b", "It's", "it's", "é", "e\u0301", "Straße", "STRASSE", "ΐ", "ᾳ", "İ", "ⓐ", "_", "3.5", "\u0345", "🇰🇷"]
PIECES += ["한", "국", "어", "글", "\u1112\u1161\u11ab", "の", "が", "か\u3099", "\u0600한", "\r\n", "\u0301", " "]
TEXTS = st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=60).map("".join))


def marked(spans):
    return [span.text for span in spans if span.marked]


def test_a_sequence_that_occurred_before_is_marked():
    assert marked(repeated("the cat sat down. Then the cat sat down.")) == ["the cat sat down"]


def test_a_text_without_repetition_has_no_mark():
    assert marked(repeated("every word here is quite different")) == []


def test_a_korean_loop_is_marked():
    assert marked(repeated("그래픽 처리 장치는 빠릅니다. 그래픽 처리 장치는 빠릅니다.")) == [
        "그래픽 처리 장치는 빠릅니다"
    ]


def test_words_are_cut_as_the_measure_cuts_them():
    text = "I can't go. I can't go."
    assert measure_text(text)["repetition"] == 0
    assert marked(repeated(text)) == []


def test_a_repeat_in_other_case_and_composition_is_marked_whole():
    text = "die Straße im Café. " + normalize("NFD", "DIE STRASSE IM CAFÉ!")
    assert marked(repeated(text)) == [normalize("NFD", "DIE STRASSE IM CAFÉ")]


@given(TEXTS)
def test_a_text_is_marked_where_repetition_is_above_zero_and_nowhere_else(text):
    assert bool(marked(repeated(text))) == bool(measure_text(text)["repetition"])


@given(TEXTS)
def test_no_character_that_a_reader_sees_is_marked_in_half(text):
    assert [cluster for span in repeated(text) for cluster in graphemes(span.text)] == graphemes(text)


@given(st.lists(st.sampled_from(["a", "B", "b", "can't", "3.5"]), max_size=40))
def test_just_the_sequences_that_the_measure_counts_as_repeats_are_marked(items):
    again = [place for place in range(len(items) - 3) if fold_all(items[place : place + 4]) in earlier(items, place)]
    inside = {place + step for place in again for step in range(4)}
    assert len(again) == round((measure_text(" ".join(items))["repetition"] or 0) * max(len(items) - 3, 0))
    assert words(" ".join(marked(repeated(" ".join(items))))) == [items[place] for place in sorted(inside)]


def fold_all(items):
    return [fold(item) for item in items]


def earlier(items, place):
    return [fold_all(items[before : before + 4]) for before in range(place)]


@given(TEXTS)
def test_each_unit_of_the_measure_stands_at_its_place(text):
    folded = fold(text)
    counted, placed = units(text, word_numbers(text), {}).items, [folded[start:end] for start, end in places(folded)]
    assert first_seen(counted.tolist()) == first_seen(placed)


def first_seen(items):
    """Where each item occurred for the first time: the same for units and for their numbers."""
    return [items.index(item) for item in items]


@given(TEXTS)
def test_a_text_folds_as_its_characters_do_one_by_one(text):
    assert "".join(map(fold, graphemes(text))) == fold(text)


def test_words_that_the_baseline_lacks_are_marked():
    assert marked(changed("a small red cat", "a red cat")) == ["small "]


def test_equal_texts_have_no_mark():
    assert marked(changed("the same", "the same")) == []


@given(st.text(), st.text())
def test_the_spans_of_any_text_join_to_the_text(text, other):
    assert "".join(span.text for span in repeated(text)) == text
    assert "".join(span.text for span in changed(text, other)) == text
