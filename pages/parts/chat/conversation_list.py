"""The conversations of the store: find one, open, rename, delete with undo, take away as a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from nim_core.exports.transcript import Transcript, to_json, to_markdown, to_python
from nim_core.history import History
from nim_core.history.conversations import Conversation, Turn
from nim_core.settings import permitted
from nim_core.values.generation import Generation
from nim_core.words import N_, _, language, said, use_language
from pages.parts.drawing.code_samples import LOCAL_EXAMPLE_URL
from pages.parts.drawing.guard import Guard
from pages.parts.drawing.text import plain_text, safe_markdown
from pages.parts.drawing.when import local_time
from pages.parts.server.operator import settings
from pages.parts.visitor.session import Session, runs


def heading(mine: Session, history: History, turns: tuple[Turn, ...]) -> None:
    """The page's title with the list of conversations and the way to a new one."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title(_("Chat"), width="stretch")
        with st.popover(
            _("Conversations"), key="chat_conversations", icon=":material/forum:", on_change="rerun"
        ) as opened:
            if opened.open:
                with Guard("chat_conversations") as guarded:
                    _list(mine, history, guarded)
        if turns:
            with st.popover(_("Manage"), key="chat_manage", on_change="rerun") as opened:
                if opened.open:
                    with Guard("chat_manage") as guarded:
                        _this(mine, history, turns, guarded)
        st.button(
            _("New chat"),
            key="chat_new",
            icon=":material/add:",
            on_click=mine.new_conversation,
            disabled=not turns,
        )
    with Guard("chat_undo") as guarded:
        _undo(mine, history, guarded)


def transcript_of(history: History, title: str, turns: tuple[Turn, ...]) -> Transcript:
    """The conversation with its answers, as it is shown."""
    found = []
    for turn in turns:
        spec, answers = history.experiments.experiment(turn.id), history.experiments.generations(turn.id)
        if spec is not None:
            found.append((spec, answers[0] if answers else None))
    return Transcript(title, tuple(found))


def _list(mine: Session, history: History, guarded: Guard) -> None:
    search = st.text_input(
        _("Search conversations"), key="chat_search", placeholder=_("a word of any question or answer")
    )
    found = history.conversations.listed(search or "")
    if not found:
        st.caption(_("No conversation holds these words.") if search else _("Your conversations will be listed here."))
    for each in found:
        st.button(
            plain_text(each.title),
            key=f"open_{each.id}",
            type="tertiary",
            help=_("Last changed: {time}", time=local_time(each.changed_at)),
            disabled=each.id == mine.conversation,
            on_click=guarded(_open),
            args=(mine, history, each),
        )


def _this(mine: Session, history: History, turns: tuple[Turn, ...], guarded: Guard) -> None:
    entry = history.conversations.find(mine.conversation)
    title = entry.title if entry else _("Conversation")
    st.text_input(_("Title"), title, key=f"title_{mine.conversation}", on_change=guarded(_rename), args=(mine, history))
    for label, ending, mime, make in (
        (N_("Download JSON"), "json", "application/json", to_json),
        (N_("Download Markdown"), "md", "text/markdown", _safe_to_markdown),
        (N_("Download Python script"), "py", "text/x-python", _to_script),
    ):
        st.download_button(
            said(label),
            _maker(make, history, title, turns, language()),
            file_name=f"nim-lab-chat-{mine.conversation[:8]}.{ending}",
            mime=mime,
            key=f"chat_download_{ending}",
            icon=":material/download:",
            on_click="ignore",
            width="stretch",
        )
    st.button(
        _("Delete conversation"),
        key="chat_delete",
        icon=":material/delete:",
        on_click=guarded(_delete),
        args=(mine, history, turns),
        width="stretch",
    )


def _undo(mine: Session, history: History, guarded: Guard) -> None:
    entry = history.conversations.find(mine.deleted) if mine.deleted else None
    if entry is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(_("Deleted: {title}", title=plain_text(entry.title)), width="content")
        st.button(
            _("Undo"), key="chat_undo", type="tertiary", on_click=guarded(_bring_back), args=(mine, history, entry)
        )


def _open(mine: Session, history: History, entry: Conversation) -> None:
    mine.find_conversation(entry.id, history)
    mine.deleted = None
    st.query_params["conversation"] = entry.id


def _rename(mine: Session, history: History) -> None:
    history.conversations.rename(mine.conversation, mine.widget(f"title_{mine.conversation}") or "")


def _delete(mine: Session, history: History, turns: tuple[Turn, ...]) -> None:
    runs().stop(turns[-1].id)
    history.conversations.delete(mine.conversation)
    mine.deleted = mine.conversation
    mine.new_conversation()


def _bring_back(mine: Session, history: History, entry: Conversation) -> None:
    history.conversations.bring_back(entry.id)
    _open(mine, history, entry)


def _maker(
    make: Callable[[Transcript], bytes | str], history: History, title: str, turns: tuple[Turn, ...], code: str
) -> Callable[[], bytes | str]:
    """What makes the file when it is asked for, outside the run of the page, in the language of the page."""

    def made() -> bytes | str:
        with use_language(code):
            return make(transcript_of(history, title, turns))

    return made


def _safe_to_markdown(transcript: Transcript) -> str:
    """Markdown whose reader loads no image that a model named."""
    turns = tuple((spec, _safe(answer) if answer else None) for spec, answer in transcript.turns)
    return to_markdown(replace(transcript, turns=turns))


def _safe(answer: Generation) -> Generation:
    return replace(answer, text=safe_markdown(answer.text))


def _to_script(transcript: Transcript) -> str:
    return to_python(transcript, lambda name: permitted(name, settings()).url or LOCAL_EXAMPLE_URL)
