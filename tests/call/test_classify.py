"""From a refusal to its kind, without a network; the known answers themselves are in test_responses."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nim_core.call.refusal.classify import classify, classify_inside, seconds_to_wait
from nim_core.errors import KINDS

KEY = "nvapi-" + "k" * 64


def kind(status, body, content_type="application/json", key=KEY):
    text = body if isinstance(body, str) else json.dumps(body)
    return classify(status, content_type, text.encode(), key=key).kind.key


def fields(message, status=400):
    return classify(status, "application/json", json.dumps({"message": message}), key=KEY).fields


def test_a_401_without_a_key_is_a_missing_key():
    assert kind(401, "Unauthorized", "text/plain", key=None) == "key_missing"
    assert kind(401, "Unauthorized", "text/plain") == "key_refused"


@pytest.mark.parametrize("word", ["stop", "seed", "stream", "n", "user"])
def test_an_ordinary_word_is_a_field_only_where_it_is_quoted_or_stands_as_one(word):
    assert fields(f"You should {word} now, it is not right.") == ()
    assert fields(f"Validation: `{word}` is not supported") == (word,)
    assert fields(f"Unsupported parameter: {word}") == (word,)
    assert fields(f"The {word} parameter is not supported") == (word,)


@pytest.mark.parametrize(
    ("message", "named"),
    [
        ("body -> seed\n  Extra inputs are not permitted", ("seed",)),
        ("body.top_p: must be above 0", ("top_p",)),
        ("Temperature must be between 0 and 1", ("temperature",)),
        ("frequencyPenalty is out of range", ("frequency_penalty",)),
        ("got an unexpected keyword argument 'seed'", ("seed",)),
        ('json: unknown field "seed"', ("seed",)),
        ("Unknown parameter `min_tokens`. Supported parameters: temperature, top_p", ("min_tokens",)),
        ("'stream_options' is only allowed when 'stream' is true", ("stream_options",)),
        ("temperature and top_p cannot both be set", ("temperature", "top_p")),
        ("Invalid value for 'vendor_option' argument", ("vendor_option",)),
    ],
)
def test_a_named_field_is_found_in_every_wording(message, named):
    assert fields(message) == named


def test_the_prompt_echoed_in_a_refusal_is_not_taken_for_the_servers_words():
    echo = "The model is overloaded, maximum context length, `seed`"
    detail = [{"loc": ["body", "temperature"], "msg": "Input should be at most 1", "input": echo}]
    error = classify(422, "application/json", json.dumps({"detail": detail}), key=KEY)
    assert (error.kind.key, error.fields) == ("bad_parameter", ("temperature",))
    assert "overloaded" not in error.sentence


def test_a_prompt_echoed_at_full_length_does_not_hide_what_is_refused():
    detail = [{"loc": ["body", "top_p"], "msg": "Input should be greater than 0", "input": "overloaded " * 20_000}]
    error = classify(422, "application/json", json.dumps({"detail": detail}))
    assert (error.kind.key, error.fields) == ("bad_parameter", ("top_p",))


def test_a_long_detail_is_shortened_to_one_line():
    error = classify(500, "text/plain", "words\n" * 1000)
    assert len(error.detail) <= 500
    assert "\n" not in error.detail


def test_an_html_page_is_shown_by_its_title():
    error = classify(502, "text/html", "<html><head><title>502 Bad\nGateway</title></head><body>x</body></html>")
    assert error.detail == "an HTML page (502 Bad Gateway)"


@pytest.mark.parametrize("status", range(400, 600))
def test_every_status_has_a_kind_even_with_nothing_said(status):
    for content_type in ("application/json", "text/html"):
        assert classify(status, content_type, b"").kind.key in KINDS
        assert classify(status, content_type, b"<html></html>").kind.key in KINDS


def test_the_key_is_cut_out_of_the_servers_words_wherever_it_stands():
    for body in (KEY, json.dumps({"detail": f"no {KEY} here"}), "x" * 495 + KEY, f"<title>{KEY}</title>"):
        assert "kkkk" not in classify(400, "application/json", body, key=KEY).sentence
    assert "kkkk" not in classify_inside({"error": {"message": "x" * 490 + KEY}}, key=KEY).sentence


def test_an_error_inside_a_stream_goes_by_its_own_status():
    assert classify_inside({"error": {"message": "nope", "code": 401}}).kind.key == "key_missing"
    assert classify_inside({"error": {"message": "nope", "code": "429"}}).kind.key == "rate_limited"
    assert classify_inside({"error": "nope"}).kind.key == "server_error"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0.0),
        ("1.5", 1.5),
        ("Mon, 02 Nov 2026 10:00:30 GMT", 30.0),
        ("Mon, 02 Nov 2026 09:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("inf", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_read_as_seconds_or_a_date(header, seconds):
    assert seconds_to_wait(header, now=datetime(2026, 11, 2, 10, tzinfo=UTC)) == seconds


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["error", "message", "detail", "code", "status", "loc", "param", "msg", "type"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def test_a_code_of_too_many_digits_is_no_status():
    assert classify_inside({"error": {"message": "nope", "code": "4" * 5_000}}).kind.key == "server_error"


@given(st.integers(100, 599), json_values)
def test_no_body_breaks_the_classification(status, value):
    assert classify(status, "application/json", json.dumps(value), key=KEY).kind.key in KINDS
    assert classify(status, "application/json", json.dumps(json.dumps(value))).kind.key in KINDS
    assert classify(status, "application/json", json.dumps({"detail": repr(value)})).kind.key in KINDS
    assert classify_inside(value).kind.key in KINDS


@given(st.binary(max_size=300))
def test_no_bytes_break_the_classification(noise):
    assert classify(400, "", noise).kind.key in KINDS
