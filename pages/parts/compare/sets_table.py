"""The parameter sets of a comparison: an editable table, and ways to add to it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any

import pandas as pd
import streamlit as st

from nim_core.errors import InputError
from nim_core.planning.notation import parse_values
from nim_core.values.parameter_field import Kind, ParameterField
from nim_core.values.parameters import FIELD, FIELDS, STARTING, GenerationParameters, parameters_from
from nim_core.values.sets import ParameterSet, check_count, grid
from nim_core.words import N_, _, said
from pages.parts.drawing.guard import Guard
from pages.parts.drawing.parameter_widgets import named, options, read, typed
from pages.parts.visitor.session import Session, has_widget

SHORT = 200
"""Max tokens of the sets that are ready: a small model then answers them all within half a minute."""

PRESETS = {
    N_("focused"): GenerationParameters(temperature=0.2, max_tokens=SHORT),
    N_("balanced"): GenerationParameters(temperature=0.6, max_tokens=SHORT),
    N_("creative"): GenerationParameters(temperature=1.0, max_tokens=SHORT),
    N_("repetition-proof"): GenerationParameters(
        temperature=0.7, frequency_penalty=0.6, presence_penalty=0.3, max_tokens=SHORT
    ),
}
STARTING_PRESETS = ("focused", "balanced", "creative")
"""Ready for a newcomer: one parameter varies, in the range that nearly every model allows."""

_SWEPT = [field.key for field in FIELDS if field.swept]
_STARTING_FIRST = sorted(FIELDS, key=lambda field: getattr(STARTING, field.key) is None)
_COLUMNS = ("run", "name", *(field.key for field in _STARTING_FIRST))
_DTYPES: dict[Kind, str] = {
    "number": "Float64",
    "whole": "Int64",
    "texts": "string",
    "choice": "string",
    "switch": "boolean",
    "json": "string",
}
"""The dtype of a parameter's column by its kind; lists and JSON stand in it as they are typed."""


def sets_table(mine: Session) -> list[ParameterSet]:
    """Draw the editable table; gives the sets that are switched on.

    Raises InputError, naming the set, for a value outside its range.
    """
    mine.sets = _present(mine)
    # The editor keeps its edits apart from its data: the data may change only when the editor begins anew.
    if not has_widget(_widget(mine)):
        mine.sets_base = mine.sets
    columns = {
        "run": st.column_config.CheckboxColumn(_("Run"), help=_("Untick to leave a set out."), default=True, width=60),
        "name": st.column_config.TextColumn(_("Name"), help=_("Empty: named after its parameters."), width=140),
        **{field.key: _column(field) for field in FIELDS},
    }
    edited = st.data_editor(
        mine.sets_base,
        key=_widget(mine),
        column_config=columns,
        column_order=_COLUMNS,
        num_rows="dynamic",
        hide_index=True,
        placeholder="",
        alt=_("The parameter sets to compare; an empty cell is not sent"),
    )
    mine.sets = edited
    return [_read(row) for row in edited.to_dict("records") if row["run"] is not False]


def add_sets(mine: Session) -> None:
    """A small form that adds a preset, or the values of one or two parameters, as sets."""
    with st.popover(_("Add sets"), icon=":material/add:", key="compare_add"):
        st.markdown(_("**A preset**"))
        with st.container(horizontal=True):
            for name, parameters in PRESETS.items():
                if st.button(said(name), key=f"compare_preset_{name}"):
                    add_set(mine, said(name), parameters)
        st.markdown(_("**Values of one parameter, or of two**"))
        axes = [axis for number in (1, 2) if (axis := _axis(number)) is not None]
        keep = not st.toggle(_("Replace the sets of the table"), value=True, key="compare_add_replace")
        if st.button(_("Add these values"), key="compare_add_go", type="primary"):
            with Guard():
                values = _values(axes)
                base = None if "max_tokens" in values else GenerationParameters(max_tokens=SHORT)
                added = grid(base, **values)
                check_count(len(added) + (len(mine.sets) if keep and mine.sets is not None else 0))
                replace_sets(mine, added, keep=keep)


def add_set(mine: Session, name: str, parameters: GenerationParameters) -> None:
    """Put one set beside those of the table, under a name that is free there, and draw it anew."""
    replace_sets(mine, [ParameterSet(_free_name(mine, name), parameters)], keep=True)


def replace_sets(mine: Session, sets: Iterable[ParameterSet], *, keep: bool = False) -> None:
    """Put sets into the table, beside those that stand there or in their place, and draw it anew."""
    added = _table(sets)
    mine.sets = pd.concat([_present(mine), added], ignore_index=True) if keep else added
    mine.sets_version += 1
    st.rerun()


def _column(field: ParameterField) -> Any:
    """The column of a parameter by its kind."""
    label, help_ = said(field.label), " ".join((said(field.help), _("Empty: not sent.")))
    match field.kind:
        case "number" | "whole":
            return st.column_config.NumberColumn(label, help=help_, min_value=field.minimum, max_value=field.maximum)
        case "choice" | "switch":
            return st.column_config.SelectboxColumn(label, help=help_, options=options(field), format_func=named)
        case "texts":
            return st.column_config.TextColumn(label, help=" ".join((help_, _("Write \\n for a line break."))))
        case "json":
            return st.column_config.TextColumn(label, help=" ".join((help_, _("Write a JSON object."))))


def _axis(number: int) -> tuple[str, str] | None:
    """One parameter and its values as typed; None where none is chosen."""
    options = _SWEPT if number == 1 else [None, *_SWEPT]
    labels: dict[str | None, str] = {None: _("none"), **{key: said(FIELD[key].label) for key in _SWEPT}}
    left, right = st.columns(2)
    name = left.selectbox(
        _("Parameter") if number == 1 else _("Second parameter"),
        options,
        format_func=labels.__getitem__,
        key=f"compare_add_parameter_{number}",
    )
    text = right.text_input(
        _("Values") if number == 1 else _("Its values"),
        "0:1:0.25" if number == 1 else "0.5, 1",
        key=f"compare_add_values_{number}",
        placeholder=_("0, 0.5, 1 or 0:1:0.25"),
        help=_("A list such as 0, 0.5, 1, or a range: 0:1:0.25 goes from 0 to 1 in steps of 0.25."),
        disabled=name is None,
    )
    return (name, text) if name else None


def _values(axes: Iterable[tuple[str, str]]) -> dict[str, list[Any]]:
    values: dict[str, list[Any]] = {}
    for name, text in axes:
        if name in values:
            raise InputError(
                N_(
                    "Both lists are of {parameter}: write all its values into the first, or choose another second "
                    "parameter."
                ),
                field=name,
                parameter=name,
            )
        values[name] = parse_values(text)
    return values


def _free_name(mine: Session, name: str) -> str:
    taken = set(_present(mine)["name"])
    numbered = (f"{name} {number}" for number in itertools.count(2))
    return next(each for each in itertools.chain([name], numbered) if each not in taken)


def _present(mine: Session) -> pd.DataFrame:
    """The table as it stands; before it was drawn, the sets to start with."""
    return _table(_starting_sets()) if mine.sets is None else mine.sets


def _starting_sets() -> list[ParameterSet]:
    return [ParameterSet(said(name), PRESETS[name]) for name in STARTING_PRESETS]


def _widget(mine: Session) -> str:
    return f"compare_sets_{mine.sets_version}"


def _table(sets: Iterable[ParameterSet]) -> pd.DataFrame:
    rows = []
    for each in sets:
        values = each.parameters.sent()
        cells = {field.key: typed(field, values.get(field.key)) for field in FIELDS}
        rows.append({"run": True, "name": each.name, **cells})
    types = {field.key: _DTYPES[field.kind] for field in FIELDS}
    return pd.DataFrame(rows).astype({"name": "string", **types})


def _read(row: dict[Any, Any]) -> ParameterSet:
    name = row["name"] if isinstance(row["name"], str) else ""
    cells = {field.key: read(field, row[field.key]) for field in FIELDS if not pd.isna(row[field.key])}
    values = {key: value for key, value in cells.items() if value is not None}
    try:
        parameters = parameters_from(values)
    except InputError as error:
        place = N_("In the set {name}: {reason}") if name else N_("In the set without a name: {reason}")
        raise InputError(place, field="sets", name=name, reason=error) from None
    return ParameterSet(name.strip() or parameters.label(), parameters)
