"""The chosen endpoint and model in the page's address, so that they survive a reload. Never the key."""

from __future__ import annotations

import streamlit as st

from nim_core.errors import InputError, StoreError
from nim_core.settings import listed, permitted
from nim_core.values.endpoints import LOCAL, NAMED
from pages.parts.server.operator import settings
from pages.parts.visitor.session import Session, history, session, set_widgets


def keep_place_in_address() -> None:
    """Take endpoint and model from the address at a session's first run; write them there at every run."""
    mine = session()
    if not mine.address_read:
        mine.address_read = True
        _read(mine)
    chosen = mine.models.get(mine.endpoint)
    shown = mine.endpoint != LOCAL.name or chosen is not None
    write("endpoint", mine.endpoint if shown else None)
    write("model", chosen)


def _read(mine: Session) -> None:
    asked = st.query_params.get("endpoint", "")
    try:
        endpoint = permitted(asked, settings()).name
    except InputError:
        return
    model = st.query_params.get("model", "")
    if _goes_without_asking(endpoint):
        take(mine, endpoint, model)
    else:
        mine.linked = (endpoint, model)


def _goes_without_asking(endpoint: str) -> bool:
    """Whether prompts go from here to an endpoint anyway: it is built in, listed by the operator, or was used before.

    A server on this computer is asked about like any other: what answers there need not be a model of the visitor's.
    """
    if endpoint in (*NAMED, *(each.name for each in listed(settings()))):
        return True
    try:
        return history().sightings.knows(endpoint)
    except StoreError:
        return False


def take(mine: Session, endpoint: str, model: str) -> None:
    """Choose what the address names."""
    mine.choose(endpoint)
    mine.take_model(endpoint, model)
    known = endpoint in NAMED
    set_widgets({"connect_endpoint": endpoint if known else "other", **({} if known else {"connect_url": endpoint})})


def write(name: str, value: str | None) -> None:
    """Write one thing into the address, or take it out."""
    # Each change is sent to the browser, so nothing is written that stands there already.
    if value is None:
        st.query_params.pop(name, None)
    elif st.query_params.get(name) != value:
        st.query_params[name] = value
