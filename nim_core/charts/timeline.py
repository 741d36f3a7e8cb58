"""The requests of an experiment over time: when each waited, when its first token came, when it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import plotly.graph_objects as go

from nim_core.words import N_, _, said, seconds

from .style import styled, whole

if TYPE_CHECKING:
    import pandas

MAX_ROWS = 500

# Name, colour (Okabe and Ito), pattern: the second mark beside colour.
_PARTS = (
    (N_("Wait (queue, limit, retries)"), "#999999", "."),
    (N_("Time to first token"), "#E69F00", "/"),
    (N_("Rest of the answer"), "#0072B2", ""),
)

_ENDED = {"ok": N_("answered"), "error": N_("failed"), "cancelled": N_("stopped")}


def timeline(frame: pandas.DataFrame) -> go.Figure:
    """One bar a request in the order of sending: its wait, its time to first token, the rest of its answer.

    Seconds since the first request was asked for. A request whose end is unknown has a cross at its start.
    Of more than 500 requests the first 500 are drawn, and the title says so.
    """
    import pandas as pd

    rows = frame.dropna(subset=["order"]).sort_values("order")
    shown = rows.head(MAX_ROWS)
    started = pd.to_datetime(shown["started_at"], utc=True, format="ISO8601", errors="coerce")
    wait = shown["wait_s"].astype(float).fillna(0.0)
    asked = started - pd.to_timedelta(wait, "s")
    start = (started - asked.min()).dt.total_seconds()
    latency = shown["latency_s"].astype(float)
    first = shown["ttft_s"].astype(float)
    parts = (wait, first, latency - first.fillna(0.0))
    bases = (start - wait, start, start + first.fillna(0.0))
    data = [[name, int(repeat)] for name, repeat in zip(shown["set"], shown["repeat"], strict=True)]
    told = [whole(name) + "<br>" + _("repeat {repeat}", repeat=repeat) for name, repeat in data]
    figure = go.Figure()
    for (name, colour, pattern), length, base in zip(_PARTS, parts, bases, strict=True):
        figure.add_bar(
            orientation="h",
            name=said(name),
            x=length.round(4).to_list(),
            y=shown["order"].astype(int).to_list(),
            base=base.round(4).to_list(),
            marker={
                "color": colour,
                "pattern": {"shape": pattern, "fgcolor": "white", "size": 5},
                "line": {"width": 0},
            },
            hovertext=[
                f"{text}<br>{said(name)}: {seconds(span, 3)}" if span >= 0 else text
                for text, span in zip(told, length, strict=True)
            ],
            hoverinfo="text",
            customdata=data,
        )
    unknown = [index for index, missing in enumerate(latency.isna()) if missing]
    figure.add_scatter(
        mode="markers",
        name=_("Ended without an answer"),
        x=[start.iloc[index] for index in unknown],
        y=[int(shown["order"].iloc[index]) for index in unknown],
        marker={"symbol": "x", "color": "#D55E00", "size": 9},
        hovertext=[f"{told[index]}<br>{said(_ENDED[shown['status'].iloc[index]])}" for index in unknown],
        hoverinfo="text",
        customdata=[data[index] for index in unknown],
        visible=bool(unknown),
    )
    height = 170 + max(3, min(22, 900 // max(len(shown), 1))) * len(shown)
    styled(figure, height=height, x_title=_("Time since the first request (s)"), y_title=_("Order of sending"))
    figure.update_layout(
        barmode="overlay", bargap=0.15, legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0}
    )
    if len(rows) > len(shown):
        title = _("The first {shown} of {all} requests", shown=len(shown), all=len(rows))
        figure.update_layout(title_text=title, margin_t=80)
    figure.update_yaxes(autorange="reversed", showgrid=False)
    return figure
