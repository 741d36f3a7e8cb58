"""A report's charts: each as data that the page's script draws, with its alternative text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson

from nim_core.analysis.sentences import sentence
from nim_core.analysis.summary import differences, summaries
from nim_core.charts import alt_text, best_chart, timeline
from nim_core.measures import MEASURE, Measure
from nim_core.words import _n, said

from .rows import MAIN_MEASURES

if TYPE_CHECKING:
    import pandas
    import plotly.graph_objects as go

_TIMELINE_HEIGHT = 900


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart: what the page's script draws, its height in pixels, and its alternative text."""

    content: Mapping[str, object]
    height: int
    alt: str


@dataclass(frozen=True, slots=True)
class MeasureSection:
    """A measure: its chart, None where no answer has a value, and a sentence for every set against the first."""

    title: str
    help: str
    figure: Figure | None = None
    against_first: tuple[str, ...] = ()


def measure_sections(table: pandas.DataFrame, order: Sequence[str]) -> tuple[MeasureSection, ...]:
    """Each main measure."""
    return tuple(_measure(table, MEASURE[key], order) for key in MAIN_MEASURES)


def timeline_figure(table: pandas.DataFrame) -> Figure:
    """The requests over time."""
    alt = _n(
        "A bar for {count} request: its wait, its time to first token, and the rest of its answer.",
        "A bar for each of {count} requests in the order of sending: "
        "its wait, its time to first token, and the rest of its answer.",
        len(table),
    )
    drawn = timeline(table)
    drawn.update_layout(height=min(drawn.layout.height, _TIMELINE_HEIGHT))
    return _figure(drawn, drawn, alt)


def _measure(table: pandas.DataFrame, measure: Measure, order: Sequence[str]) -> MeasureSection:
    if not any(each.n or each.cut for each in summaries(table, measure, order)):
        return MeasureSection(measure.title, said(measure.help))
    light, dark = (best_chart(table, measure, order, baseline=order[0], dark=each) for each in (False, True))
    shown = tuple(sentence(each, measure) for each in differences(table, measure, order, order[0]))
    return MeasureSection(measure.title, said(measure.help), _figure(light, dark, alt_text(table, measure)), shown)


def _figure(light: go.Figure, dark: go.Figure, alt: str) -> Figure:
    """The light figure, and what is different in the dark one."""
    day, night = _content(light), _content(dark)
    changed = {
        index: after
        for index, (before, after) in enumerate(zip(day["data"], night["data"], strict=True))
        if before != after
    }
    return Figure({**day, "dark": {"data": changed, "layout": night["layout"]}}, light.layout.height, alt)


def _content(figure: go.Figure) -> dict[str, list[object]]:
    """A figure's traces and layout in plain values, without what only a click on a page needs."""
    figure.update_traces(customdata=None)
    content: dict[str, list[object]] = orjson.loads(figure.to_json())
    return content
