"""The frame of every page: configuration, navigation and the sidebar."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.parts.address import keep_place_in_address
from pages.parts.sidebar import sidebar

st.set_page_config(page_title="NIM Lab", page_icon=str(Path(__file__).parent / "icon.svg"), layout="wide")

# Streamlit's own Stop ends only the drawing, not the run: a visitor would take it for ours.
st.html(
    "<style>"
    "[data-testid='stStatusWidget'] { display: none }"
    ".stMainBlockContainer { padding-top: 3.5rem; padding-bottom: 3rem }"
    "</style>"
)

page = st.navigation(
    [
        st.Page("connect.py", title="Connect", default=True),
        st.Page("models.py", title="Models"),
        st.Page("chat.py", title="Chat"),
        st.Page("compare.py", title="Compare"),
    ]
)
keep_place_in_address()
sidebar()
page.run()
keep_place_in_address()
