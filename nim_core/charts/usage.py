"""Requests per day and model, as the meter counted them."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from nim_core.history.meter import DailyRequests
from nim_core.words import _, _n

from .style import COLOURS, literal, styled

_PATTERNS = ("", "/", ".", "x", "-", "+")


def usage_chart(usage: Sequence[DailyRequests]) -> go.Figure:
    """Stacked bars: one bar a day (UTC), one colour and pattern a model."""
    figure = go.Figure()
    for index, model in enumerate(dict.fromkeys(each.model for each in usage)):
        mine = [each for each in usage if each.model == model]
        figure.add_bar(
            name=literal(model),
            x=[each.day for each in mine],
            y=[each.requests for each in mine],
            marker={
                "color": COLOURS[index % len(COLOURS)],
                "pattern": {"shape": _PATTERNS[index % len(_PATTERNS)], "fgcolor": "white", "size": 5},
            },
            hovertext=[
                _n("{day}: {count} request", "{day}: {count} requests", each.requests, day=each.day) for each in mine
            ],
            hovertemplate="%{hovertext}<extra>%{fullData.name}</extra>",
        )
    figure.update_layout(barmode="stack", showlegend=True, bargap=0.3)
    styled(figure, height=260, x_title=_("Day (UTC)"), y_title=_("Requests"))
    # Days are names here: one day alone would else become an axis of hours.
    return figure.update_xaxes(type="category")
