"""Charts over swept parameters: a line over one, a map over two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from nim_core.analysis.sentences import quantity
from nim_core.analysis.summary import Summary, summaries
from nim_core.measures import Measure
from nim_core.values.parameter_field import plain
from nim_core.values.parameters import FIELD, FIELDS
from nim_core.words import _, said

from .marks import answers, axis_title, dot_style, jitter, mean_hover, mean_style, tick_format, value_axis
from .style import counts, ink, small, styled

if TYPE_CHECKING:
    import pandas

SWEPT = tuple(field.key for field in FIELDS if field.swept)
"""The parameters that can be an axis."""

UNORDERED = tuple(field.key for field in FIELDS if not field.numeric)
"""The parameters in which sets may not differ where another is an axis."""

# One hue by lightness, readable by everybody, and light enough for dark text in every cell.
_LIGHT_TO_BLUE = ((0.0, "#F1F5F9"), (1.0, "#56B4E9"))


def line(frame: pandas.DataFrame, measure: Measure, parameter: str, *, dark: bool = False) -> go.Figure:
    """The measure over one swept parameter: answers as dots, means as a line, their intervals as a band."""
    settings = settings_of(frame)
    order = sorted(settings, key=lambda name: settings[name][parameter])
    found = summaries(frame, measure, order)
    at = [float(settings[name][parameter]) for name in order]
    figure = go.Figure()
    band = [(x, each) for x, each in zip(at, found, strict=True) if each.low is not None]
    figure.add_scatter(
        x=[x for x, each in band] + [x for x, each in reversed(band)],
        y=[each.high for x, each in band] + [each.low for x, each in reversed(band)],
        fill="toself",
        fillcolor="rgba(128,128,128,0.25)",
        mode="lines",
        line={"width": 0},
        hoverinfo="skip",
        showlegend=False,
    )
    width = (max(at) - min(at)) / len(at) if len(at) > 1 else 1.0
    for row, (x, name, rows) in enumerate(zip(at, order, answers(frame, measure, order), strict=True)):
        places = [round(x + width * shift, 6) for shift in jitter(rows["repeat"])]
        figure.add_scatter(x=places, y=rows[measure.key], **dot_style(rows, measure, name, row))
    means = [(x, each) for x, each in zip(at, found, strict=True) if each.mean is not None]
    figure.add_scatter(
        x=[x for x, each in means],
        y=[each.mean for x, each in means],
        hovertext=[mean_hover(each, measure) for x, each in means],
        **mean_style(ink(dark=dark), symbol="line-ew-open", mode="lines+markers"),
        line={"color": ink(dark=dark), "width": 1.5},
    )
    styled(figure, height=420, x_title=said(FIELD[parameter].label), y_title=axis_title(measure, found))
    ticks = [f"{plain(x)}<br>{small(counts(each).replace(', ', '<br>'))}" for x, each in zip(at, found, strict=True)]
    figure.update_xaxes(tickvals=at, ticktext=ticks)
    return value_axis(figure, measure, "y")


def heat(frame: pandas.DataFrame, measure: Measure, x: str, y: str) -> go.Figure:
    """The mean over two swept parameters as a map; each cell names its mean and counts, and knows its set."""
    settings = settings_of(frame)
    columns, rows = (sorted({settings[name][key] for name in settings}) for key in (x, y))
    found = summaries(frame, measure, list(settings))
    at = {(settings[each.set][x], settings[each.set][y]): each for each in found}
    cells = [[at.get((column, row)) for column in columns] for row in rows]
    figure = go.Figure(
        go.Heatmap(
            x=[plain(value) for value in columns],
            y=[plain(value) for value in rows],
            z=[[each.mean if each else None for each in line_] for line_ in cells],
            text=[[_cell_text(each, measure) for each in line_] for line_ in cells],
            texttemplate="%{text}",
            hoverinfo="skip",
            colorscale=_LIGHT_TO_BLUE,
            textfont={"color": "#1A1A1A"},
            colorbar={
                "title": {"text": axis_title(measure, found), "side": "right"},
                "tickformat": tick_format(measure),
            },
            xgap=2,
            ygap=2,
        )
    )
    # A map's own cells cannot be selected by a click, so each has an unseen mark in its middle.
    figure.add_scatter(
        x=[plain(settings[each.set][x]) for each in found],
        y=[plain(settings[each.set][y]) for each in found],
        mode="markers",
        marker={"opacity": 0},
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
        hovertext=[mean_hover(each, measure) for each in found],
        hoverinfo="text",
        customdata=[[each.set, None] for each in found],
        showlegend=False,
    )
    styled(figure, height=150 + 70 * len(rows), x_title=said(FIELD[x].label), y_title=said(FIELD[y].label))
    figure.update_layout(hoverdistance=-1)  # the nearest middle is that of the cell under the pointer
    figure.update_xaxes(type="category", showgrid=False)
    figure.update_yaxes(type="category", showgrid=False)
    return figure


def settings_of(frame: pandas.DataFrame) -> dict[str, dict[str, Any]]:
    """What each set sent of what can be an axis and of what forbids one, None where it sent none."""
    first = frame.drop_duplicates("set")[["set", *SWEPT, *UNORDERED]].astype("object")
    first = first.where(first.notna(), None)
    return {row["set"]: {key: row[key] for key in (*SWEPT, *UNORDERED)} for row in first.to_dict("records")}


def _cell_text(summary: Summary | None, measure: Measure) -> str:
    if summary is None:
        return ""
    mean = _("no mean") if summary.mean is None else quantity(summary.mean, measure)
    return f"{mean}<br>{counts(summary)}"
