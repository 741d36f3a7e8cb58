"""What a page sees of a call that waits in the line before the built-in model, and of an answer as it arrives."""

from __future__ import annotations

import pytest

from nim_core.values.events import Arrived, Finished, Preparing, Progress, Queued, Sent, Waiting
from nim_core.values.experiment import new_experiment
from nim_core.values.generation import Generation
from nim_core.values.parameters import GenerationParameters
from nim_core.values.piece import Piece, Token
from nim_core.values.sets import grid
from nim_core.words import use_language
from nim_core.worker.view import RunView
from pages.parts.drawing.live import status_line


@pytest.fixture
def view():
    return RunView(new_experiment("Hi", grid(temperature=[0]), endpoint="local", model="m"), total=3)


def line_after(view, *events):
    """What stands under the only set's pane after some events."""
    for event in events:
        view.take(event)
    (pane,) = view.look().panes
    return status_line(pane)


def queued(repeat, before):
    return Queued("temperature=0", repeat, before)


def answered(repeat, error=None):
    status = "error" if error else "ok"
    return Finished(
        Generation("e", "temperature=0", repeat, repeat, "local", "m", GenerationParameters(), status, "", error=error)
    )


@pytest.mark.parametrize(
    ("before", "words"),
    [(0, "this call is next"), (1, "1 call is before this one"), (3, "3 calls are before this one")],
)
def test_the_line_says_how_many_calls_are_before_this_one(view, before, words):
    assert line_after(view, queued(1, before)) == f"waiting for the built-in model: {words}"


def test_of_several_calls_of_a_set_that_wait_the_foremost_is_told(view):
    assert "3 calls" in line_after(view, queued(1, 3), queued(2, 4))
    assert "2 calls" in line_after(view, queued(1, 2), queued(2, 3))


def test_beside_a_call_that_waits_stands_what_is_done(view):
    line_after(view, answered(1), answered(2, error="server_error"))
    assert line_after(view, queued(3, 0)) == (
        "2 done, 1 of them failed · waiting for the built-in model: this call is next"
    )


def test_a_call_that_is_under_way_beside_finished_ones_names_its_repeat(view):
    line = line_after(view, answered(1), Sent("temperature=0", 2, 1))
    assert line.startswith("1 done · repeat 2: waiting for the first token, ")


def test_the_line_speaks_the_language_of_its_reader(view):
    with use_language("ko"):
        assert line_after(view, answered(1), queued(2, 3)) == "1개 완료 · 내장 모델 대기 중: 앞선 호출 3개"


def test_once_a_call_is_on_its_way_the_others_that_wait_are_not_told(view):
    sent = Sent("temperature=0", 1, 1)
    assert "waiting for the first token" in line_after(view, queued(1, 0), sent, queued(2, 0))


def test_a_call_that_is_sent_again_tells_its_place_after_its_pause(view):
    pause = Waiting("temperature=0", 1, 4.0, "server_error")
    assert "trying again in 4 s" in line_after(view, Sent("temperature=0", 1, 1), pause)
    assert "2 calls" in line_after(view, queued(1, 2))


def test_a_call_that_waits_for_its_turn_is_past_the_start_of_the_model(view):
    line_after(view, Preparing(Progress("starting")), queued(1, 2))
    assert view.look().preparing is None


def arrived(*piece):
    return Arrived("temperature=0", 1, Piece(*piece))


def test_a_pane_holds_the_text_the_thinking_and_the_tokens_that_have_arrived(view):
    token = Token(1, b"Yes", -0.5)
    line_after(view, Sent("temperature=0", 1, 1), arrived("", "Hm"), arrived("Yes", "", (token,)), arrived("!"))
    (pane,) = view.look().panes
    assert (pane.text, pane.thinking, pane.tokens) == ("Yes!", "Hm", (token,))


def test_tokens_without_text_are_no_first_token_of_the_answer(view):
    line = line_after(view, Sent("temperature=0", 1, 1), arrived("", "", (Token(1, b"<", None),)))
    assert "waiting for the first token" in line
