"""The chosen endpoint and model in the page's address, so that they survive a reload. Never the key."""

from __future__ import annotations

import streamlit as st

from nim_core.catalog import local_model_id
from nim_core.endpoints import is_loopback, listed, permitted
from nim_core.errors import InputError, StoreError
from pages.parts.operator import settings
from pages.parts.session import Session, history, session, set_widgets

LONGEST_ID = 200


def keep_place_in_address() -> None:
    """Take endpoint and model from the address at a session's first run; write them there at every run."""
    mine = session()
    if not mine.address_read:
        mine.address_read = True
        _read(mine)
    chosen = mine.models.get(mine.endpoint)
    shown = mine.endpoint != "local" or chosen is not None
    _write("endpoint", mine.endpoint if shown else None)
    _write("model", chosen)


def _read(mine: Session) -> None:
    asked = st.query_params.get("endpoint")
    endpoint = _endpoint(asked) if asked else None
    if endpoint is None:
        return
    mine.endpoint = endpoint
    model = st.query_params.get("model", "")
    if model.isprintable() and 0 < len(model) <= LONGEST_ID and endpoint != "local":
        mine.models[endpoint] = model
    if endpoint == "local" and model == local_model_id(settings()):
        mine.models[endpoint] = model
    known = endpoint in ("local", "nvidia")
    set_widgets({"connect_endpoint": endpoint if known else "other", **({} if known else {"connect_url": endpoint})})


def _endpoint(asked: str) -> str | None:
    """The endpoint that an address may choose, None for a server that was never used from here.

    Anybody can send a link: it must not lead prompts to a server of its author's.
    """
    if asked in ("local", "nvidia"):
        return asked
    try:
        place = permitted(asked, settings())
        assert place.url is not None
        chosen_before = place in listed(settings()) or is_loopback(place.url) or history().seen.knows(place.name)
    except (InputError, StoreError):
        return None
    return place.name if chosen_before else None


def _write(name: str, value: str | None) -> None:
    # Each change is sent to the browser, so nothing is written that stands there already.
    if value is None:
        st.query_params.pop(name, None)
    elif st.query_params.get(name) != value:
        st.query_params[name] = value
