"""What all charts share: colours and symbols of the sets, labels, and a layout that fits light and dark pages."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Sequence

import plotly.graph_objects as go

from nim_core.analysis.summary import Summary
from nim_core.words import _

# Okabe and Ito 2008, "Color Universal Design", without black and yellow, which vanish on a dark or a light page.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9")
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "x", "star", "hexagon")
GRID = "rgba(128,128,128,0.25)"
CLEAR = "rgba(0,0,0,0)"


def ink(*, dark: bool) -> str:
    """The colour of marks that belong to no set."""
    return "#E8E8E8" if dark else "#333333"


def labels(names: Sequence[str], most: int = 44) -> list[str]:
    """The sets' names as they stand on an axis: without what all share, long ones shortened in the middle.

    >>> labels(["temperature=0, max_tokens=512", "temperature=1, max_tokens=512"])
    ['temperature=0', 'temperature=1']
    """
    parts = [name.split(", ") for name in names]
    shared = set.intersection(*map(set, parts)) if len(parts) > 1 else set()
    own = [", ".join(part for part in each if part not in shared) for each in parts]
    return [_shortened(short or name, most) for short, name in zip(own, names, strict=True)]


def _shortened(name: str, most: int) -> str:
    if len(name) > most:
        head = most * 3 // 5
        name = f"{name[:head]}…{name[head + 1 - most :]}"
    return literal(name)


def literal(text: str) -> str:
    """Foreign text as Plotly shows it character by character: it reads every name and label as a kind of HTML.

    >>> literal('<b>"a" & b</b>')
    '&lt;b&gt;"a" &amp; b&lt;/b&gt;'
    """
    return html.escape(text, quote=False)  # it does not know &quot;


def small(text: str) -> str:
    """Text of second rank on an axis."""
    return f'<span style="font-size:11px">{text}</span>'


def whole(name: str) -> str:
    """A set's name as it stands in a hover box: whole, on several lines where it is long."""
    return "<br>".join(literal(part) for part in textwrap.wrap(name, 60, max_lines=12, placeholder=" …") or [name])


def counts(summary: Summary) -> str:
    """How many answers stand behind a set's mark, and how many do not.

    >>> counts(Summary("a", "words", 4, 1, 2, 0, 3.0, 2.0, 4.0))
    'n 4, cut 1, failed 2'
    """
    parts = [
        _("n {count}", count=summary.n),
        *([_("cut {count}", count=summary.cut)] if summary.cut else []),
        *([_("failed {count}", count=summary.failed)] if summary.failed else []),
        *([_("no value {count}", count=summary.missing)] if summary.missing else []),
    ]
    return ", ".join(parts)


def styled(figure: go.Figure, *, height: int, x_title: str, y_title: str | None) -> go.Figure:
    """The figure with transparent backgrounds, quiet grid lines and titled axes; font colours stay the page's."""
    axis = {"gridcolor": GRID, "zeroline": False, "automargin": True}
    figure.update_layout(
        height=height,
        paper_bgcolor=CLEAR,
        plot_bgcolor=CLEAR,
        margin={"l": 10, "r": 20, "t": 30, "b": 10},
        hoverlabel={"align": "left"},
        hovermode="closest",
    )
    figure.update_xaxes(title_text=x_title, **axis)
    figure.update_yaxes(title_text=y_title, **axis)
    return figure
