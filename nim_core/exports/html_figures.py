"""A report's charts: each as data that the page's script draws, with its alternative text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import orjson

from nim_core.analysis.sentences import caveat, sentence
from nim_core.analysis.summary import differences, summaries
from nim_core.charts import alt_text, best_chart, timeline
from nim_core.measures import MEASURE, Measure

from .html_page import escaped, folded
from .rows import MAIN_MEASURES

if TYPE_CHECKING:
    import pandas
    import plotly.graph_objects as go

_FOLDED_ABOVE = 12
_TIMELINE_HEIGHT = 900


def measure_sections(table: pandas.DataFrame, order: Sequence[str]) -> str:
    """Each main measure: its chart and a sentence for every set against the first; below, how far to trust them."""
    sections = "".join(_measure(table, MEASURE[key], order) for key in MAIN_MEASURES)
    looked_at = len(MAIN_MEASURES) * (len(order) - 1)
    return f'{sections}<p class="quiet">{caveat(looked_at)}</p>' if looked_at else sections


def timeline_figure(table: pandas.DataFrame) -> str:
    """The requests over time."""
    alt = (
        f"A bar for each of {len(table):,} requests in the order of sending: "
        "its wait, its time to first token, and the rest of its answer."
    )
    drawn = timeline(table)
    drawn.update_layout(height=min(drawn.layout.height, _TIMELINE_HEIGHT))
    return _figure(drawn, drawn, alt)


def _measure(table: pandas.DataFrame, measure: Measure, order: Sequence[str]) -> str:
    head = f'<h3>{measure.title}</h3><p class="quiet">{measure.help}</p>'
    if not any(each.n or each.cut for each in summaries(table, measure, order)):
        return f"{head}<p>No answer has a value here.</p>"
    light, dark = (best_chart(table, measure, order, baseline=order[0], dark=each) for each in (False, True))
    return head + _figure(light, dark, alt_text(table, measure)) + _against_first(table, measure, order)


def _against_first(table: pandas.DataFrame, measure: Measure, order: Sequence[str]) -> str:
    said = [escaped(sentence(each, measure)) for each in differences(table, measure, order, order[0])]
    if not said:
        return ""
    listed = f"<ul>{''.join(f'<li>{each}</li>' for each in said)}</ul>"
    return listed if len(said) <= _FOLDED_ABOVE else folded(f"{len(said):,} sets against the first", listed)


def _figure(light: go.Figure, dark: go.Figure, alt: str) -> str:
    """The light figure and what is different in the dark one, as JSON that cannot end its element."""
    day, night = _content(light), _content(dark)
    changed = {
        index: after
        for index, (before, after) in enumerate(zip(day["data"], night["data"], strict=True))
        if before != after
    }
    content = orjson.dumps(
        {**day, "dark": {"data": changed, "layout": night["layout"]}}, option=orjson.OPT_NON_STR_KEYS
    )
    data = content.decode().replace("<", "\\u003c")
    return (
        f'<figure><div class="chart" role="img" aria-label="{escaped(alt)}" style="min-height:{light.layout.height}px">'
        f'</div><script type="application/json">{data}</script></figure>'
    )


def _content(figure: go.Figure) -> dict[str, list[object]]:
    """A figure's traces and layout in plain values, without what only a click on a page needs."""
    figure.update_traces(customdata=None)
    content: dict[str, list[object]] = orjson.loads(figure.to_json())
    return content
