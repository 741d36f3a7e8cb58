"""What endings, failures and waits, which are codes inside, say to the person at the screen."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import get_args

import pytest

from nim_core.analysis.table import row
from nim_core.analysis.telling import (
    ending_sentence,
    error_with_advice,
    failure_sentence,
    failure_with_advice,
    waiting_sentence,
)
from nim_core.errors import KINDS, CallError
from nim_core.run.endings import done, refused_or_parked
from nim_core.values.events import Ended, Ending, Refusal, Waiting
from nim_core.values.generation import Generation, refused_parameters
from nim_core.values.parameters import GenerationParameters
from nim_core.words import use_language

SENT = GenerationParameters(temperature=0.5, seed=7)
FAILED = Generation("e", "s", 1, 1, "local", "m", SENT, "error", "", error="network")


@pytest.mark.parametrize("code", get_args(Ending))
def test_every_ending_has_its_sentence(code):
    refusal = Refusal("key_refused") if code == "refused" else None
    said = ending_sentence(Ended("failed", code, refusal=refusal, hourly=60, resume_after_s=600.0, detail="It failed."))
    assert said.endswith(".")
    assert "{" not in said


@pytest.mark.parametrize(
    ("ended", "said"),
    [
        (done(0), "All answers are in."),
        (done(2), "Calls that failed: 2;"),
        (refused_or_parked(CallError("rate_limited")), "resume in about 20 minutes."),
        (
            refused_or_parked(CallError("bad_parameter", "No `seed`", fields=("seed",))),
            "parameter (seed): No `seed`. Leave",
        ),
    ],
)
def test_an_ending_says_its_values(ended, said):
    assert said in ending_sentence(ended)


def test_the_braces_in_a_faults_own_words_stay():
    assert ending_sentence(Ended("failed", "not_begun", detail="No {minutes}.")) == "No {minutes}."


@pytest.mark.parametrize("kind", KINDS)
def test_a_stored_failure_gives_the_sentence_of_the_raised_one(kind):
    error = CallError(kind, "Unsupported: `seed`", fields=("seed",))
    stored = replace(FAILED, error=kind, error_detail=error.detail, error_fields=error.fields)
    assert failure_sentence(stored) == row(stored)["error_text"] == str(error)
    assert failure_with_advice(stored) == error_with_advice(error)


def test_a_refused_parameter_is_found_by_its_name_and_not_by_a_word_of_the_server():
    stored = replace(FAILED, error="bad_parameter", error_detail="seed it at no temperature", error_fields=("seed",))
    assert refused_parameters([stored]) == ["seed"]


def test_a_refused_parameter_is_found_in_the_sentence_that_an_earlier_shape_kept():
    assert refused_parameters([replace(FAILED, error="bad_parameter", error_told="It refused (seed).")]) == ["seed"]


def test_what_is_stored_as_a_code_is_told_in_the_language_of_its_reader_and_exported_in_english():
    stored = replace(FAILED, error="bad_parameter", error_detail="No `seed`", error_fields=("seed",))
    with use_language("ko"):
        assert failure_sentence(stored) == "모델이 파라미터를 거부했습니다 (seed): No `seed`."
        assert failure_with_advice(stored).endswith("모델이 허용하는 범위의 값으로 바꾸십시오.")
        assert row(stored)["error_text"] == "The model refused a parameter (seed): No `seed`."


@pytest.mark.parametrize(
    "code", [code for code in get_args(Ending) if code not in ("store_unusable", "not_begun", "told")]
)
def test_no_word_of_an_ending_is_english_to_a_korean_reader(code):
    refusal = Refusal("key_missing") if code == "refused" else None
    ended = Ended("failed", code, refusal=refusal, hourly=60, resume_after_s=600.0, detail="…")
    with use_language("ko"):
        assert set(re.findall("[A-Za-z_]{2,}", ending_sentence(ended))) <= {"API", "NVIDIA_API_KEY"}


def test_a_wait_of_one_minute_is_told_in_the_singular():
    ended = Ended("parked", "rate_limited", resume_after_s=20.0)
    assert ending_sentence(ended).endswith("resume in about 1 minute.")


def test_a_pause_is_told_in_the_language_of_its_reader():
    with use_language("ko"):
        told = waiting_sentence(Waiting("s", 1, 4.2, "server_error"))
    assert told == "서버에서 오류가 발생했습니다: 4초 후에 다시 시도합니다."
