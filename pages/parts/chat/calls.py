"""A chat turn as its exact request and response, and as code."""

from __future__ import annotations

import orjson
import streamlit as st

from nim_core.exports.transcript import request_of, response_of
from nim_core.values.dialogue import Message
from nim_core.values.experiment import Experiment
from nim_core.values.generation import Generation
from nim_core.values.parameters import GenerationParameters
from nim_core.values.request import Request
from nim_core.words import _
from pages.parts.drawing.code_samples import code_samples
from pages.parts.visitor.session import Session


def json_tab(turn: Experiment | None, answer: Generation | None) -> None:
    """A turn's request body as it was sent, and its response, put together from the stream where it came in pieces."""
    if turn is None:
        st.caption(_("The request and the response stand here after your first question."))
        return
    st.markdown(_("**Request**, as it was sent"))
    _json(request_of(turn))
    if answer is None:
        st.markdown(_("**Response**"))
        st.caption(_("Not there yet."))
        return
    st.markdown(_("**Response**, put together from its pieces") if turn.stream else _("**Response**"))
    _json(response_of(answer))
    st.caption(
        _("`nim_lab` is this program's own: its measurements of the call. null is what the server did not tell.")
    )


def code_tab(
    mine: Session, turn: Experiment | None, parameters: GenerationParameters | None, *, system: str, stream: bool
) -> None:
    """The last question with what was said before it, or an example, with the present parameters, as code."""
    if turn:
        asked = tuple(message for message in turn.messages if message.role != "system")
    else:
        asked = (Message("user", _("What is GPU?")),)
    messages = (Message("system", system), *asked) if system.strip() else asked
    request = Request(mine.model or "MODEL", messages, parameters or GenerationParameters(), stream)
    code_samples(request, mine.place, key="code_tabs")


def _json(value: object) -> None:
    st.code(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode(), language="json", wrap_lines=True)
