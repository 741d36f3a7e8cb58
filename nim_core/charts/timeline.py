"""The requests of an experiment over time: when each waited, when its first token came, when it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import plotly.graph_objects as go

from .style import styled, whole

if TYPE_CHECKING:
    import pandas

MAX_ROWS = 500

# Name, colour (Okabe and Ito), pattern: the second mark beside colour.
_PARTS = (
    ("Wait (queue, limit, retries)", "#999999", "."),
    ("Time to first token", "#E69F00", "/"),
    ("Rest of the answer", "#0072B2", ""),
)


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
    asked = started - pd.to_timedelta(wait, unit="s")
    start = (started - asked.min()).dt.total_seconds()
    latency = shown["latency_s"].astype(float)
    first = shown["ttft_s"].astype(float)
    parts = (wait, first, latency - first.fillna(0.0))
    bases = (start - wait, start, start + first.fillna(0.0))
    said = [f"{whole(name)}<br>repeat {repeat}" for name, repeat in zip(shown["set"], shown["repeat"], strict=True)]
    data = [[name, int(repeat)] for name, repeat in zip(shown["set"], shown["repeat"], strict=True)]
    figure = go.Figure()
    for (name, colour, pattern), length, base in zip(_PARTS, parts, bases, strict=True):
        figure.add_bar(
            orientation="h",
            name=name,
            x=length.round(4).to_list(),
            y=shown["order"].astype(int).to_list(),
            base=base.round(4).to_list(),
            marker={
                "color": colour,
                "pattern": {"shape": pattern, "fgcolor": "white", "size": 5},
                "line": {"width": 0},
            },
            hovertext=[f"{text}<br>{name}: {seconds:,.3f} s" for text, seconds in zip(said, length, strict=True)],
            hoverinfo="text",
            customdata=data,
        )
    unknown = [index for index, seconds in enumerate(latency.isna()) if seconds]
    figure.add_scatter(
        mode="markers",
        name="Ended without an answer",
        x=[start.iloc[index] for index in unknown],
        y=[int(shown["order"].iloc[index]) for index in unknown],
        marker={"symbol": "x", "color": "#D55E00", "size": 9},
        hovertext=[f"{said[index]}<br>{shown['status'].iloc[index]}" for index in unknown],
        hoverinfo="text",
        customdata=[data[index] for index in unknown],
        visible=bool(unknown),
    )
    height = 170 + max(3, min(22, 900 // max(len(shown), 1))) * len(shown)
    styled(figure, height=height, x_title="Time since the first request (s)", y_title="Order of sending")
    figure.update_layout(
        barmode="overlay", bargap=0.15, legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0}
    )
    if len(rows) > len(shown):
        figure.update_layout(title_text=f"The first {len(shown):,} of {len(rows):,} requests", margin_t=80)
    figure.update_yaxes(autorange="reversed", showgrid=False)
    return figure
