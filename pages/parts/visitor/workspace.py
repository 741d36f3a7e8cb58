"""Whose history a visitor sees, on a server for several people."""

from __future__ import annotations

import hashlib
import re
import secrets

import streamlit as st

from nim_core.words import _
from pages.parts.server.operator import asks_for_login, settings
from pages.parts.visitor.session import Session

_ID = re.compile("[0-9a-f]{32}")


def enter(mine: Session) -> bool:
    """Find the visitor's workspace; False while they have to log in.

    A visitor who is logged in has one workspace, from wherever they come. Everybody else has an id that nobody can
    guess, in the page's address, to be bookmarked.
    """
    if not settings().shared:
        return True
    if asks_for_login():
        if not st.user.is_logged_in:
            _log_in()
            return False
        mine.workspace = _of_user(str(st.user.get("iss", "")), str(st.user.get("sub") or st.user.get("email")))
        return True
    asked = st.query_params.get("workspace", "")
    if mine.workspace is None:
        mine.workspace = asked if _ID.fullmatch(asked) else secrets.token_hex(16)
    if asked != mine.workspace:
        st.query_params["workspace"] = mine.workspace
    return True


def workspace_line(mine: Session) -> None:
    """Say in the sidebar whose history this is and how to come back to it."""
    if mine.workspace is None:
        return
    if asks_for_login():
        who = st.user.get("name") or st.user.get("email")
        st.caption(_("Logged in as {name}", name=str(who)[:60]) if who else _("Logged in"))
        st.button(_("Log out"), key="workspace_log_out", on_click=st.logout)
        return
    st.caption(
        _(
            "This server is shared. What you ask here is kept in a workspace of your own: bookmark this page to come "
            "back to it. Whoever has its address sees the workspace."
        )
    )


def _log_in() -> None:
    st.title("NIM Lab")
    st.write(_("This server is for several people. Log in, so that your experiments are kept for you alone."))
    st.button(_("Log in"), key="workspace_log_in", type="primary", on_click=st.login)


def _of_user(issuer: str, subject: str) -> str:
    return hashlib.sha256(f"{issuer}\0{subject}".encode()).hexdigest()[:32]
