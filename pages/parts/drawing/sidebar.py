"""The sidebar: where prompts go now."""

from __future__ import annotations

import streamlit as st

from pages.parts.drawing.text import plain_text
from pages.parts.visitor.session import session
from pages.parts.visitor.workspace import workspace_line


def sidebar() -> None:
    """Show the chosen endpoint and model under the navigation."""
    mine = session()
    with st.sidebar.container(key="sidebar_place"):
        st.caption("Prompts go to")
        st.markdown(f"**{plain_text(mine.place.title)}**")
        st.markdown(plain_text(mine.model) if mine.model else "No model chosen yet")
        workspace_line(mine)
