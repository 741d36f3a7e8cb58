"""Models: the endpoint's catalog; search it, read a card, choose one."""

from __future__ import annotations

from typing import Any

import streamlit as st

from nim_core.catalog.available import Listing, listing_of
from nim_core.catalog.entry import Entry, entries_of
from nim_core.catalog.search import Filters, advice, matching
from nim_core.catalog.state import source_sentence
from nim_core.errors import CallError
from nim_core.history import History
from nim_core.history.sightings import SeenModel
from nim_core.words import _, _n, said
from pages.parts.drawing.guard import Guard
from pages.parts.drawing.text import plain_text
from pages.parts.models.model_card import model_card
from pages.parts.models.model_list import filters, model_list, others
from pages.parts.server.operator import settings
from pages.parts.visitor.session import Session, history, session


def main() -> None:
    """Draw the page."""
    mine = session()
    st.title(_("Models"))
    kept = history()
    fingerprint = kept.meter.fingerprint(mine.key)
    listing = _listing(mine, kept, fingerprint)
    if listing is None:
        return
    seen: dict[str, SeenModel] = {}
    with Guard():
        seen = kept.sightings.models(mine.endpoint, fingerprint)
    entries = entries_of(listing.models, mine.place, seen)
    left, right = st.columns([1.1, 1], gap="large")
    with left:
        chosen = _found(entries, mine.model)
    with right:
        if chosen:
            model_card(mine, chosen)


def _listing(mine: Session, history: History, fingerprint: str) -> Listing | None:
    """The models, with a word on where they come from when it is not the server; None when there are none."""

    def fetch() -> Listing:
        with st.spinner(_("Asking the server for its models …")):
            return listing_of(mine.place, mine.key, settings(), history.sightings, fingerprint)

    try:
        listing = mine.listing(fingerprint, fetch)
    except CallError as error:
        _unavailable(mine, error, said(error.kind.advice))
        return None
    if listing.problem:
        _unavailable(mine, listing.problem, source_sentence(listing))
    return listing


def _unavailable(mine: Session, problem: CallError, next_: str) -> None:
    st.warning(
        f"{plain_text(problem.said())}\n\n{plain_text(next_)}",
        title=_("The server did not give its list of models"),
    )
    st.button(_("Try again"), key="models_retry", on_click=mine.list_again)


def _found(entries: list[Entry], present: str | None) -> Entry | None:
    """Search, filters and list; gives the entry whose card is shown."""
    search: Any = st.text_input(
        _("Search models"),
        key="models_search",
        type="search",
        placeholder=_("llama 8b"),
        live="150ms",
        persist_state="session",
    )
    wanted, with_others = filters(entries)
    matched = matching(entries, search or "")
    found = [entry for entry in matched if entry.chats and wanted.let_through(entry)]
    rest = [entry for entry in matched if not entry.chats and wanted.let_through(entry)]
    chosen = model_list(found, present) if found else None
    if not found:
        st.info(_nothing(entries, search or "", wanted, rest, with_others=with_others))
    if with_others:
        others(rest)
    return chosen


def _nothing(entries: list[Entry], search: str, wanted: Filters, rest: list[Entry], *, with_others: bool) -> str:
    if not rest:
        return plain_text(advice(entries, search, wanted.let_through))
    if with_others:
        return _n(
            "No chat model matches. Among the models that do not chat, {count} matches: it stands below.",
            "No chat model matches. Among the models that do not chat, {count} match: they stand below.",
            len(rest),
        )
    return _n(
        "No chat model matches. Among the models that do not chat, {count} matches: open Filters to see it.",
        "No chat model matches. Among the models that do not chat, {count} match: open Filters to see them.",
        len(rest),
    )


main()
