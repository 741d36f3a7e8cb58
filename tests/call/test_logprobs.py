"""What servers tell of their tokens, which is seldom the same."""

from __future__ import annotations

import math

import orjson
import pytest

from nim_core.call.logprobs import read_tokens
from nim_core.call.reading import MAX_TOKENS, Reading
from nim_core.call.reply import Reply
from nim_core.values.piece import Piece, Token


def chunk(delta, *entries):
    """One event with these token entries."""
    choice = {"index": 0, "delta": delta, "logprobs": {"content": list(entries)}, "finish_reason": None}
    return b"data: " + orjson.dumps({"choices": [choice]}) + b"\n\n"


def entry(text, logprob=-1.0, **more):
    return {"token": text, "logprob": logprob, "bytes": list(text.encode()), "top_logprobs": [], **more}


def token(text, logprob=-1.0):
    return Token(None, text.encode(), logprob)


@pytest.fixture
def reading():
    reply = Reply()
    reply.begin(0.0, streamed=True)
    return Reading(reply)


def test_a_token_is_read_with_its_alternatives():
    told = entry("Hi", -0.5, id=12, top_logprobs=[entry("Hi", -0.5, id=12), entry("Ho", -2.0, id=13)])
    alternatives = (Token(12, b"Hi", -0.5), Token(13, b"Ho", -2.0))
    assert read_tokens({"content": [told]}) == [Token(12, b"Hi", -0.5, alternatives)]


def test_the_bytes_of_a_part_of_a_character_are_kept():
    assert read_tokens({"content": [entry("�", bytes=[0xED, 0x95])]})[0].text == b"\xed\x95"


@pytest.mark.parametrize("missing", [None, [], [300], [-1], ["H"], [True], "Hi", {}])
def test_bytes_that_are_missing_or_none_are_those_of_the_text(missing):
    assert read_tokens({"content": [entry("Hi", bytes=missing)]}) == [token("Hi")]


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        (0, 0.0),
        (-0.25, -0.25),
        (-9999, -math.inf),
        (-9999.0, -math.inf),
        (-(10**400), -math.inf),
        (None, None),
        (0.5, None),
        (math.nan, None),
        (True, None),
        ("-1", None),
    ],
)
def test_a_probability_that_is_none_is_unknown(told, meant):
    assert read_tokens({"content": [entry("Hi", told)]})[0].logprob == meant


@pytest.mark.parametrize("foreign", [None, [], "no", {}, {"content": None}, {"content": {}}, {"content": [None, 1]}])
def test_foreign_probabilities_are_no_tokens(foreign):
    assert read_tokens(foreign) == []


@pytest.mark.parametrize("field", ["token", "bytes", "logprob", "top_logprobs", "id"])
@pytest.mark.parametrize("foreign", [None, 1, "x", [], [1], {}, True, -1])
def test_a_foreign_field_leaves_the_other_tokens_readable(field, foreign):
    tokens = read_tokens({"content": [entry("a") | {field: foreign}, entry("b")]})
    assert tokens[1] == token("b")


def test_tokens_come_in_the_piece_of_their_network_chunk_and_in_no_other(reading):
    first = reading.feed(chunk({"content": "A"}, entry("A")) + chunk({"content": " b"}, entry(" b")), 1.0)
    assert first == Piece("A b", "", (token("A"), token(" b")))
    assert reading.feed(chunk({"content": "c"}), 2.0) == Piece("c")


def test_tokens_without_text_and_text_without_tokens_are_pieces_of_their_own(reading):
    assert reading.feed(chunk({}, entry("<stripped>")), 1.0) == Piece(tokens=(token("<stripped>"),))
    assert reading.feed(chunk({"content": "A"}), 2.0) == Piece("A")
    assert reading.feed(chunk({}), 3.0) is None


def test_an_answer_that_came_whole_has_its_tokens(reading):
    choice = {"message": {"content": "Hi"}, "logprobs": {"content": [entry("Hi")]}, "finish_reason": "stop"}
    assert reading.feed(orjson.dumps({"choices": [choice]}), 1.0) is None
    assert reading.close(2.0, complete=True) == Piece("Hi", "", (token("Hi"),))


def test_more_tokens_than_an_answer_can_hold_end_it(reading):
    many = [{"token": "a", "top_logprobs": [{"token": "b"}] * 1023}] * 256
    for number in range(MAX_TOKENS // (256 * 1024)):
        reading.feed(chunk({}, *many), float(number))
        assert not reading.overlong
    reading.feed(chunk({}, entry("a")), 9.0)
    assert reading.overlong
