"""The tab Data: the rows as a table, and everything that can be taken away."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from nim_core.exports.html_report import to_html
from nim_core.exports.notebook import to_notebook
from nim_core.exports.rows import to_csv, to_json, to_parquet
from nim_core.exports.script import to_script
from nim_core.history.shelf import ShelfEntry
from nim_core.values.generation import Generation
from nim_core.words import _, language, use_language


def take_away(entry: ShelfEntry, generations: Sequence[Generation], rows: pd.DataFrame) -> None:
    """Draw the downloads, each made when it is pressed, and the filterable table."""
    experiment = entry.experiment
    safe_csv = st.toggle(
        _("CSV for a spreadsheet"),
        key=f"spreadsheet_{experiment.id}",
        help=_("Puts a ' before cells that a spreadsheet would take for a formula. Off: exact to the character."),
    )
    kinds: list[tuple[str, str, str, Callable[[], bytes | str]]] = [
        (_("Download CSV"), "csv", "text/csv", lambda: to_csv(generations, for_spreadsheet=safe_csv)),
        (_("Download JSON"), "json", "application/json", lambda: to_json(generations)),
        (_("Download Parquet"), "parquet", "application/vnd.apache.parquet", lambda: to_parquet(generations)),
        (_("Download report"), "html", "text/html", lambda: to_html(experiment, generations)),
        (_("Download notebook"), "ipynb", "application/x-ipynb+json", lambda: to_notebook(experiment, generations)),
        (_("Download script"), "py", "text/x-python", lambda: to_script(experiment)),
    ]
    with st.container(horizontal=True):
        for label, ending, mime, make in kinds:
            st.download_button(
                label,
                _spoken(make, language()),
                file_name=f"nim-lab-{experiment.id[:8]}.{ending}",
                mime=mime,
                key=f"download_{ending}_{experiment.id}",
                on_click="ignore",
            )
    shown = _filtered(rows, experiment.id)
    # The long id says the same in every row: it stands last.
    order = sorted(shown.columns, key=lambda name: name == "experiment_id")
    st.dataframe(shown, hide_index=True, lazy=len(shown) > 1_000, column_order=order, alt=_("One row an answer"))


def _spoken(make: Callable[[], bytes | str], code: str) -> Callable[[], bytes | str]:
    """A download in the reader's language: it is made after the page's run, when none is set any more."""

    def made() -> bytes | str:
        with use_language(code):
            return make()

    return made


def _filtered(rows: pd.DataFrame, key: str) -> pd.DataFrame:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        sets = st.multiselect(_("Sets"), list(rows["set"].unique()), key=f"filter_sets_{key}", placeholder=_("all"))
        status = st.multiselect(
            _("Status"), list(rows["status"].unique()), key=f"filter_status_{key}", placeholder=_("all")
        )
        word = st.text_input(_("Text holds"), key=f"filter_text_{key}", width=220)
    if sets:
        rows = rows[rows["set"].isin(sets)]
    if status:
        rows = rows[rows["status"].isin(status)]
    if word:
        rows = rows[rows["text"].fillna("").str.contains(word, case=False, regex=False)]
    return rows
