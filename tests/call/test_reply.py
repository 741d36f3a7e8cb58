"""Bytes to events, events to a reply: without a network, at every split."""

from __future__ import annotations

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nim_core.call.reading import Reading
from nim_core.call.reply import Reply
from nim_core.call.sse import DONE, EventReader, Unreadable, read_json
from nim_core.call.thinking import ThinkSplitter
from nim_core.testing import event
from nim_core.values.generation import Timing

STREAM = (
    "\ufeff: comment\r\n\r\nevent: message\r\nid: 7\r\n".encode()
    + event({"role": "assistant", "content": ""})
    + event({"reasoning_content": "생각 🎉"}).replace(b"\n", b"\r\n")
    + event({"content": "Grüße"}).replace(b"\n", b"\r")
    + b"retry: 10\n\n"
    + event({"content": " 한국"}, "stop")
    + b"data:[DONE]"
)


def read(chunks, *, streamed=True, complete=True):
    reply = Reply()
    reply.begin(0.0, streamed=streamed)
    reading = Reading(reply)
    for at, chunk in enumerate(chunks, start=1):
        reading.feed(chunk, float(at))
    reading.close(float(len(chunks)), complete=complete)
    return reply, reading


@given(st.sets(st.integers(0, len(STREAM))))
def test_a_stream_reads_the_same_however_its_bytes_are_split(cuts):
    edges = [0, *sorted(cuts), len(STREAM)]
    reply, reading = read([STREAM[a:b] for a, b in itertools.pairwise(edges)])
    assert (reply.text, reply.thinking, reply.finish_reason) == ("Grüße 한국", "생각 🎉", "stop")
    assert reading.done
    assert reading.error is None


@given(
    st.text(alphabet="<think>/ a\n", max_size=30),
    st.lists(st.integers(0, 30)),
)
def test_thinking_is_told_apart_the_same_however_the_content_is_split(content, cuts):
    def split(pieces) -> tuple[str, str]:
        splitter = ThinkSplitter()
        parts = [splitter.feed(piece) for piece in pieces if piece] + [splitter.close()]
        return "".join(text for text, _ in parts), "".join(thought for _, thought in parts)

    edges = [0, *sorted(min(cut, len(content)) for cut in cuts), len(content)]
    assert split([content[a:b] for a, b in itertools.pairwise(edges)]) == split([content])


@pytest.mark.parametrize(
    ("content", "text", "reasoning"),
    [
        ("<think>so</think>Yes", "Yes", "so"),
        (" \n<think>so</think>\n\n Yes", "Yes", "so"),
        ("<think>never closed", "", "never closed"),
        ("<think></think>Yes", "Yes", ""),
        ("Yes <think>no</think>", "Yes <think>no</think>", ""),
        ("  Yes", "  Yes", ""),
        ("<thin", "<thin", ""),
        ("<think>a</thi", "", "a</thi"),
    ],
)
def test_a_think_block_counts_only_at_the_start(content, text, reasoning):
    reply, _ = read([event({"content": each}) for each in content])
    assert (reply.text, reply.thinking) == (text, reasoning)


def test_what_was_held_back_as_a_tag_had_arrived_when_it_came():
    reply, _ = read([event({"content": "<"}), event({"content": "b>bold"})])
    assert reply.timing == Timing(ttft_s=1.0, ttfo_s=1.0)


def test_a_long_answer_in_many_small_pieces_is_read_in_linear_time():
    # Quadratic here means minutes: the test would not end.
    spaces, whole = ThinkSplitter(), Reading(Reply())
    for _ in range(1_000_000):
        spaces.feed(" ")
    assert spaces.feed("so") == (" " * 1_000_000 + "so", "")
    for _ in range(200_000):
        whole.feed(b'{"choices": [' + b" " * 100, 0.0)
    assert whole.overlong is False


def test_a_thinking_tag_is_no_first_answer():
    pieces = ["<thi", "nk>so", "</think>", "\n", "Yes"]
    reply, _ = read([event({"content": piece}) for piece in pieces])
    assert reply.timing == Timing(ttft_s=1.0, ttfo_s=5.0)


def test_times_start_anew_with_another_request():
    reply = Reply()
    reply.begin(0.0, streamed=True)
    reply.take("old", "", 5.0)
    reply.begin(10.0, streamed=True)
    reply.take("new", "", 10.5)
    assert reply.requests == 2
    assert reply.timing.ttft_s == 0.5


def test_two_events_without_a_blank_line_between_them_are_two():
    assert EventReader().feed(b'data: {"a": 1}\ndata: {"b": 2}\n') == [{"a": 1}, {"b": 2}]


def test_an_object_over_several_data_lines_is_put_together():
    assert EventReader().feed(b'data: {\ndata: "a": 1\ndata: }\n\n') == [{"a": 1}]


def test_done_is_known_with_and_without_a_space():
    assert EventReader().feed(b"data:[DONE]\n\ndata: [DONE]\n\n") == [DONE, DONE]


def test_data_that_is_no_object_is_unreadable():
    assert EventReader().feed(b"data: upstream failed\n\n") == [Unreadable("upstream failed")]


@pytest.mark.parametrize(
    ("stream", "kind"),
    [
        (b"data: hello\n\n", "not_openai"),
        (b"data: hello", "not_openai"),
        (b"data: 42\n\ndata: [DONE]\n\n", "not_openai"),
        (b"data: Too many requests\n\n", "rate_limited"),
        (b"event: error\ndata: it broke\n\n", "server_error"),
        (b'{"error": {"message": "it broke"}}', "server_error"),
        (event({"role": "assistant"}) + b"data: it broke\n\n", "server_error"),
    ],
)
def test_a_stream_without_any_json_is_no_openai_answer_unless_it_names_an_error(stream, kind):
    _, reading = read([stream])
    assert reading.verdict(None, None).kind.key == kind


def test_half_a_chunk_at_the_end_is_a_stream_that_broke_off():
    _, reading = read([event({"content": "Half"}), event({"content": " more"})[:40]])
    assert reading.error is None


def test_an_error_that_is_null_is_none():
    chunk = json.loads(event({"content": "Hi"}).removeprefix(b"data: "))
    reply, reading = read([b"data: " + json.dumps({**chunk, "error": None}).encode() + b"\n\n"])
    assert (reply.text, reading.error) == ("Hi", None)


def test_a_second_choice_is_left_out():
    other = {"choices": [{"index": 1, "delta": {"content": "B"}}]}
    reply, _ = read([event({"content": "A"}), b"data: " + json.dumps(other).encode() + b"\n\n"])
    assert reply.text == "A"


def test_the_same_thinking_in_both_spellings_counts_once():
    reply, _ = read([event({"reasoning": "Hm", "reasoning_content": "Hm"})])
    assert reply.thinking == "Hm"


def test_a_finish_reason_that_is_error_is_an_error():
    _, reading = read([event({"content": "Half"}), event({}, "error")])
    assert reading.error


@pytest.mark.parametrize("body", [b'"\\ud83d"', b"[NaN]", b'"\xff"'])
def test_json_that_is_nearly_right_is_read(body):
    assert read_json(body) is not None


@pytest.mark.parametrize("body", [b"", b"{", b"nope", b"[" * 100_000])
def test_what_is_no_json_is_none(body):
    assert read_json(body) is None


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reading(noise):
    read([noise, b"data: " + noise + b"\n\n", STREAM])
