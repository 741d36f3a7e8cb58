"""The list of models: filters, the models to choose from, and those that do not chat."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from nim_core.catalog.entry import Entry
from nim_core.catalog.search import Filters
from nim_core.catalog.state import line_of
from pages.parts.drawing.text import counted, plain_text

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
    by_id = {entry.id: entry for entry in found}
    st.caption(f"{counted(len(found), 'model')}. The arrow keys go from card to card, Tab and Enter take the model.")
    index = list(by_id).index(present) if present in by_id else 0
    chosen = _list("Models", by_id, _label, index=index, place="models_found", key="models_chosen")
    return by_id.get(chosen or "", found[0])


def others(entries: Sequence[Entry]) -> None:
    """Draw the models that do not chat, greyed: they cannot be chosen."""
    if not entries:
        st.caption("No model that does not chat matches.")
        return
    by_id = {entry.id: entry for entry in entries}
    count = "1 model that does not chat" if len(entries) == 1 else f"{len(entries):,} models that do not chat"
    st.caption(f"{count}: not to be chosen here.")
    _list("Models that do not chat", by_id, _greyed, index=None, place="models_others", key="models_others_list")


def _list(
    title: str,
    by_id: Mapping[str, Entry],
    label: Callable[[Entry], str],
    *,
    index: int | None,
    place: str,
    key: str,
) -> str | None:
    """Draw models as rows, which cannot be chosen where none is to be chosen at first; gives the id of the chosen."""
    st.html(_AS_LIST)
    with st.container(height=LIST_HEIGHT if len(by_id) > FEW else "content", border=False, key=place):
        return st.radio(
            title,
            list(by_id),
            index=index,
            format_func=lambda id_: label(by_id[id_]),
            key=key,
            label_visibility="collapsed",
            width="stretch",
            disabled=index is None,
        )


def _greyed(entry: Entry) -> str:
    return plain_text(f"{entry.id} ({line_of(entry)})")


def _label(entry: Entry) -> str:
    return f"{plain_text(entry.id)} :small[:gray[{plain_text(line_of(entry))}]]"
