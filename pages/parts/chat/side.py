"""The side of the Chat page: the parameters, the system prompt, and whether the conversation still fits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from nim_core.catalog.limits import Limit
from nim_core.planning.context import Room, room, sentence
from nim_core.values.experiment import Experiment
from nim_core.values.parameters import GenerationParameters
from nim_core.words import _, _n
from pages.parts.chat.turns import Standing
from pages.parts.drawing.parameter_panel import parameters_panel, set_parameters
from pages.parts.visitor.session import Session, has_widget, set_widgets


@dataclass(frozen=True, slots=True)
class Panel:
    """What the visitor has chosen; `parameters` is None while one of them cannot be sent."""

    stream: bool
    system: str
    parameters: GenerationParameters | None


def panel(limits: Mapping[str, Limit]) -> Panel:
    """Draw the parameters and the system prompt."""
    if not has_widget("chat_stream"):
        set_widgets({"chat_stream": True})
    with st.expander(_("View parameters"), expanded=True, key="chat_parameters"):
        stream = st.toggle(
            _("Stream"),
            key="chat_stream",
            help=_("Show the answer as it is written. Off: the whole answer comes at once."),
            persist_state="session",
        )
        parameters = parameters_panel(limits)
    with st.expander(_("System prompt"), key="chat_system_fold"):
        system = st.text_area(
            _("System prompt"),
            key="chat_system",
            label_visibility="collapsed",
            placeholder=_("You are a patient teacher."),
            help=_("Sent before every question: who the model is to be, and how it is to answer."),
            persist_state="session",
        )
    return Panel(stream, system or "", parameters)


def restore(mine: Session, last: Experiment | None) -> None:
    """After a reload or on opening a conversation, bring back what it was asked with.

    Its system prompt belongs to the conversation. The parameters are the visitor's own and come back only
    in a session that has chosen none yet.
    """
    if last is None or mine.opened == last.conversation:
        return
    fresh = mine.opened is None
    mine.opened = last.conversation
    set_widgets({"chat_system": last.system or ""})
    if fresh and not mine.touched:
        set_parameters(last.sets[0].parameters)
        set_widgets({"chat_stream": last.stream})


def room_left(context: int | None, now: Standing, chosen: Panel) -> Room | None:
    """How full the context is, None where that cannot be told."""
    if context is None or now.last is None or now.going:
        return None
    return room(context, now.last, now.answer, chosen.parameters.max_tokens if chosen.parameters else None)


def questions_to_leave_out(found: Room | None) -> int:
    """Say when the next answer may not fit; gives how many of the oldest questions the visitor leaves out."""
    if found is None or found.fits:
        return 0
    st.warning(sentence(found))
    if not found.leave_out:
        return 0
    leave = st.toggle(
        _n(
            "Leave out the first question from the next call",
            "Leave out the first {count} questions from the next call",
            found.leave_out,
        ),
        key="chat_leave_out",
    )
    return found.leave_out if leave else 0
