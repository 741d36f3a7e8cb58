"""The list of models: filters, the models to choose from, and those that do not chat."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from nim_core.catalog.entry import Entry
from nim_core.catalog.search import Filters
from nim_core.catalog.state import line_of
from pages.parts.drawing.text import plain_text

SIZES_B = (0.0, 1.0, 3.0, 8.0, 15.0, 35.0, 80.0, 150.0, 400.0, float("inf"))
"""The marks of the size filter, in billions of parameters."""

FEW, LIST_HEIGHT = 8, 400
"""Up to so many models the list is as high as they are; then it is so many pixels high, and scrolls."""

# Rows as wide as the list, so that a row can be hit anywhere; a long id breaks instead of hiding its end.
_AS_LIST = (
    "<style>"
    ".st-key-models_found [role='radiogroup'], .st-key-models_others [role='radiogroup'] { gap: 0; width: 100% }"
    ".st-key-models_found label[data-testid='stRadioOption'], .st-key-models_others label[data-testid='stRadioOption'] "
    "{ width: 100%; padding: .3rem .25rem }"
    ".st-key-models_found p, .st-key-models_others p { overflow-wrap: anywhere }"
    "</style>"
)


def filters(entries: Sequence[Entry]) -> tuple[Filters, bool]:
    """Draw the filters; gives what they let through, and whether models that do not chat are shown."""
    with st.expander("Filters", key="models_filters"):
        publishers = st.multiselect(
            "Publisher",
            sorted({entry.publisher for entry in entries if entry.publisher}),
            key="models_publisher",
            placeholder="all",
            persist_state="session",
        )
        variants = st.pills(
            "Kind",
            sorted({variant for entry in entries for variant in entry.name.variants}),
            selection_mode="multi",
            key="models_kind",
            persist_state="session",
        )
        low, high = st.select_slider(
            "Size in billions of parameters",
            SIZES_B,
            (SIZES_B[0], SIZES_B[-1]),
            format_func=lambda size: "no limit" if size == SIZES_B[-1] else f"{size:g}",
            key="models_size",
            help="With a limit, models whose size is not known are left out.",
            persist_state="session",
        )
        answered = st.toggle("Answered here before", key="models_answered", persist_state="session")
        with_others = st.toggle("Show models that do not chat", key="models_others_shown", persist_state="session")
    limited = (low, high) != (SIZES_B[0], SIZES_B[-1])
    return Filters(publishers, variants, (low, high) if limited else None, answered), with_others


def model_list(found: Sequence[Entry], present: str | None) -> Entry:
    """Draw the models as a list for the arrow keys; gives the one whose card is shown.

    `present` is the model in use, which is shown first until another is chosen.
    """
    st.html(_AS_LIST)
    by_id = {entry.id: entry for entry in found}
    count = "1 model" if len(found) == 1 else f"{len(found)} models"
    st.caption(f"{count}. The arrow keys go from card to card, Tab and Enter take the model.")
    with st.container(height=LIST_HEIGHT if len(found) > FEW else "content", border=False, key="models_found"):
        chosen = st.radio(
            "Models",
            list(by_id),
            index=list(by_id).index(present) if present in by_id else 0,
            format_func=lambda id_: _label(by_id[id_]),
            key="models_chosen",
            label_visibility="collapsed",
            width="stretch",
        )
    return by_id.get(chosen or "", found[0])


def others(entries: Sequence[Entry]) -> None:
    """Draw the models that do not chat, greyed: they cannot be chosen."""
    if not entries:
        st.caption("No model that does not chat matches.")
        return
    st.html(_AS_LIST)
    by_id = {entry.id: entry for entry in entries}
    count = "1 model that does not chat" if len(entries) == 1 else f"{len(entries)} models that do not chat"
    st.caption(f"{count}: not to be chosen here.")
    with st.container(height=LIST_HEIGHT if len(entries) > FEW else "content", border=False, key="models_others"):
        st.radio(
            "Models that do not chat",
            list(by_id),
            index=None,
            format_func=lambda id_: plain_text(f"{id_} ({line_of(by_id[id_])})"),
            key="models_others_list",
            label_visibility="collapsed",
            width="stretch",
            disabled=True,
        )


def _label(entry: Entry) -> str:
    return f"{plain_text(entry.id)} :small[:gray[{plain_text(line_of(entry))}]]"
