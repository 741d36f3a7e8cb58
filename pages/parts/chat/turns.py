"""The turns of a conversation on the page, and what the visitor asks of them: edit, ask again, flip, compare."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from nim_core.history import History
from nim_core.history.conversations import Turn
from nim_core.values.dialogue import Message, said_before, said_until
from nim_core.values.events import Ended
from nim_core.values.experiment import Experiment
from nim_core.values.generation import Generation
from nim_core.values.sets import ParameterSet
from nim_core.words import N_, _, _n, said
from nim_core.worker.view import RunView
from pages.parts.drawing.answer import answer
from pages.parts.drawing.guard import Guard, ending_told
from pages.parts.drawing.text import plain_text
from pages.parts.visitor.session import Session, has_widget, runs, set_widgets

SHOWN_TURNS = 20

NO_ANSWER = {
    "stopped": N_("Stopped before the answer began."),
    "interrupted": N_("The process that asked this question ended before the answer came. Ask it again."),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to send: after which turn it stands, and what is sent before it."""

    prompt: str
    parent: str | None
    earlier: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """A conversation as it stands: the turns shown, the last one in full, its answer, and its run while it goes on."""

    turns: tuple[Turn, ...]
    last: Experiment | None
    answer: Generation | None
    going: RunView | None


UNREAD = Standing((), None, None, None)
"""While the history cannot be read."""


def standing(mine: Session, history: History) -> Standing:
    """The conversation that the address names, else the session's own, which the address then names."""
    mine.find_conversation(st.query_params.get("conversation"), history)
    turns = history.conversations.path(mine.conversation)
    if turns and st.query_params.get("conversation") != mine.conversation:
        st.query_params["conversation"] = mine.conversation
    last = history.experiments.experiment(turns[-1].id) if turns else None
    answers = history.experiments.generations(last.id) if last else []
    view = runs().view(last.id) if last else None
    going = view if view and view.ended is None else None
    return Standing(turns, last, answers[0] if answers else None, going)


def next_question(text: str, now: Standing, left_out: int) -> Asked:
    """A new question at the end, without the first `left_out` questions and answers before it."""
    if now.last is None:
        return Asked(text, None, ())
    earlier = said_until(now.last.messages, now.answer.text if now.answer else None)
    return Asked(text, now.last.id, earlier[2 * left_out :])


def conversation(mine: Session, history: History, now: Standing) -> tuple[DeltaGenerator | None, Asked | None]:
    """Draw the turns; gives the place where the present answer grows, and a question that was edited or repeated."""
    turns, going = now.turns, now.going is not None
    if not mine.model:
        st.info(_("No model is chosen for this endpoint yet."))
        st.page_link("models.py", label=_("Choose a model"))
    elif not turns:
        st.caption(_("Ask anything below. Each answer says what was sent and how long it took."))
    hidden = max(len(turns) - SHOWN_TURNS, 0)
    if hidden and not st.toggle(
        _n("Show the turn before these", "Show the {count} turns before these", hidden), key="chat_all"
    ):
        turns = turns[hidden:]
    place, asked = None, None
    for turn in turns:
        growing = going and turn is turns[-1]
        with st.chat_message("user"), Guard():
            asked = _question(mine, history, turn, going=going) or asked
        with st.chat_message("assistant"), Guard(f"turn_{turn.id}") as guarded:
            if growing:
                place = st.container(key="chat_growing")
            else:
                asked = _answered(mine, history, turn, guarded, going=going) or asked
    return place, asked


def _question(mine: Session, history: History, turn: Turn, *, going: bool) -> Asked | None:
    if mine.editing != turn.id or going:
        with st.container(horizontal=True):
            st.markdown(plain_text(turn.prompt).replace("\n", "  \n"), width="stretch")
            st.button(
                _("Edit"),
                key=f"edit_{turn.id}",
                type="tertiary",
                icon=":material/edit:",
                disabled=going,
                on_click=_edit,
                args=(mine, turn),
                help=_("Change this question and go on from here. What followed stays as another version."),
            )
        return None
    if not has_widget(field := f"edited_{turn.id}"):
        set_widgets({field: turn.prompt})
    text = st.text_area(_("Edited question"), key=field, persist_state="page")
    with st.container(horizontal=True):
        send = st.button(_("Send edited question"), key=f"send_edited_{turn.id}", type="primary")
        st.button(_("Cancel"), key=f"cancel_{turn.id}", on_click=_edit, args=(mine, None))
    return _again(history, turn, text) if send else None


def _answered(mine: Session, history: History, turn: Turn, guarded: Guard, *, going: bool) -> Asked | None:
    generations = history.experiments.generations(turn.id)
    if generations:
        answer(generations[0])
    else:
        view = runs().view(turn.id)
        ended = view.ended if view else history.experiments.ended(turn.id)
        st.warning(plain_text(_why_no_answer(ended)))
    if going:
        return None
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        again = st.button(
            _("Regenerate"),
            key=f"regenerate_{turn.id}",
            type="tertiary",
            icon=":material/refresh:",
            help=_("Ask the same again with the present parameters. This answer stays as another version."),
        )
        if st.button(
            _("Send to Compare"),
            key=f"compare_{turn.id}",
            type="tertiary",
            icon=":material/compare_arrows:",
            help=_("Take this question, its system prompt and its parameters to the Compare page."),
        ):
            _send_to_compare(mine, history, turn)
        _versions(history, turn, guarded)
    return _again(history, turn, turn.prompt) if again else None


def _versions(history: History, turn: Turn, guarded: Guard) -> None:
    """Flip between the versions of a turn."""
    if len(turn.versions) < 2:
        return
    at = turn.versions.index(turn.id)
    _flip(history, turn, "earlier", _("Earlier"), at - 1, guarded)
    st.caption(_("version {shown} of {count}", shown=at + 1, count=len(turn.versions)), width="content")
    _flip(history, turn, "later", _("Later"), at + 1, guarded)


def _flip(history: History, turn: Turn, way: str, label: str, to: int, guarded: Guard) -> None:
    inside = 0 <= to < len(turn.versions)
    st.button(
        label,
        key=f"{way}_{turn.id}",
        type="tertiary",
        disabled=not inside,
        on_click=guarded(history.conversations.show),
        args=(turn.versions[to] if inside else turn.id,),
    )


def _again(history: History, turn: Turn, prompt: str) -> Asked | None:
    spec = history.experiments.experiment(turn.id)
    return Asked(prompt, turn.parent, said_before(spec.messages)) if spec else None


def _send_to_compare(mine: Session, history: History, turn: Turn) -> None:
    spec = history.experiments.experiment(turn.id)
    if spec is not None:
        sent = ParameterSet(_("from chat"), spec.sets[0].parameters)
        mine.sent_to_compare = (spec.prompt, spec.system or "", sent)
        st.switch_page("compare.py")


def _edit(mine: Session, turn: Turn | None) -> None:
    mine.editing = turn.id if turn else None
    if turn:
        set_widgets({f"edited_{turn.id}": turn.prompt})


def _why_no_answer(ended: Ended | None) -> str:
    told = NO_ANSWER.get(ended.outcome if ended else "interrupted")
    if told is not None:
        return said(told)
    assert ended is not None
    return ending_told(ended)
