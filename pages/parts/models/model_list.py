"""The list of models: filters, the models to choose from, and those that do not chat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from nim_core.catalog.entry import Entry
from nim_core.catalog.search import Filters
from nim_core.catalog.state import line_of
from nim_core.words import _, _n, number
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
    with st.expander(_("Filters"), key="models_filters"):
        publishers = st.multiselect(
            _("Publisher"),
            sorted({entry.publisher for entry in entries if entry.publisher}),
            key="models_publisher",
            placeholder=_("all"),
            persist_state="session",
        )
        variants = st.pills(
            _("Kind"),
            sorted({variant for entry in entries for variant in entry.name.variants}),
            selection_mode="multi",
            key="models_kind",
            persist_state="session",
        )
        low, high = st.select_slider(
            _("Size in billions of parameters"),
            SIZES_B,
            (SIZES_B[0], SIZES_B[-1]),
            format_func={**{size: number(size) for size in SIZES_B[:-1]}, SIZES_B[-1]: _("no limit")}.__getitem__,
            key="models_size",
            help=_("With a limit, models whose size is not known are left out."),
            persist_state="session",
        )
        answered = st.toggle(_("Answered here before"), key="models_answered", persist_state="session")
        with_others = st.toggle(_("Show models that do not chat"), key="models_others_shown", persist_state="session")
    limited = (low, high) != (SIZES_B[0], SIZES_B[-1])
    return Filters(publishers, variants, (low, high) if limited else None, answered), with_others


def model_list(found: Sequence[Entry], present: str | None) -> Entry:
    """Draw the models as a list for the arrow keys; gives the one whose card is shown.

    `present` is the model in use, which is shown first until another is chosen.
    """
    by_id = {entry.id: entry for entry in found}
    counted = _n("{count} model.", "{count} models.", len(found))
    keys = _("The arrow keys go from card to card, Tab and Enter take the model.")
    st.caption(f"{counted} {keys}")
    index = list(by_id).index(present) if present in by_id else 0
    labels = {id_: _label(entry) for id_, entry in by_id.items()}
    chosen = _list(_("Models"), labels, index=index, place="models_found", key="models_chosen")
    return by_id.get(chosen or "", found[0])


def others(entries: Sequence[Entry]) -> None:
    """Draw the models that do not chat, greyed: they cannot be chosen."""
    if not entries:
        st.caption(_("No model that does not chat matches."))
        return
    st.caption(
        _n(
            "{count} model that does not chat: not to be chosen here.",
            "{count} models that do not chat: not to be chosen here.",
            len(entries),
        )
    )
    greyed = {entry.id: _greyed(entry) for entry in entries}
    _list(_("Models that do not chat"), greyed, index=None, place="models_others", key="models_others_list")


def _list(
    title: str,
    labels: Mapping[str, str],
    *,
    index: int | None,
    place: str,
    key: str,
) -> str | None:
    """Draw models as rows, which cannot be chosen where none is to be chosen at first; gives the id of the chosen.

    `labels` has each model's row under its id.
    """
    st.html(_AS_LIST)
    with st.container(height=LIST_HEIGHT if len(labels) > FEW else "content", border=False, key=place):
        return st.radio(
            title,
            list(labels),
            index=index,
            format_func=labels.__getitem__,
            key=key,
            label_visibility="collapsed",
            width="stretch",
            disabled=index is None,
        )


def _greyed(entry: Entry) -> str:
    return plain_text(f"{entry.id} ({line_of(entry)})")


def _label(entry: Entry) -> str:
    return f"{plain_text(entry.id)} :small[:gray[{plain_text(line_of(entry))}]]"
