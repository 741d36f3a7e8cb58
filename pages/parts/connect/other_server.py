"""The choice of another server: its address is typed, or it is one that the operator has listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from nim_core.settings import listed, permitted
from nim_core.values.endpoints import NAMED, Endpoint, title_of
from nim_core.words import _
from pages.parts.drawing.guard import Guard
from pages.parts.drawing.text import plain_text
from pages.parts.server.operator import settings
from pages.parts.visitor.session import Session, has_widget, set_widgets

if TYPE_CHECKING:
    from nim_core.call.health import Health


def other_server(mine: Session) -> Endpoint | None:
    """Draw the choice; gives the server, None while there is none."""
    offered = [place.name for place in listed(settings())]
    place = _from_list(mine, offered) if settings().shared else _typed(mine, offered)
    if place is not None and not place.is_local:
        st.caption(_told(place))
        return place
    return None


def _from_list(mine: Session, offered: list[str]) -> Endpoint | None:
    if not offered:
        st.info(
            _(
                "The operator of this shared server has listed no other server. Prompts go to: {endpoint}.",
                endpoint=plain_text(title_of(mine.place.name)),
            )
        )
        return None
    if not has_widget("connect_listed"):
        set_widgets({"connect_listed": mine.endpoint if mine.endpoint in offered else None})
    chosen = st.selectbox(
        _("Server URL"),
        offered,
        key="connect_listed",
        placeholder=_("Choose a server"),
        on_change=_take,
        args=(mine, "connect_listed"),
        persist_state="session",
    )
    return permitted(chosen, settings()) if chosen else None


def _typed(mine: Session, offered: list[str]) -> Endpoint | None:
    if not has_widget("connect_url"):
        set_widgets({"connect_url": "" if mine.endpoint in NAMED else mine.endpoint})
    typed = st.text_input(
        _("Server URL"),
        key="connect_url",
        placeholder="http://localhost:8000/v1",
        on_change=_take,
        args=(mine, "connect_url"),
        persist_state="session",
    )
    if offered:
        with st.container(horizontal=True):
            for url in offered:
                st.button(plain_text(url), key=f"connect_offer_{url}", on_click=_offer, args=(mine, url))
    if not typed:
        st.info(
            _(
                "Enter the address of your server. Until then prompts go to: {endpoint}.",
                endpoint=plain_text(title_of(mine.place.name)),
            )
        )
        return None
    with Guard():
        return permitted(typed, settings())
    return None


def _take(mine: Session, widget: str) -> None:
    mine.choose(mine.widget(widget) or "")


def _offer(mine: Session, url: str) -> None:
    set_widgets({"connect_url": url})
    mine.choose(url)


def _told(place: Endpoint) -> str:
    """Where calls go, and what the server says of itself."""
    with st.spinner(_("Asking the server how it is …")):
        health = _health(place)
    ready = {True: _("It says that it is ready."), False: _("It says that it is not ready yet."), None: None}
    version = _("Its version is {version}.", version=plain_text(health.version)) if health.version else None
    told = (_("Calls go to `{url}`.", url=place.url), ready[health.ready], version)
    return " ".join(sentence for sentence in told if sentence)


@st.cache_data(ttl=20, show_spinner=False)
def _health(place: Endpoint) -> Health:
    """What the server says of itself; depends on the address alone, so it may be shared."""
    from nim_core.call.health import server_health

    return server_health(place)
