"""The marks of the measure charts: an answer's dot, a mean with its interval, and what stands in a hover box."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from nim_core.analysis.sentences import quantity
from nim_core.analysis.summary import Summary
from nim_core.measures import Measure
from nim_core.words import _, said

from .style import COLOURS, SYMBOLS, counts, literal, whole

if TYPE_CHECKING:
    import pandas


def answers(frame: pandas.DataFrame, measure: Measure, order: Sequence[str]) -> list[pandas.DataFrame]:
    """For each set the answers that are drawn: those that came back whole and have a value."""
    drawn = frame.loc[(frame["status"] == "ok").fillna(False) & frame[measure.key].notna()]
    drawn = drawn[["set", "repeat", measure.key, "finish_reason"]].astype({measure.key: float})
    if measure.scale == "log":
        drawn = drawn[drawn[measure.key] > 0]
    by_set = {str(name): rows for name, rows in drawn.groupby("set")}
    return [by_set.get(name, drawn.iloc[:0]) for name in order]


def jitter(repeats: pandas.Series[int]) -> list[float]:
    """A shift within ±0.16 for each repeat, always the same: the golden ratio's multiples spread evenly."""
    return [round(((int(repeat) * 0.6180339887) % 1 - 0.5) * 0.32, 3) for repeat in repeats]


def dot_style(rows: pandas.DataFrame, measure: Measure, name: str, row: int) -> dict[str, Any]:
    """How one set's dots look: its own colour and symbol, hollow where cut; a click finds (set, repeat)."""
    cut = [finish == "length" for finish in rows["finish_reason"].fillna("")]
    symbol = SYMBOLS[row % len(SYMBOLS)]
    full = whole(name)
    told = [
        f"{full}<br>{_answer_hover(int(repeat), quantity(value, measure), cut=ended)}"
        for repeat, value, ended in zip(rows["repeat"], rows[measure.key], cut, strict=True)
    ]
    return {
        "mode": "markers",
        "name": literal(name),
        "marker": {
            "color": COLOURS[row % len(COLOURS)],
            # Lists are sent and checked dot by dot, so they stand only where dots differ.
            "symbol": [f"{symbol}-open" if ended else symbol for ended in cut] if any(cut) else symbol,
            "size": 9,
            "line": {"width": [2.0 if ended else 0.5 for ended in cut] if any(cut) else 0.5},
            "opacity": 0.9,
        },
        "customdata": [[name, int(repeat)] for repeat in rows["repeat"]],
        "hovertext": told,
        "hoverinfo": "text",
        "showlegend": False,
    }


def _answer_hover(repeat: int, value: str, *, cut: bool) -> str:
    if cut:
        return _("repeat {repeat}: {value}, cut at max tokens", repeat=repeat, value=value)
    return _("repeat {repeat}: {value}", repeat=repeat, value=value)


def mean_style(colour: str, *, symbol: str, mode: str) -> dict[str, Any]:
    """How means look: marks that belong to no set."""
    return {
        "mode": mode,
        "name": _("mean"),
        "marker": {"color": colour, "symbol": symbol, "size": 13, "line": {"width": 3}},
        "hoverinfo": "text",
        "showlegend": False,
    }


def interval_bars(found: Sequence[Summary], colour: str) -> dict[str, Any]:
    """The intervals of means as error bars; none where there is no interval."""
    ends = [
        (each.mean - each.low, each.high - each.mean)
        if each.mean is not None and each.low is not None and each.high is not None
        else (0.0, 0.0)
        for each in found
    ]
    below, above = [low for low, high in ends], [high for low, high in ends]
    return {
        "type": "data",
        "symmetric": False,
        "array": above,
        "arrayminus": below,
        "color": colour,
        "thickness": 2,
        "width": 5,
    }


def mean_words(summary: Summary, measure: Measure) -> str:
    """A mean with its interval in words, or why there is none."""
    if summary.mean is None:
        return _("no mean, more than half were cut") if summary.half_cut else _("no mean")
    mean = quantity(summary.mean, measure)
    if summary.low is None or summary.high is None:
        return _("mean {mean}", mean=mean)
    low, high = quantity(summary.low, measure), quantity(summary.high, measure)
    return _("mean {mean}, 95% interval {low} to {high}", mean=mean, low=low, high=high)


def mean_hover(summary: Summary, measure: Measure) -> str:
    """What stands in the hover box of a mean."""
    return f"{whole(summary.set)}<br>{mean_words(summary, measure)}<br>{counts(summary)}"


def axis_title(measure: Measure, found: Sequence[Summary]) -> str:
    """The measure with its unit: where that depends on the script, the one that these answers were counted in."""
    units = {each.unit for each in found if each.unit}
    unit = measure.units.get(units.pop()) if len(units) == 1 else None
    return f"{said(measure.label)} ({said(unit)})" if unit else measure.title


def value_axis(figure: go.Figure, measure: Measure, axis: str) -> go.Figure:
    """The figure with the axis ("x" or "y") of the values on the measure's scale."""
    settings: dict[str, Any] = {"exponentformat": "none", "tickformat": tick_format(measure)}
    if measure.scale == "log":
        # Few ticks: written in full they would run into one another below a power of ten.
        settings |= {"type": "log", "nticks": 4}
    elif measure.whole:
        settings["rangemode"] = "tozero"
    (figure.update_xaxes if axis == "x" else figure.update_yaxes)(**settings)
    return figure


def tick_format(measure: Measure) -> str:
    """How ticks are written: shares as percentages, the rest in full, also between the powers of a log axis."""
    return "~%" if measure.share else ",~r"
