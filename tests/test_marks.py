"""Marked spans of an answer."""

from hypothesis import given
from hypothesis import strategies as st

from nim_core.marks import changed, repeated


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


def test_words_that_the_baseline_lacks_are_marked():
    assert marked(changed("a small red cat", "a red cat")) == ["small "]


def test_equal_texts_have_no_mark():
    assert marked(changed("the same", "the same")) == []


@given(st.text(), st.text())
def test_the_spans_of_any_text_join_to_the_text(text, other):
    assert "".join(span.text for span in repeated(text)) == text
    assert "".join(span.text for span in changed(text, other)) == text
