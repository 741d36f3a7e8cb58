"""The parameters panel: a slider or field for each, its help beside it, and what is not sent."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from nim_core.errors import InputError
from nim_core.parameters import FIELD, STARTING, GenerationParameters, ParameterField, parameters_from
from pages.parts.session import session, set_widgets

NEUTRAL = {"frequency_penalty": 0.0, "presence_penalty": 0.0}
"""Shown before they are touched, and not sent until then."""

_SLIDERS = ("temperature", "top_p", "frequency_penalty", "presence_penalty")


def parameters_panel() -> GenerationParameters | None:
    """Draw the panel; gives the parameters to send, or None after saying which value is wrong."""
    values: dict[str, object] = {name: _slider(FIELD[name]) for name in _SLIDERS}
    values["max_tokens"] = _number(FIELD["max_tokens"], STARTING.max_tokens)
    values["stop"] = _stop_sequences(FIELD["stop"])
    values["seed"] = _number(FIELD["seed"], None)
    st.button("Reset parameters", key="reset_parameters", on_click=_reset, width="stretch")
    touched = session().touched
    sent = {
        name: value
        for name, value in values.items()
        if value not in (None, ()) and (name not in NEUTRAL or name in touched)
    }
    if {"temperature", "top_p"} <= touched:
        st.caption("You moved both temperature and top p. Their effects mix: change one at a time to see what it does.")
    unsent = [FIELD[name].label.lower() for name in values if name not in sent]
    if unsent:
        st.caption(f"Not sent: {', '.join(unsent)}.")
    try:
        return parameters_from(sent)
    except InputError as error:
        st.error(str(error))
        return None


def read_stop(text: str) -> tuple[str, ...]:
    r"""One stop sequence a line; `\n` and `\t` inside a line mean a line break and a tab.

    >>> read_stop("END\n\\n\\n")
    ('END', '\n\n')
    """
    lines = (line for line in text.split("\n") if line)
    return tuple(line.replace("\\n", "\n").replace("\\t", "\t") for line in lines)


def _slider(field: ParameterField) -> float:
    assert field.minimum is not None
    assert field.maximum is not None
    assert field.step is not None
    low = field.minimum + field.step if field.minimum_excluded else field.minimum
    value: float = st.slider(
        field.label,
        float(low),
        float(field.maximum),
        NEUTRAL.get(field.key, getattr(STARTING, field.key)),
        float(field.step),
        key=_key(field),
        help=field.help,
        on_change=_touch(field),
        persist_state="session",
    )
    return value


def _number(field: ParameterField, value: int | None) -> int | None:
    assert field.minimum is not None
    assert field.maximum is not None
    return st.number_input(
        field.label,
        int(field.minimum),
        int(field.maximum),
        value,
        1,
        key=_key(field),
        help=field.help,
        placeholder="not sent",
        persist_state="session",
    )


def _stop_sequences(field: ParameterField) -> tuple[str, ...]:
    help_ = f"{field.help} Write one on each line; \\n stands for a line break."
    text = st.text_area(
        field.label, key=_key(field), help=help_, placeholder="not sent", height=80, persist_state="session"
    )
    return read_stop(text or "")


def _key(field: ParameterField) -> str:
    return f"parameter_{field.key}"


def _touch(field: ParameterField) -> Callable[[], None]:
    return lambda: session().touched.add(field.key)


def _reset() -> None:
    session().touched.clear()
    starting = {"max_tokens": STARTING.max_tokens, "stop": "", "seed": None}
    starting |= {name: NEUTRAL.get(name, getattr(STARTING, name)) for name in _SLIDERS}
    set_widgets({f"parameter_{name}": value for name, value in starting.items()})
