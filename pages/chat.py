"""Chat: one conversation, every parameter beside it."""

from __future__ import annotations

import streamlit as st

from nim_core.errors import InputError
from nim_core.history import History
from nim_core.planning.context import sentence
from nim_core.values.experiment import new_turn
from nim_core.values.parameters import GenerationParameters
from nim_core.words import N_, _
from pages.parts.chat.calls import code_tab, json_tab
from pages.parts.chat.conversation_list import heading
from pages.parts.chat.panes import pane, side, style
from pages.parts.chat.side import Panel, panel, questions_to_leave_out, restore, room_left
from pages.parts.chat.turns import UNREAD, Asked, conversation, next_question, standing
from pages.parts.drawing.guard import Guard
from pages.parts.drawing.live import LivePane, follow
from pages.parts.visitor.chosen import model_of
from pages.parts.visitor.session import Session, history, runs, session


def main() -> None:
    """Draw the page; a turn that is going on is followed at the end."""
    mine, kept = session(), history()
    now, model = UNREAD, None
    with Guard():
        now = standing(mine, kept)
        restore(mine, now.last)
        model = model_of(mine, kept)
    style()
    left, right = st.columns([2, 1], gap="large")
    with side(right):
        chosen = panel(model.limits if model else {})
    with left:
        heading(mine, kept, now.turns)
        preview, as_json, code = st.tabs([_("Preview"), _("JSON"), _("Code")], key="chat_tabs", on_change="rerun")
    space = room_left(model.context if model else None, now, chosen)
    place, asked = None, None
    with pane(preview, "preview"):
        if now is not UNREAD:
            place, asked = conversation(mine, kept, now)
        left_out = questions_to_leave_out(space)
    if as_json.open:
        with pane(as_json, "json"):
            json_tab(now.last, now.answer)
    if code.open:
        with pane(code, "code"):
            code_tab(mine, now.last, chosen.parameters, system=chosen.system, stream=chosen.stream)
    line = st.bottom.container(horizontal=True, vertical_alignment="center", height=48, border=False, key="chat_line")
    typed = st.chat_input(_("Ask the model"), key="chat_input", disabled=now.going is not None or not mine.model)
    if typed:
        asked = next_question(typed, now, left_out)
    if asked and now is UNREAD:
        _not_sent(asked)
    elif asked:
        _ask(mine, kept, asked, chosen)
    if now.going and place:
        figures = line.container(width="stretch").empty()
        line.button(_("Stop"), key="chat_stop", icon=":material/stop:", on_click=runs().stop, args=(now.turns[-1].id,))
        follow(now.going, {"chat": LivePane(place, figures)}, place.empty())
        st.rerun()
    elif space and space.fits:
        line.caption(sentence(space))


def _ask(mine: Session, history: History, asked: Asked, chosen: Panel) -> None:
    """Hand the turn to the worker; it is on disk before it is sent. A question that cannot go is shown again."""
    with Guard():
        turn = new_turn(
            asked.prompt,
            _checked(mine, chosen.parameters),
            endpoint=mine.endpoint,
            model=mine.model or "",
            system=chosen.system,
            earlier=asked.earlier,
            conversation=mine.conversation,
            rpm=mine.place.rpm,
            stream=chosen.stream,
        )
        history.conversations.add(turn, parent=asked.parent)
        runs().start(turn, total=1, key=mine.key, visitor=mine.visitor(turn.endpoint))
        mine.opened, mine.editing, mine.deleted = mine.conversation, None, None
        st.rerun()
    _not_sent(asked)


def _not_sent(asked: Asked) -> None:
    st.caption(_("Your question was not sent:"))
    st.code(asked.prompt, language=None, wrap_lines=True)


def _checked(mine: Session, parameters: GenerationParameters | None) -> GenerationParameters:
    if mine.place.needs_key and not mine.key:
        raise InputError(N_("The NVIDIA API catalog needs a key. Enter yours on the Connect page."))
    if parameters is None:
        raise InputError(N_("A parameter has a value that cannot be sent. Mend it in the panel of the parameters."))
    return parameters


main()
