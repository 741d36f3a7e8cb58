"""The form that takes an API key; its field is emptied as soon as the key is taken."""

from __future__ import annotations

import streamlit as st

from nim_core.values.endpoints import Endpoint
from nim_core.values.keys import clean_key, looks_like_nvidia, shown_key
from nim_core.words import _
from pages.parts.drawing.guard import Guard
from pages.parts.visitor.session import Session, set_widgets


def key_form(mine: Session, place: Endpoint) -> bool:
    """Draw the form; whether calls can go out, with a key or where none is needed."""
    own = mine.keys.get(place.name)
    if own:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.success(_("The key {key} is kept for this session only.", key=shown_key(own)), width="stretch")
            st.button(_("Forget key"), key="connect_forget", on_click=mine.forget_key, args=(place.name,))
        if place.needs_key and not looks_like_nvidia(own):
            st.caption(
                _("NVIDIA's keys begin with nvapi- and have 70 characters; this one differs. It is used all the same.")
            )
        return True
    if mine.key:
        st.success(_("A key set by the operator of this server is in use. You may use your own instead."))
    with Guard("connect_key") as guarded:
        st.text_input(
            _("API key"),
            key="connect_key",
            type="password",
            autocomplete="off",
            placeholder="nvapi-…" if place.needs_key else _("only if the server asks for one"),
            on_change=guarded(_take),
            args=(mine, place),
        )
        st.caption(
            _(
                "Press Enter to take it. It stays in memory for this session, goes to this endpoint alone, never to "
                "disk."
            )
        )
    return bool(mine.key) or not place.needs_key


def _take(mine: Session, place: Endpoint) -> None:
    pasted = mine.widget("connect_key")
    set_widgets({"connect_key": ""})
    mine.key_check = None
    mine.keys[place.name] = clean_key(pasted)
