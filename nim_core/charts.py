"""From the table of frame.py to Plotly figures, by a measure's declaration.

Every dot is drawn; a mean with its 95% t-interval stands beside them. Hollow dots were cut at max tokens.
Each dot carries (set, repeat) in its customdata, so that a click can open its answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from .chart_style import COLOURS, SYMBOLS, counts, ink, labels, small, styled, whole
from .measures import Measure
from .parameters import FIELD, plain
from .sentences import number, quantity
from .statistics import Summary, summaries
from .timeline import timeline

if TYPE_CHECKING:
    import pandas

__all__ = ["alt_text", "best_chart", "dots", "heat", "line", "timeline"]

SWEPT = ("temperature", "top_p", "frequency_penalty", "presence_penalty", "max_tokens")
_TWO_LINES_UP_TO = 10
_UNIT_WORDS = {"word-4": "sequences of 4 words", "grapheme-8": "sequences of 8 characters"}


def dots(
    frame: pandas.DataFrame, measure: Measure, *, order: Sequence[str], baseline: str | None = None, dark: bool = False
) -> go.Figure:
    """Each set a row, first at the top: its answers as dots, below them the mean and its interval.

    The row's label holds the counts; the dotted line is the mean of the baseline.
    """
    found = summaries(frame, measure, order)
    figure = go.Figure()
    for row, (name, rows) in enumerate(zip(order, _answers(frame, measure, order), strict=True)):
        heights = [row - 0.14 + shift for shift in _jitter(rows["repeat"])]
        figure.add_scatter(x=rows[measure.key], y=heights, **_dot_style(rows, measure, name, row))
    means = [(row, each) for row, each in enumerate(found) if each.mean is not None]
    figure.add_scatter(
        x=[each.mean for _, each in means],
        y=[row + 0.27 for row, _ in means],
        error_x=_error([each for _, each in means], ink(dark=dark)),
        hovertext=[_mean_hover(each, measure) for _, each in means],
        **_mean_style(ink(dark=dark), symbol="line-ns-open", mode="markers"),
    )
    against = next((each.mean for each in found if each.set == baseline), None)
    if against is not None:
        figure.add_vline(x=against, line={"color": ink(dark=dark), "width": 1, "dash": "dot"}, opacity=0.6)
    two_lines = len(order) <= _TWO_LINES_UP_TO
    styled(
        figure, height=90 + (62 if two_lines else 36) * max(len(order), 2), x_title=_title(measure, found), y_title=None
    )
    figure.update_yaxes(
        tickvals=list(range(len(order))),
        ticktext=[
            _row_label(short, each, is_baseline=each.set == baseline, two_lines=two_lines)
            for short, each in zip(labels(order), found, strict=True)
        ],
        range=[len(order) - 0.45, -0.55],
        showgrid=False,
    )
    return _value_axis(figure, measure, "x")


def line(frame: pandas.DataFrame, measure: Measure, parameter: str, *, dark: bool = False) -> go.Figure:
    """The measure over one swept parameter: answers as dots, means as a line, their intervals as a band."""
    settings = _settings(frame)
    order = sorted(settings, key=lambda name: settings[name][parameter])
    found = summaries(frame, measure, order)
    at = [float(settings[name][parameter]) for name in order]
    figure = go.Figure()
    band = [(x, each) for x, each in zip(at, found, strict=True) if each.low is not None]
    figure.add_scatter(
        x=[x for x, _ in band] + [x for x, _ in reversed(band)],
        y=[each.high for _, each in band] + [each.low for _, each in reversed(band)],
        fill="toself",
        fillcolor="rgba(128,128,128,0.25)",
        mode="lines",
        line={"width": 0},
        hoverinfo="skip",
        showlegend=False,
    )
    width = (max(at) - min(at)) / len(at) if len(at) > 1 else 1.0
    for row, (x, name, rows) in enumerate(zip(at, order, _answers(frame, measure, order), strict=True)):
        places = [x + width * shift for shift in _jitter(rows["repeat"])]
        figure.add_scatter(x=places, y=rows[measure.key], **_dot_style(rows, measure, name, row))
    means = [(x, each) for x, each in zip(at, found, strict=True) if each.mean is not None]
    figure.add_scatter(
        x=[x for x, _ in means],
        y=[each.mean for _, each in means],
        hovertext=[_mean_hover(each, measure) for _, each in means],
        **_mean_style(ink(dark=dark), symbol="line-ew-open", mode="lines+markers"),
        line={"color": ink(dark=dark), "width": 1.5},
    )
    styled(figure, height=420, x_title=FIELD[parameter].label, y_title=_title(measure, found))
    ticks = [f"{plain(x)}<br>{small(counts(each).replace(', ', '<br>'))}" for x, each in zip(at, found, strict=True)]
    figure.update_xaxes(tickvals=at, ticktext=ticks)
    return _value_axis(figure, measure, "y")


def heat(frame: pandas.DataFrame, measure: Measure, x: str, y: str) -> go.Figure:
    """The mean over two swept parameters as a map; each cell names its mean and counts."""
    settings = _settings(frame)
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
            hovertext=[[_mean_hover(each, measure) if each else "" for each in line_] for line_ in cells],
            hoverinfo="text",
            customdata=[[[each.set, None] if each else [None, None] for each in line_] for line_ in cells],
            colorscale="Cividis",
            colorbar={"title": {"text": _title(measure, found), "side": "right"}},
            xgap=2,
            ygap=2,
        )
    )
    styled(figure, height=150 + 70 * len(rows), x_title=FIELD[x].label, y_title=FIELD[y].label)
    figure.update_xaxes(type="category", showgrid=False)
    figure.update_yaxes(type="category", showgrid=False)
    return figure


def best_chart(
    frame: pandas.DataFrame, measure: Measure, order: Sequence[str], *, baseline: str | None = None, dark: bool = False
) -> go.Figure:
    """A line where one parameter was swept over three values or more, a map for a full grid of two, else dots."""
    settings = {name: found for name, found in _settings(frame).items() if name in order}
    varied = [key for key in SWEPT if len({found[key] for found in settings.values()}) > 1]
    swept = all(found[key] is not None for found in settings.values() for key in varied)
    same_stop = len({found["stop"] for found in settings.values()}) == 1
    levels = [len({found[key] for found in settings.values()}) for key in varied]
    shown = frame[frame["set"].isin(list(order))]
    if swept and same_stop and len(varied) == 1 and levels[0] == len(settings) >= 3:
        return line(shown, measure, varied[0], dark=dark)
    if swept and same_stop and len(varied) == 2 and levels[0] * levels[1] == len(settings):
        return heat(shown, measure, *sorted(varied, key=lambda key: -levels[varied.index(key)]))
    return dots(frame, measure, order=order, baseline=baseline, dark=dark)


def alt_text(frame: pandas.DataFrame, measure: Measure, *, most: int = 20) -> str:
    """What a chart of this measure shows, for somebody who cannot see it; at most so many sets."""
    names = list(dict.fromkeys(frame["set"].dropna()))
    said = [
        f"{each.set}: {_mean_words(each, measure)} ({counts(each)})" for each in summaries(frame, measure, names[:most])
    ]
    more = [f"{len(names) - most:,} more sets"] if len(names) > most else []
    return f"{measure.title} of {len(names):,} parameter sets. {'; '.join([*said, *more])}."


def _settings(frame: pandas.DataFrame) -> dict[str, dict[str, Any]]:
    """The swept parameters that each set sent, None where it sent none."""
    first = frame.drop_duplicates("set")[["set", *SWEPT, "stop"]].astype("object")
    first = first.where(first.notna(), None)
    return {row["set"]: {key: row[key] for key in (*SWEPT, "stop")} for row in first.to_dict("records")}


def _answers(frame: pandas.DataFrame, measure: Measure, order: Sequence[str]) -> list[pandas.DataFrame]:
    """For each set the answers that are drawn: those that came back whole and have a value."""
    drawn = frame.loc[(frame["status"] == "ok").fillna(False) & frame[measure.key].notna()]
    drawn = drawn[["set", "repeat", measure.key, "finish_reason"]].astype({measure.key: float})
    if measure.scale == "log":
        drawn = drawn[drawn[measure.key] > 0]
    by_set = {str(name): rows for name, rows in drawn.groupby("set")}
    return [by_set.get(name, drawn.iloc[:0]) for name in order]


def _jitter(repeats: pandas.Series[int]) -> list[float]:
    """A shift within ±0.16 for each repeat, always the same: the golden ratio's multiples spread evenly."""
    return [((int(repeat) * 0.6180339887) % 1 - 0.5) * 0.32 for repeat in repeats]


def _dot_style(rows: pandas.DataFrame, measure: Measure, name: str, row: int) -> dict[str, Any]:
    cut = [finish == "length" for finish in rows["finish_reason"].fillna("")]
    symbol = SYMBOLS[row % len(SYMBOLS)]
    full = whole(name)
    said = [
        f"{full}<br>repeat {repeat}: {quantity(value, measure)}{', cut at max tokens' if ended else ''}"
        for repeat, value, ended in zip(rows["repeat"], rows[measure.key], cut, strict=True)
    ]
    return {
        "mode": "markers",
        "name": name,
        "marker": {
            "color": COLOURS[row % len(COLOURS)],
            "symbol": [f"{symbol}-open" if ended else symbol for ended in cut],
            "size": 9,
            "line": {"width": [2.0 if ended else 0.5 for ended in cut]},
            "opacity": 0.85,
        },
        "customdata": [[name, int(repeat)] for repeat in rows["repeat"]],
        "hovertext": said,
        "hoverinfo": "text",
        "showlegend": False,
    }


def _mean_style(colour: str, *, symbol: str, mode: str) -> dict[str, Any]:
    return {
        "mode": mode,
        "name": "mean",
        "marker": {"color": colour, "symbol": symbol, "size": 13, "line": {"width": 3}},
        "hoverinfo": "text",
        "showlegend": False,
    }


def _error(found: Sequence[Summary], colour: str) -> dict[str, Any]:
    ends = [
        (each.mean - each.low, each.high - each.mean)
        if each.mean is not None and each.low is not None and each.high is not None
        else (0.0, 0.0)
        for each in found
    ]
    below, above = [low for low, _ in ends], [high for _, high in ends]
    return {
        "type": "data",
        "symmetric": False,
        "array": above,
        "arrayminus": below,
        "color": colour,
        "thickness": 2,
        "width": 5,
    }


def _row_label(short: str, summary: Summary, *, is_baseline: bool, two_lines: bool) -> str:
    said = [counts(summary), *(["no mean"] if summary.half_cut else []), *(["baseline"] if is_baseline else [])]
    name = f"<b>{short}</b>" if is_baseline else short
    return f"{name}{'<br>' if two_lines else '  '}{small(', '.join(said))}"


def _mean_words(summary: Summary, measure: Measure) -> str:
    if summary.mean is None:
        return "no mean, more than half were cut" if summary.half_cut else "no mean"
    if summary.low is None or summary.high is None:
        return f"mean {quantity(summary.mean, measure)}"
    low, high = quantity(summary.low, measure), quantity(summary.high, measure)
    return f"mean {quantity(summary.mean, measure)}, 95% interval {low} to {high}"


def _mean_hover(summary: Summary, measure: Measure) -> str:
    return f"{whole(summary.set)}<br>{_mean_words(summary, measure)}<br>{counts(summary)}"


def _cell_text(summary: Summary | None, measure: Measure) -> str:
    if summary is None:
        return ""
    mean = "no mean" if summary.mean is None else number(summary.mean, measure.decimals)
    return f"{mean}<br>{counts(summary)}"


def _title(measure: Measure, found: Sequence[Summary]) -> str:
    units = {each.unit for each in found if each.unit}
    words = _UNIT_WORDS.get(next(iter(units))) if measure.key == "repetition" and len(units) == 1 else None
    return f"{measure.label} (share of {words} used before)" if words else measure.title


def _value_axis(figure: go.Figure, measure: Measure, axis: str) -> go.Figure:
    settings: dict[str, Any] = {"exponentformat": "none"}
    if measure.scale == "log":
        settings["type"] = "log"
    elif measure.family == "length":
        settings["rangemode"] = "tozero"
    (figure.update_xaxes if axis == "x" else figure.update_yaxes)(**settings)
    return figure
