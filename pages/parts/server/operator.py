"""What the operator has set: the environment, and whether the server is for several people."""

from __future__ import annotations

import os
from functools import cache

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from nim_core.settings import VARIABLES, Settings
from nim_core.values.endpoints import is_loopback_host


def settings() -> Settings:
    """What the operator has set; read again only when the environment has changed."""
    return _settings(tuple(os.environ.get(name) for name in VARIABLES), _serves_others())


def asks_for_login() -> bool:
    """Whether visitors log in: .streamlit/secrets.toml then has a section [auth], as st.login needs it."""
    try:
        return "auth" in st.secrets
    except StreamlitSecretNotFoundError:
        return False


@cache
def _settings(_environment: tuple[str | None, ...], serves_others: bool) -> Settings:
    return Settings(shared=True) if serves_others else Settings()


def _serves_others() -> bool:
    """Whether others than this computer's user can come: they log in, or the server listens beyond loopback."""
    return asks_for_login() or not is_loopback_host(st.get_option("server.address") or "")
