"""The three ways to begin, for somebody who has not asked anything from here yet."""

from __future__ import annotations

import streamlit as st

from nim_core.history import History
from nim_core.words import N_, _, said
from pages.parts.visitor.session import Session, set_widgets

_WAYS = N_(
    "1. **No key?** Press the button below: a small model that runs here is ready.\n"
    "2. **A key from NVIDIA?** Choose the second endpoint and paste it; then pick a model.\n"
    "3. **A server of your own?** Choose the third endpoint and give its URL, such as `http://localhost:8000/v1`."
)


def first_steps(mine: Session, history: History) -> bool:
    """Draw the hint, until it is dismissed or something was asked; whether it was drawn."""
    if mine.steps_dismissed or _has_asked(history):
        return False
    with st.container(border=True, key="first_steps"):
        st.markdown(said(_WAYS))
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button(
                _("Compare now, without a key"),
                key="first_compare",
                icon=":material/arrow_forward:",
                on_click=_choose_built_in,
                args=(mine,),
            ):
                st.switch_page("compare.py")
            st.button(_("Dismiss"), key="first_dismiss", type="tertiary", on_click=_dismiss, args=(mine,))
    return True


def _has_asked(history: History) -> bool:
    """Whether anything was asked in this workspace."""
    return bool(history.experiments.comparisons(limit=1)) or bool(history.conversations.listed())


def _dismiss(mine: Session) -> None:
    mine.steps_dismissed = True


def _choose_built_in(mine: Session) -> None:
    mine.choose("local")
    set_widgets({"connect_endpoint": "local"})
