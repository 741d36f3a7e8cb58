"""The frame of every page: configuration, navigation and the sidebar."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from nim_core.words import _
from pages.parts.drawing.guard import Guard, tell_failures_elsewhere
from pages.parts.drawing.link_question import ask_about_link
from pages.parts.drawing.look import style
from pages.parts.drawing.sidebar import sidebar
from pages.parts.visitor.address import keep_place_in_address
from pages.parts.visitor.language import speak
from pages.parts.visitor.session import session
from pages.parts.visitor.workspace import enter

HERE = Path(__file__).parent

st.set_page_config(page_title="NIM Lab", page_icon=str(HERE / "icon.svg"), layout="wide")

st.logo(str(HERE / "logo.svg"), size="large", icon_image=str(HERE / "icon.svg"))
style()

speak(session())
inside = enter(session())
page = st.navigation(
    [
        st.Page("connect.py", title=_("Connect"), default=True),
        st.Page("models.py", title=_("Models")),
        st.Page("chat.py", title=_("Chat")),
        st.Page("compare.py", title=_("Compare")),
    ],
    position="sidebar" if inside else "hidden",
)
if inside:
    keep_place_in_address()
    sidebar()
    ask_about_link()
    with Guard():
        page.run()
    tell_failures_elsewhere()
    keep_place_in_address()
