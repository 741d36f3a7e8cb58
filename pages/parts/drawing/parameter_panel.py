"""The parameters panel: a slider or field for each, its help beside it, and what is not sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from nim_core.catalog.limits import Limit
from nim_core.values.parameters import FIELD, STARTING, GenerationParameters, ParameterField, parameters_from, plain
from pages.parts.drawing.distribution import picture
from pages.parts.drawing.guard import Guard
from pages.parts.drawing.text import plain_text
from pages.parts.visitor.session import has_widget, session, set_widgets

NEUTRAL = {"frequency_penalty": 0.0, "presence_penalty": 0.0}
"""Shown before they are touched, and not sent until then."""

SLIDERS = ("temperature", "top_p", "frequency_penalty", "presence_penalty")
_NOT_SENT = "parameter_not_sent"


NO_LIMITS: Mapping[str, Limit] = {}


def parameters_panel(limits: Mapping[str, Limit] = NO_LIMITS) -> GenerationParameters | None:
    """Draw the panel; gives the parameters to send, or None after saying which value is wrong."""
    if not has_widget(_NOT_SENT):
        set_parameters(STARTING, limits)
    left_out = set(session().widget(_NOT_SENT))
    values: dict[str, Any] = {}
    for name in SLIDERS:
        values[name] = _slider(FIELD[name], _limit(limits, name))
        if name == "top_p":
            picture(*(None if each in left_out else values[each] for each in ("temperature", "top_p")))
            _both_moved()
    values["max_tokens"] = _number(FIELD["max_tokens"], _limit(limits, "max_tokens"))
    values["stop"] = _stop_sequences(FIELD["stop"], _limit(limits, "stop"))
    values["seed"] = _number(FIELD["seed"], _limit(limits, "seed"))
    left_out = set(_left_out())
    st.button(
        "Reset parameters", key="reset_parameters", on_click=set_parameters, args=(STARTING, limits), width="stretch"
    )
    sent = {
        name: value
        for name, value in values.items()
        if value not in (None, ()) and name not in left_out and not _limit(limits, name).refused
    }
    with Guard():
        return parameters_from(sent)
    return None


def set_parameters(parameters: GenerationParameters, limits: Mapping[str, Limit] = NO_LIMITS) -> None:
    """Give every widget the value that these parameters send, before the panel is drawn."""
    session().touched.clear()
    sent = parameters.sent()
    starting = {name: _start(FIELD[name], _limit(limits, name)) for name in (*SLIDERS, "max_tokens")}
    values = {f"parameter_{name}": sent.get(name, starting[name]) for name in SLIDERS}
    is_starting = parameters == STARTING
    values["parameter_max_tokens"] = starting["max_tokens"] if is_starting else sent.get("max_tokens")
    values["parameter_seed"] = sent.get("seed")
    values["parameter_stop"] = shown_stop(sent.get("stop", []))
    set_widgets(values | {_NOT_SENT: list(NEUTRAL) if is_starting else [each for each in SLIDERS if each not in sent]})


def read_stop(text: str) -> tuple[str, ...]:
    r"""One stop sequence a line; `\n` and `\t` inside a line mean a line break and a tab.

    >>> read_stop("END\n\\n\\n")
    ('END', '\n\n')
    """
    lines = (line for line in text.split("\n") if line)
    return tuple(line.replace("\\n", "\n").replace("\\t", "\t") for line in lines)


def shown_stop(stop: list[str]) -> str:
    r"""Stop sequences as they are typed: what `read_stop` reads.

    >>> shown_stop(["END", "\n\n"])
    'END\n\\n\\n'
    """
    return "\n".join(text.replace("\n", "\\n").replace("\t", "\\t") for text in stop)


def _limit(limits: Mapping[str, Limit], name: str) -> Limit:
    return limits.get(name, Limit())


def _slider(of: ParameterField, limit: Limit) -> float:
    low, high = _range(of, limit)
    assert of.step is not None
    _keep_inside(of, low, high)
    value: float = st.slider(
        of.label,
        low,
        high,
        step=float(of.step),
        key=_key(of),
        help=_help(of, limit),
        disabled=limit.refused is not None,
        on_change=_moved(of),
        persist_state="session",
    )
    return value


def _number(of: ParameterField, limit: Limit) -> int | None:
    low, high = (int(end) for end in _range(of, limit))
    _keep_inside(of, low, high)
    return st.number_input(
        of.label,
        low,
        high,
        None,
        1,
        key=_key(of),
        help=_help(of, limit),
        placeholder="not sent",
        disabled=limit.refused is not None,
        persist_state="session",
    )


def _stop_sequences(of: ParameterField, limit: Limit) -> tuple[str, ...]:
    # The help stands below and not in a button of its own, whose name would begin like that of the button Stop.
    text = st.text_area(
        of.label,
        key=_key(of),
        placeholder="not sent",
        height=80,
        disabled=limit.refused is not None,
        persist_state="session",
    )
    st.caption(f"{plain_text(_help(of, limit))} One on each line; `\\n` is a line break.")
    return read_stop(text or "")


def _left_out() -> list[str]:
    return st.multiselect(
        "Not sent",
        SLIDERS,
        format_func=lambda name: FIELD[name].label,
        key=_NOT_SENT,
        placeholder="all four sliders are sent",
        help="The server uses its own default for what is not sent. Moving a slider sends it; choose it here to "
        "leave it out again. An empty field is not sent either.",
        persist_state="session",
    )


def _both_moved() -> None:
    if {"temperature", "top_p"} <= session().touched:
        st.caption("You moved both temperature and top p. Their effects mix: change one at a time to see what it does.")


def _range(of: ParameterField, limit: Limit) -> tuple[float, float]:
    assert of.minimum is not None
    assert of.maximum is not None
    low, high = of.minimum, of.maximum
    if of.minimum_excluded and of.step is not None:
        low += of.step
    low = low if limit.minimum is None else max(low, limit.minimum)
    return float(low), float(high if limit.maximum is None else min(high, limit.maximum))


def _start(of: ParameterField, limit: Limit) -> float | None:
    """The value that a widget begins with: the starting value, moved into the model's range."""
    start: float | None = NEUTRAL.get(of.key, getattr(STARTING, of.key))
    if start is None or of.key == "stop":
        return None
    low, high = _range(of, limit)
    return min(max(start, low), high)


def _keep_inside(of: ParameterField, low: float, high: float) -> None:
    """Move a value that another model allowed into this model's range."""
    value = session().widget(_key(of))
    if value is not None and not low <= value <= high:
        set_widgets({_key(of): min(max(value, low), high)})


def _help(of: ParameterField, limit: Limit) -> str:
    if limit.refused:
        return f"{limit.refused} {of.help}"
    if of.key == "stop":
        return of.help
    low, high = _range(of, limit)
    start = _start(of, limit)
    unit = " tokens" if of.key == "max_tokens" else ""
    said = f"starts at {plain(start)}{unit}" if start is not None else "not sent until you enter one"
    default = f" This model's own default is {plain(limit.default)}." if limit.default is not None else ""
    note = f" {limit.note}" if limit.note else ""
    return f"{of.help} From {plain(low)} to {plain(high)}{unit}; {said}.{default}{note}"


def _key(of: ParameterField) -> str:
    return f"parameter_{of.key}"


def _moved(of: ParameterField) -> Callable[[], None]:
    """Note that the visitor moved a slider: from now on it is sent."""

    def moved() -> None:
        session().touched.add(of.key)
        set_widgets({_NOT_SENT: [name for name in session().widget(_NOT_SENT) if name != of.key]})

    return moved
