"""The language of a visitor: what the address says, else what they chose, else their browser's, else English."""

from __future__ import annotations

import streamlit as st

from nim_core.words import LANGUAGES, _, language, matched, set_language
from pages.parts.visitor.address import write
from pages.parts.visitor.session import Session, set_widgets


def language_of(mine: Session) -> str:
    """The language to speak to a visitor, one of LANGUAGES."""
    return matched(st.query_params.get("lang") or mine.language or st.context.locale)


def speak(mine: Session) -> None:
    """Speak the visitor's language in this run, and keep in the address what they chose or came with."""
    set_language(language_of(mine))
    if st.query_params.get("lang"):
        mine.language = language()
    write("lang", mine.language)


def language_choice(mine: Session) -> None:
    """Draw the choice of the language; every language is called by its own name."""
    set_widgets({"language": language()})
    st.selectbox(
        _("Language"),
        list(LANGUAGES),
        format_func=LANGUAGES.__getitem__,
        key="language",
        on_change=_choose,
        args=(mine,),
    )


def _choose(mine: Session) -> None:
    mine.language = mine.widget("language")
    write("lang", mine.language)
