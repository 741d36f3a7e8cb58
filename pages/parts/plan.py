"""The plan of a comparison: its sets as a table, how they grow, and what a run will cost."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd
import streamlit as st

from nim_core.endpoints import Endpoint
from nim_core.errors import InputError
from nim_core.parameters import FIELD, FIELDS, GenerationParameters, ParameterSet, grid, parameters_from
from nim_core.spec import parse_values
from pages.parts.parameters import read_stop
from pages.parts.session import Session, has_widget
from pages.parts.text import plain_text

TABLE = "compare_sets"

STARTING_SETS = (
    ParameterSet("focused", GenerationParameters(temperature=0.2, max_tokens=300)),
    ParameterSet("balanced", GenerationParameters(temperature=0.7, max_tokens=300)),
    ParameterSet("creative", GenerationParameters(temperature=1.2, max_tokens=300)),
)
"""Ready for a newcomer: one parameter varies, and a small model answers them all within half a minute."""


def sets_table(mine: Session) -> list[ParameterSet]:
    """Draw the editable table; gives the sets that are switched on.

    Raises InputError, naming the row, for a value outside its range.
    """
    # The editor keeps its edits apart from its data: the data may change only when it begins anew.
    if mine.sets is None:
        mine.sets = _table(STARTING_SETS)
    if not has_widget(_widget(mine)):
        mine.sets_base = mine.sets
    columns = {
        "run": st.column_config.CheckboxColumn("Run", help="Untick to leave a set out.", default=True, width="small"),
        "name": st.column_config.TextColumn("Name", help="Empty: named after its parameters.", width="medium"),
        "stop": st.column_config.TextColumn("Stop sequences", help="Write \\n for a line break."),
    }
    for field in FIELDS:
        if field.key != "stop":
            columns[field.key] = st.column_config.NumberColumn(
                field.label, help=f"{field.help} Empty: not sent.", min_value=field.minimum, max_value=field.maximum
            )
    edited = st.data_editor(
        mine.sets_base,
        key=_widget(mine),
        column_config=columns,
        num_rows="dynamic",
        hide_index=True,
        placeholder="",
        alt="The parameter sets to compare",
    )
    mine.sets = edited
    return [_read(row) for row in edited.to_dict("records") if row["run"] is True or row["run"] is None]


def add_sets(mine: Session) -> None:
    """A small form that adds every value of one parameter as sets of its own."""
    with st.popover("Add sets", icon=":material/add:", key="compare_add"):
        names = [field.key for field in FIELDS if field.key not in ("stop", "seed")]
        key = st.selectbox(
            "Parameter to vary", names, format_func=lambda name: FIELD[name].label, key="compare_add_parameter"
        )
        text = st.text_input(
            "Values", "0:1:0.25", key="compare_add_values", help="A list such as 0, 0.5, 1, or first:last:step."
        )
        replace = st.toggle("Replace the sets of the table", key="compare_add_replace")
        if st.button("Add", key="compare_add_go", type="primary"):
            try:
                _add(mine, grid(GenerationParameters(max_tokens=300), **{key: parse_values(text)}), replace=replace)
            except InputError as error:
                st.error(plain_text(str(error)))
            else:
                st.rerun()


def cost_line(sets: int, repeats: int, place: Endpoint, rpm: float | None) -> str:
    """What a run will send, and how long it takes where the pace is limited."""
    requests = sets * repeats
    line = f"{sets} sets × {repeats} repeats = {requests:,} requests + 1 warm-up"
    if rpm is not None:
        line += f", at {rpm:g} a minute about {_duration((requests + 1) * 60 / rpm)}"
    elif place.is_local:
        line += " on this computer, at no cost"
    return f"{line}."


def _add(mine: Session, sets: Iterable[ParameterSet], *, replace: bool) -> None:
    added = _table(sets)
    mine.sets = added if replace else pd.concat([mine.sets, added], ignore_index=True)
    mine.sets_version += 1


def _widget(mine: Session) -> str:
    return f"{TABLE}_{mine.sets_version}"


def _table(sets: Iterable[ParameterSet]) -> pd.DataFrame:
    rows = []
    for each in sets:
        values = each.parameters.sent()
        values["stop"] = "\n".join(text.replace("\n", "\\n") for text in values.get("stop", [])) or None
        rows.append({"run": True, "name": each.name, **{field.key: values.get(field.key) for field in FIELDS}})
    numbers = {field.key: "Int64" if field.whole else "Float64" for field in FIELDS if field.key != "stop"}
    return pd.DataFrame(rows).astype({"name": "string", "stop": "string", **numbers})


def _read(row: dict[Any, Any]) -> ParameterSet:
    name = row["name"] if isinstance(row["name"], str) else ""
    values = {field.key: row[field.key] for field in FIELDS if field.key != "stop" and not pd.isna(row[field.key])}
    if isinstance(row["stop"], str) and row["stop"]:
        values["stop"] = read_stop(row["stop"])
    try:
        parameters = parameters_from(values)
    except InputError as error:
        raise InputError(f"In the set {name or 'without a name'}: {error}", field="sets") from None
    return ParameterSet(name.strip() or parameters.label(), parameters)


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} minutes"
