"""The question before prompts go to a server that nothing but the page's address has named."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st

from nim_core.words import _
from pages.parts.drawing.text import plain_text
from pages.parts.visitor.address import take
from pages.parts.visitor.session import session


def ask_about_link() -> None:
    """Ask before the first prompt goes to a server that nothing but the page's address has named.

    Anybody can send a link: it must not lead prompts to a server of its author's.
    """
    mine = session()
    if mine.linked is None:
        return
    endpoint, model = mine.linked
    with st.container(border=True, key="linked"):
        st.markdown(_("**Send prompts to {server}?**", server=plain_text(urlsplit(endpoint).netloc)))
        st.markdown(
            _(
                "The link that you followed names the server {address}, which was never used from here. "
                "Whoever runs it reads what you send. Say yes only if you know whose it is.",
                address=plain_text(endpoint),
            )
        )
        with st.container(horizontal=True):
            st.button(_("Yes, send them there"), key="linked_yes", on_click=take, args=(mine, endpoint, model))
            st.button(_("No"), key="linked_no", on_click=mine.choose, args=(mine.endpoint,))
