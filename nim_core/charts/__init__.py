"""From the table of frame.py to Plotly figures, by a measure's declaration.

Every dot is drawn; a mean with its 95% t-interval stands beside them. Hollow dots were cut at max tokens.
Each dot carries (set, repeat) in its customdata, a map's cell (set, None), so that a click can open the answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import plotly.graph_objects as go

from nim_core.analysis.questions import DECLARED
from nim_core.analysis.rounds import pairs_of_rounds, records, sets_of
from nim_core.analysis.summary import Summary, summaries
from nim_core.errors import InputError
from nim_core.foreign import quoted
from nim_core.measures import Measure
from nim_core.measures.variety import VARIETY
from nim_core.words import N_, _, _n

from .marks import answers, axis_title, dot_style, interval_bars, jitter, mean_hover, mean_style, mean_words, value_axis
from .style import counts, ink, labels, small, styled
from .sweeps import SWEPT, UNORDERED, heat, line, settings_of
from .timeline import timeline

if TYPE_CHECKING:
    import pandas

__all__ = ["alt_text", "best_chart", "chart", "dots", "heat", "line", "timeline"]

_TWO_LINES_UP_TO = 10


def chart(frame: pandas.DataFrame, measure: str, baseline: str | None = None) -> go.Figure:
    """The page's own figure of a table of answers for a measure's name, such as "words" or "variety".

    The baseline is the first set unless given. For variety each pair of rounds is a mark, which stands at its second
    answer. Raises InputError for a name that no measure or no set has.

    >>> from nim_core import compare, grid
    >>> chart(compare("What is GPU?", grid(temperature=[0, 1])), "words").show()  # doctest: +SKIP
    """
    if measure not in DECLARED:
        raise InputError(
            N_("There is no measure {name}; draw {known}."),
            field="measure",
            name=quoted(measure),
            known=", ".join(DECLARED),
        )
    order = sets_of(frame)
    if baseline is not None and baseline not in order:
        raise InputError(N_("There is no set {name} in these rows."), field="baseline", name=quoted(baseline))
    rows = _varieties(frame) if measure == VARIETY.key else frame
    return best_chart(rows, DECLARED[measure], order, baseline=baseline or next(iter(order), None))


def dots(
    frame: pandas.DataFrame, measure: Measure, *, order: Sequence[str], baseline: str | None = None, dark: bool = False
) -> go.Figure:
    """Each set a row, first at the top: its answers as dots, below them the mean and its interval.

    The row's label holds the counts; the dotted line is the mean of the baseline.
    """
    found = summaries(frame, measure, order)
    figure = go.Figure()
    for row, (name, rows) in enumerate(zip(order, answers(frame, measure, order), strict=True)):
        heights = [round(row - 0.14 + shift, 3) for shift in jitter(rows["repeat"])]
        figure.add_scatter(x=rows[measure.key], y=heights, **dot_style(rows, measure, name, row))
    means = [(row, each) for row, each in enumerate(found) if each.mean is not None]
    figure.add_scatter(
        x=[each.mean for row, each in means],
        y=[row + 0.27 for row, each in means],
        error_x=interval_bars([each for row, each in means], ink(dark=dark)),
        hovertext=[mean_hover(each, measure) for row, each in means],
        **mean_style(ink(dark=dark), symbol="line-ns-open", mode="markers"),
    )
    against = next((each.mean for each in found if each.set == baseline), None)
    if against is not None:
        figure.add_vline(x=against, line={"color": ink(dark=dark), "width": 1, "dash": "dot"}, opacity=0.6)
    two_lines = len(order) <= _TWO_LINES_UP_TO
    height = 90 + (62 if two_lines else 36) * max(len(order), 2)
    styled(figure, height=height, x_title=axis_title(measure, found), y_title=None)
    figure.update_yaxes(
        tickvals=list(range(len(order))),
        ticktext=[
            _row_label(short, each, is_baseline=each.set == baseline, two_lines=two_lines)
            for short, each in zip(labels(order), found, strict=True)
        ],
        range=[len(order) - 0.45, -0.55],
        showgrid=False,
    )
    return value_axis(figure, measure, "x")


def best_chart(
    frame: pandas.DataFrame, measure: Measure, order: Sequence[str], *, baseline: str | None = None, dark: bool = False
) -> go.Figure:
    """A line where one parameter was swept over three values or more, a map for a full grid of two, else dots."""
    settings = {name: found for name, found in settings_of(frame).items() if name in order}
    varied = [key for key in SWEPT if len({found[key] for found in settings.values()}) > 1]
    swept = all(found[key] is not None for found in settings.values() for key in varied)
    alike = len({tuple(found[key] for key in UNORDERED) for found in settings.values()}) == 1
    levels = [len({found[key] for found in settings.values()}) for key in varied]
    shown = frame[frame["set"].isin(list(order))]
    if swept and alike and len(varied) == 1 and levels[0] == len(settings) >= 3:
        return line(shown, measure, varied[0], dark=dark)
    if swept and alike and len(varied) == 2 and levels[0] * levels[1] == len(settings):
        return heat(shown, measure, *sorted(varied, key=lambda key: -levels[varied.index(key)]))
    return dots(frame, measure, order=order, baseline=baseline, dark=dark)


def alt_text(frame: pandas.DataFrame, measure: Measure, *, most: int = 20) -> str:
    """What a chart of this measure shows, for somebody who cannot see it; at most so many sets."""
    names = list(dict.fromkeys(frame["set"].dropna()))
    told = [
        f"{each.set}: {mean_words(each, measure)} ({counts(each)})" for each in summaries(frame, measure, names[:most])
    ]
    more = [_n("{count} more set", "{count} more sets", len(names) - most)] if len(names) > most else []
    return _n(
        "{measure} of {count} parameter set. {sets}.",
        "{measure} of {count} parameter sets. {sets}.",
        len(names),
        measure=measure.title,
        sets="; ".join([*told, *more]),
    )


def _varieties(frame: pandas.DataFrame) -> pandas.DataFrame:
    """The rows of the pairs of rounds, with the numbers of their second answers."""
    import pandas as pd

    rows = [{**row, "repeat": 2 * row["repeat"]} for row in pairs_of_rounds(records(frame))]
    return pd.DataFrame(rows, columns=[*frame.columns, VARIETY.key])


def _row_label(short: str, summary: Summary, *, is_baseline: bool, two_lines: bool) -> str:
    told = [counts(summary), *([_("no mean")] if summary.half_cut else []), *([_("baseline")] if is_baseline else [])]
    name = f"<b>{short}</b>" if is_baseline else short
    return f"{name}{'<br>' if two_lines else '  '}{small(', '.join(told))}"
