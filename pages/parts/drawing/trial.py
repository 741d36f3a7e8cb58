"""A trial of a key or a model on a page: one request for one token, sent by the worker and waited for here."""

from __future__ import annotations

import time

import streamlit as st

from nim_core.values.endpoints import Endpoint
from nim_core.values.events import Ended
from nim_core.values.experiment import new_trial
from nim_core.words import _, seconds
from nim_core.worker.view import RunView
from pages.parts.drawing.guard import ending_told
from pages.parts.drawing.live import TICK_S, preparing_line
from pages.parts.drawing.text import plain_text
from pages.parts.visitor.session import Session, runs

PATIENCE_S = 120.0
STOP_S = 2.0


def begin_trial(mine: Session, place: Endpoint, model: str, *, stream: bool) -> RunView:
    """Hand a trial to the worker. Raises WorkerError."""
    trial = new_trial(endpoint=place.name, model=model, rpm=place.rpm, stream=stream)
    return runs().start(trial, total=1, key=mine.key_for(place.name), visitor=mine.visitor(place.name))


def wait_for_trial(trial: RunView, key: str) -> bool:
    """Wait for a trial that goes on, with a button that stops it; whether it has ended.

    After PATIENCE_S what it waits for is said instead, and the visitor looks again. `key` begins the widgets' keys.
    """
    if trial.wait(0):
        return True
    place = st.empty()
    row = place.container(horizontal=True, vertical_alignment="center")
    line = row.empty()
    row.button(_("Stop"), key=f"{key}_stop", icon=":material/stop:", on_click=_stop, args=(trial,))
    while (waited := time.monotonic() - trial.began) < PATIENCE_S:
        line.caption(_("Waiting for one token, {duration} …", duration=seconds(waited)))
        if trial.wait(TICK_S):
            place.empty()
            return True
    line.warning(plain_text(_what_is(trial)))
    row.button(_("Look again"), key=f"{key}_look", icon=":material/refresh:")
    return False


def unanswered(ended: Ended | None) -> str:
    """Why a trial, which has ended, brought no answer and no refusal."""
    assert ended is not None
    if ended.outcome == "stopped":
        return _("Stopped before an answer came.")
    if ended.outcome == "interrupted":
        return _("The process that asked ended before an answer came. Try again.")
    return ending_told(ended)


def _stop(trial: RunView) -> None:
    runs().stop(trial.experiment.id)
    trial.wait(STOP_S)


def _what_is(trial: RunView) -> str:
    """What a trial has been waiting for all the time."""
    look = trial.look()
    since = _("No answer after {duration}.", duration=seconds(time.monotonic() - trial.began))
    if look.preparing:
        why = preparing_line(look.preparing.progress)[1]
    elif look.panes[0].sent_at is None:
        why = _("It has not been sent: it waits here for its turn. It goes when that comes, unless you stop it.")
    else:
        why = _(
            "It was sent, and nothing has come back: the model may be starting, or its server has a queue. "
            "It is still waited for: look again later, or stop it."
        )
    return f"{since} {why}"
