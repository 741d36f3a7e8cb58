"""A call as code in four languages."""

from __future__ import annotations

import streamlit as st

from nim_core.exports.snippets import SNIPPETS
from nim_core.values.endpoints import Endpoint
from nim_core.values.request import Request
from nim_core.words import _

LOCAL_EXAMPLE_URL = "http://127.0.0.1:8080/v1"
"""Where `python -m nim_core local --port 8080` answers."""


def code_samples(request: Request, place: Endpoint, *, key: str) -> None:
    """Draw the tabs Python, LangChain, Node and Shell; `key` is that of the tabs."""
    if place.is_local:
        st.caption(_("Serve the built-in model for these with `python -m nim_core local --port 8080`."))
    elif place.needs_key:
        st.caption(_("Set your key first: `export NVIDIA_API_KEY=…`"))
    for tab, (snippet, language) in zip(st.tabs(list(SNIPPETS), key=key), SNIPPETS.values(), strict=True):
        tab.code(snippet(request, place.url or LOCAL_EXAMPLE_URL), language=language, wrap_lines=True)
