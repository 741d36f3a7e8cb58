"""Chat: one conversation, every parameter beside it."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from nim_core.errors import InputError, WorkerError
from nim_core.experiment import Experiment, Generation, Message, new_turn
from nim_core.parameters import GenerationParameters
from nim_core.store import Store
from pages.parts.answer import answer
from pages.parts.calls import code_tab, json_tab
from pages.parts.live import LivePane, follow
from pages.parts.parameters import parameters_panel
from pages.parts.session import Session, history_or_none, runs, session
from pages.parts.text import plain_text


def main() -> None:
    """Draw the page; a turn that is going on is followed at the end."""
    mine = session()
    opened = history_or_none()
    if opened is None:
        return
    history = opened.store
    mine.find_conversation(st.query_params.get("conversation"))
    st.query_params["conversation"] = mine.conversation
    turns = history.turns(mine.conversation)
    view = runs().view(turns[-1].id) if turns else None
    going = view is not None and view.ended is None
    left, right = st.columns([2.2, 1], gap="large")
    with right:
        stream, system, parameters = _panel()
    with left:
        _heading(mine, turns)
        preview, as_json, code = st.tabs(["Preview", "JSON", "Code"], key="chat_tabs")
    asked = st.chat_input("Ask the model", key="chat_input", disabled=going or not mine.model)
    if asked and parameters is not None:
        _ask(mine, history, turns, asked, parameters, system=system, stream=stream)
    with preview:
        place = _conversation(history, turns, going=going)
    with as_json:
        json_tab(history, turns)
    with code:
        code_tab(mine, turns, parameters, stream=stream)
    if going and view is not None and place is not None:
        follow(view, {"chat": LivePane(place)}, place.empty())
        st.rerun()


def _panel() -> tuple[bool, str, GenerationParameters | None]:
    with st.expander("View parameters", expanded=True, key="chat_parameters"):
        stream = st.toggle(
            "Stream",
            value=True,
            key="chat_stream",
            help="Show the answer as it is written. Off: the whole answer comes at once.",
            persist_state="session",
        )
        parameters = parameters_panel()
    with st.expander("System prompt", key="chat_system_fold"):
        system = st.text_area(
            "System prompt",
            key="chat_system",
            label_visibility="collapsed",
            placeholder="You are a patient teacher.",
            persist_state="session",
        )
    return stream, system or "", parameters


def _heading(mine: Session, turns: list[Experiment]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title("Chat", width="stretch")
        st.button("New chat", key="chat_new", on_click=mine.new_conversation, disabled=not turns)
    if not mine.model:
        st.info("No model is chosen for this endpoint yet.")
        st.page_link("models.py", label="Choose a model")


def _ask(
    mine: Session,
    history: Store,
    turns: list[Experiment],
    prompt: str,
    parameters: GenerationParameters,
    *,
    system: str,
    stream: bool,
) -> None:
    """Hand the turn to the worker; it is on disk before it is sent."""
    assert mine.model is not None
    if mine.place.needs_key and not mine.key:
        st.error("The NVIDIA API catalog needs a key. Enter yours on the Connect page; the question is kept below.")
        st.code(prompt, language=None, wrap_lines=True)
        return
    try:
        turn = new_turn(
            prompt,
            parameters,
            endpoint=mine.endpoint,
            model=mine.model,
            system=system,
            earlier=_earlier(history, turns),
            conversation=mine.conversation,
            rpm=mine.place.rpm,
            stream=stream,
        )
        history.save(turn)
        runs().start(turn, total=1, key=mine.key, session=mine.id)
    except (InputError, WorkerError) as error:
        st.error(plain_text(str(error)))
        return
    st.rerun()


def _earlier(history: Store, turns: list[Experiment]) -> list[Message]:
    """What was said before: each question with its answer; a question that got none is left out."""
    messages = []
    for turn in turns:
        for generation in history.generations(turn.id):
            if generation.text:
                messages += [Message("user", turn.prompt), Message("assistant", generation.text)]
    return messages


def _conversation(history: Store, turns: list[Experiment], *, going: bool) -> DeltaGenerator | None:
    """Draw all turns; gives the place where the present answer grows, when there is one."""
    if not turns:
        st.caption("Ask anything below. Each answer says what was sent and how long it took.")
    place = None
    for turn in turns:
        with st.chat_message("user"):
            st.markdown(plain_text(turn.prompt))
        with st.chat_message("assistant"):
            if turn is turns[-1] and going:
                st.button("Stop", key="chat_stop", icon=":material/stop:", on_click=runs().stop, args=(turn.id,))
                place = st.container()
            else:
                _answered(turn, history.generations(turn.id))
    return place


def _answered(turn: Experiment, generations: list[Generation]) -> None:
    if generations:
        answer(generations[0])
        return
    ended = runs().view(turn.id)
    st.warning(ended.ended.sentence if ended and ended.ended else "This question was not answered: the server ended.")


main()
