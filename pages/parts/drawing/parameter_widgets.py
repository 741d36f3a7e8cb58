"""The widget of one parameter by its declaration: a slider, a field or a choice, with its help and its limits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from nim_core.catalog.limits import Limit
from nim_core.values.parameter_field import ParameterField, plain
from nim_core.values.parameters import STARTING
from nim_core.words import N_, _, number, said
from pages.parts.drawing.text import plain_text
from pages.parts.visitor.session import session, set_widgets

_NOT_SENT = N_("not sent")


def widget_key(of: ParameterField) -> str:
    """The key of a parameter's widget."""
    return f"parameter_{of.key}"


def draw(of: ParameterField, limit: Limit, on_moved: Callable[[], None]) -> Any:
    """Draw the widget of a parameter within a model's limits; gives what it holds. `on_moved` is for sliders."""
    if of.numeric:
        _keep_inside(of, limit)
    match of.kind:
        case "number":
            return _slider(of, limit, on_moved)
        case "whole":
            return _number(of, limit)
        case "choice" | "switch":
            return _choice(of, limit)
        case "texts" | "json":
            return _text(of, limit)


def shown_on_slider(of: ParameterField) -> float:
    """Where a slider stands before it is touched: at the starting value, else where it does nothing."""
    start: float | None = getattr(STARTING, of.key)
    for each in (start, of.neutral, of.minimum):
        if each is not None:
            return float(each)
    raise AssertionError(f"{of.key} has a slider and no range")


def typed(of: ParameterField, value: Any) -> Any:
    r"""A value that is sent, as a field or a table's cell shows it: texts one a line, JSON as it is written."""
    if value is None:
        return None
    if of.kind == "texts":
        return "\n".join(text.replace("\n", "\\n").replace("\t", "\\t") for text in value) or None
    return plain(value) if of.kind == "json" else value


def read(of: ParameterField, value: Any) -> Any:
    r"""What a field or a table's cell holds, as it is sent; None for nothing. The other way round of `typed`.

    Of texts, each line is one; `\n` and `\t` inside a line mean a line break and a tab.
    """
    if of.kind == "texts":
        lines = (line for line in (value or "").split("\n") if line)
        return tuple(line.replace("\\n", "\n").replace("\\t", "\t") for line in lines) or None
    return (value or "").strip() or None if of.kind == "json" else value


def named(value: Any) -> str:
    """A choice or a switch's position as people read it."""
    return str(value) if not isinstance(value, bool) else _("on") if value else _("off")


def options(of: ParameterField) -> tuple[Any, ...]:
    """What can be chosen of a choice or a switch."""
    return of.choices if of.kind == "choice" else (True, False)


def _slider(of: ParameterField, limit: Limit, on_moved: Callable[[], None]) -> float:
    low, high = _range(of, limit)
    assert of.step is not None
    value: float = st.slider(
        said(of.label),
        low,
        high,
        step=float(of.step),
        key=widget_key(of),
        help=_help(of, limit),
        disabled=limit.refused is not None,
        on_change=on_moved,
        persist_state="session",
    )
    return value


def _number(of: ParameterField, limit: Limit) -> int | None:
    low, high = (int(end) for end in _range(of, limit))
    return st.number_input(
        said(of.label),
        low,
        high,
        None,
        1,
        key=widget_key(of),
        help=_help(of, limit),
        placeholder=said(_NOT_SENT),
        disabled=limit.refused is not None,
        persist_state="session",
    )


def _choice(of: ParameterField, limit: Limit) -> Any:
    return st.selectbox(
        said(of.label),
        options(of),
        index=None,
        format_func={each: named(each) for each in options(of)}.__getitem__,
        key=widget_key(of),
        help=_help(of, limit),
        placeholder=said(_NOT_SENT),
        disabled=limit.refused is not None,
        persist_state="session",
    )


def _text(of: ParameterField, limit: Limit) -> str | None:
    # The help stands below and not in a button of its own, whose name would begin like that of the button Stop.
    text = st.text_area(
        said(of.label),
        key=widget_key(of),
        placeholder=said(_NOT_SENT),
        height=80,
        disabled=limit.refused is not None,
        persist_state="session",
    )
    how = _("One on each line; `\\n` is a line break.") if of.kind == "texts" else _("Written as a JSON object.")
    st.caption(f"{plain_text(_help(of, limit))} {how}")
    return text


def _range(of: ParameterField, limit: Limit) -> tuple[float, float]:
    assert of.minimum is not None
    assert of.maximum is not None
    low, high = of.minimum, of.maximum
    if of.minimum_excluded and of.step is not None:
        low += of.step
    low = low if limit.minimum is None else max(low, limit.minimum)
    return float(low), float(high if limit.maximum is None else min(high, limit.maximum))


def _keep_inside(of: ParameterField, limit: Limit) -> None:
    """Move a value that another model allowed into this model's range."""
    value, (low, high) = session().widget(widget_key(of)), _range(of, limit)
    if value is not None and not low <= value <= high:
        set_widgets({widget_key(of): type(value)(min(max(value, low), high))})


def _help(of: ParameterField, limit: Limit) -> str:
    """What the parameter does, and what it may be on this model."""
    if limit.refused:
        return f"{limit.refused} {said(of.help)}"
    if not of.numeric:
        return said(of.help)
    sentences = [said(of.help), _range_told(of, limit)]
    if limit.default is not None:
        sentences.append(_("This model's own default is {value}.", value=limit.default))
    if limit.note:
        sentences.append(limit.note)
    return " ".join(sentences)


def _range_told(of: ParameterField, limit: Limit) -> str:
    """The range, and where the widget starts in it."""
    low, high = _range(of, limit)
    start = shown_on_slider(of) if of.kind == "number" else getattr(STARTING, of.key)
    if start is None:
        return _("From {low} to {high}; not sent until you enter one.", low=low, high=_with_unit(of, high))
    first = _with_unit(of, min(max(start, low), high))
    return _("From {low} to {high}; starts at {first}.", low=low, high=_with_unit(of, high), first=first)


def _with_unit(of: ParameterField, value: float) -> str:
    return f"{number(value)} {said(of.unit)}" if of.unit else number(value)
