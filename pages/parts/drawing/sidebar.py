"""The sidebar: where prompts go now, and in which language the pages are."""

from __future__ import annotations

import streamlit as st

from nim_core.values.endpoints import title_of
from nim_core.words import _
from pages.parts.drawing.text import plain_text
from pages.parts.visitor.language import language_choice
from pages.parts.visitor.session import session
from pages.parts.visitor.workspace import workspace_line


def sidebar() -> None:
    """Show the chosen endpoint and model under the navigation, whose workspace it is, and the languages."""
    mine = session()
    with st.sidebar.container(key="sidebar_place"):
        st.caption(_("Prompts go to"))
        st.markdown(f"**{plain_text(title_of(mine.place.name))}**")
        st.markdown(plain_text(mine.model) if mine.model else _("No model chosen yet"))
        workspace_line(mine)
        language_choice(mine)
