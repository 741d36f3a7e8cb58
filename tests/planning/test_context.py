"""Whether a conversation fits: an estimate that says what to do."""

from __future__ import annotations

import pytest

from nim_core.planning.context import TOKENS_PER_MESSAGE, Room, about_tokens, room, sentence
from nim_core.values.dialogue import Message
from nim_core.values.experiment import new_turn
from nim_core.values.generation import Generation, Usage
from nim_core.values.parameters import GenerationParameters
from nim_core.words import use_language


def asked(earlier=(), system=None):
    return new_turn("Why?", GenerationParameters(), endpoint="local", model="m", system=system, earlier=earlier)


def answered(turn, text, prompt_tokens=None):
    return Generation(
        experiment_id=turn.id,
        set="chat",
        repeat=1,
        order=1,
        endpoint="local",
        model="m",
        parameters=GenerationParameters(),
        status="ok",
        started_at="2026-11-23T00:00:00.000Z",
        text=text,
        usage=Usage(prompt_tokens, 3),
    )


def test_the_servers_own_count_of_the_prompt_is_taken_where_it_gave_one():
    turn = asked()
    found = room(2048, turn, answered(turn, "a" * 40, prompt_tokens=500), 1025)
    assert found.used == 500 + TOKENS_PER_MESSAGE + 10


def test_without_a_count_every_message_is_estimated_with_the_system_prompt():
    turn = asked(system="b" * 400)
    found = room(2048, turn, answered(turn, "a" * 40), 1025)
    assert found.used == 100 + (TOKENS_PER_MESSAGE + 1) + (TOKENS_PER_MESSAGE + 10)


def test_korean_counts_a_token_for_each_syllable():
    assert about_tokens("안녕") == 2


def test_a_conversation_that_fits_says_only_how_full_it_is():
    assert sentence(Room(2048, 300, 1025)) == "About 300 of 2,048 tokens of context are taken, by estimate."


def test_a_full_context_names_every_way_to_make_room():
    earlier = [Message(role, "x" * 1600) for _ in range(2) for role in ("user", "assistant")]
    turn = asked(earlier)
    found = room(2048, turn, answered(turn, "ok"), 1025)
    assert not found.fits
    assert found.leave_out == 1
    said = sentence(found)
    assert "lower max tokens to" in said
    assert "leave out the first question with its answer (about 808 tokens)" in said
    assert "begin a new chat" in said


@pytest.mark.parametrize(
    ("room", "advice"),
    [
        (Room(100, 120, 10), "begin a new chat."),
        (Room(1000, 600, 500), "lower max tokens to 350 or less, or begin a new chat."),
        (Room(100, 120, 10, 1, 40), "leave out the first question with its answer (about 40 tokens), or begin"),
        (Room(100, 120, 10, 2, 80), "leave out the first 2 questions (about 80 tokens), or begin a new chat."),
        (Room(1000, 600, 500, 3, 2_000), "to 350 or less, or leave out the first 3 questions (about 2,000 tokens), or"),
    ],
)
def test_only_what_makes_room_is_advised(room, advice):
    assert advice in sentence(room).partition("To make room, ")[2]


def test_in_korean_the_numbers_stand_where_korean_has_them():
    with use_language("ko"):
        assert sentence(Room(2048, 300, 1025)) == "컨텍스트 2,048토큰 중 약 300토큰을 사용했습니다(추정치)."


def test_only_as_many_of_the_oldest_questions_go_as_are_needed():
    earlier = [Message(role, "x" * 1600) for _ in range(4) for role in ("user", "assistant")]
    turn = asked(earlier)
    assert room(2048, turn, answered(turn, "ok"), 100).leave_out == 2


def test_a_context_with_nothing_left_says_so():
    assert "Nothing is left, but max tokens allows 10" in sentence(Room(100, 120, 10))


def test_without_max_tokens_only_the_prompt_must_fit():
    assert Room(2048, 2000, None).fits
    assert not Room(2048, 2048, None).fits
