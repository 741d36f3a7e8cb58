"""The parameters panel: a widget for each parameter, and what is not sent."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import streamlit as st

from nim_core.catalog.limits import Limit, fitted
from nim_core.errors import InputError
from nim_core.values.parameter_field import ParameterField
from nim_core.values.parameters import FIELD, FIELDS, STARTING, GenerationParameters, parameters_from
from nim_core.words import _, said
from pages.parts.drawing.distribution import picture
from pages.parts.drawing.guard import Guard
from pages.parts.drawing.parameter_widgets import draw, read, shown_on_slider, typed, widget_key
from pages.parts.visitor.session import has_widget, session, set_widgets

_SLIDERS = tuple(field.key for field in FIELDS if field.kind == "number")
_NOT_SENT = "parameter_not_sent"

NO_LIMITS: Mapping[str, Limit] = {}


def parameters_panel(limits: Mapping[str, Limit] = NO_LIMITS) -> GenerationParameters | None:
    """Draw the panel; gives the parameters to send, or None after saying which value is wrong."""
    if not has_widget(_NOT_SENT):
        set_parameters(STARTING)
    left_out = session().widget(_NOT_SENT)
    held: dict[str, Any] = {}
    for field in FIELDS:
        held[field.key] = draw(field, limits.get(field.key, Limit()), _moved(field))
        if field.key == "top_p":
            picture(*(None if each in left_out else held[each] for each in ("temperature", "top_p")))
            _both_moved()
    left_out = _left_out()
    st.button(_("Reset parameters"), key="reset_parameters", on_click=set_parameters, args=(STARTING,), width="stretch")
    with Guard():
        return _sent(held, left_out, limits)
    return None


def set_parameters(parameters: GenerationParameters) -> None:
    """Give every widget the value that these parameters send, before the panel is drawn."""
    session().touched.clear()
    set_widgets(_widgets_of(parameters))


def present_parameters(limits: Mapping[str, Limit]) -> GenerationParameters:
    """What the panel would send now, without what the model refuses; before it was drawn, the starting values."""
    present = _present()
    held = {field.key: present[widget_key(field)] for field in FIELDS}
    try:
        return _sent(held, present[_NOT_SENT], limits)
    except InputError:
        return STARTING


def fit_parameters(limits: Mapping[str, Limit]) -> tuple[str, ...]:
    """Move what the panel holds into a model's ranges; a sentence for each that was moved."""
    present = _present()
    held = {field.key: present[widget_key(field)] for field in FIELDS if field.numeric}
    numbers = {name: value for name, value in held.items() if value is not None}
    moved, sentences = fitted(numbers, limits)
    set_widgets({widget_key(FIELD[name]): moved[name] for name in moved if moved[name] != numbers[name]})
    return sentences


def _widgets_of(parameters: GenerationParameters) -> dict[str, Any]:
    """What every widget of the panel holds where these parameters are sent, by its key."""
    sent = parameters.sent()
    values = {widget_key(field): typed(field, sent.get(field.key)) for field in FIELDS}
    not_sent = [name for name in _SLIDERS if name not in sent]
    values |= {widget_key(FIELD[name]): shown_on_slider(FIELD[name]) for name in not_sent}
    return values | {_NOT_SENT: not_sent}


def _present() -> dict[str, Any]:
    """What every widget holds; before the panel was drawn, what it begins with."""
    starting = _widgets_of(STARTING)
    return {key: session().widget(key) for key in starting} if has_widget(_NOT_SENT) else starting


def _sent(held: Mapping[str, Any], left_out: Collection[str], limits: Mapping[str, Limit]) -> GenerationParameters:
    """What is sent of what the widgets hold. Raises InputError for a value that cannot be sent."""
    values = {name: read(FIELD[name], value) for name, value in held.items()}
    return parameters_from(
        {
            name: value
            for name, value in values.items()
            if value is not None and name not in left_out and not limits.get(name, Limit()).refused
        }
    )


def _left_out() -> list[str]:
    return st.multiselect(
        _("Not sent"),
        _SLIDERS,
        format_func={name: said(FIELD[name].label) for name in _SLIDERS}.__getitem__,
        key=_NOT_SENT,
        placeholder=_("all sliders are sent"),
        help=_(
            "The server uses its own default for what is not sent. Moving a slider sends it; choose it here to "
            "leave it out again. An empty field is not sent either."
        ),
        persist_state="session",
    )


def _both_moved() -> None:
    if {"temperature", "top_p"} <= session().touched:
        st.caption(
            _("You moved both temperature and top p. Their effects mix: change one at a time to see what it does.")
        )


def _moved(of: ParameterField) -> Callable[[], None]:
    """Note that the visitor moved a slider: from now on it is sent."""

    def moved() -> None:
        session().touched.add(of.key)
        set_widgets({_NOT_SENT: [name for name in session().widget(_NOT_SENT) if name != of.key]})

    return moved
