"""A comparison's results: answers side by side, a chart and sentences for each measure, the rows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import pandas as pd
import streamlit as st

from nim_core.analysis.sentences import caveat, sentence
from nim_core.analysis.summary import Difference, differences
from nim_core.analysis.table import frame
from nim_core.charts import alt_text, best_chart, timeline
from nim_core.history.experiments import Experiments
from nim_core.history.shelf import ShelfEntry
from nim_core.measures import FAMILIES, MEASURE, Family, Measure, latency, of_family, repetition
from nim_core.measures.diversity import diversity
from nim_core.values.endpoints import title_of
from nim_core.values.generation import Generation
from nim_core.words import _, _n, said
from pages.parts.compare.answers import answers, choose_baseline
from pages.parts.compare.overlay import overlay
from pages.parts.compare.take_away import take_away
from pages.parts.drawing.answer import answer
from pages.parts.drawing.text import plain_text

# Plotly's own bar has a button that sends a chart to its maker's cloud.
CHART_BUTTONS = {
    "displaylogo": False,
    "modeBarButtons": [["zoom2d", "pan2d", "zoomIn2d", "zoomOut2d", "resetScale2d", "toImage"]],
}

MANY_SETS = 8
"""Sets whose sentences all stand in sight."""

DRAWN_AT_ONCE = 150
"""Bars that a browser draws without being noticed: three with patterns for each request."""

_FAMILY = {family.key: family for family in FAMILIES}


def results(
    store: Experiments, entry: ShelfEntry, generations: Sequence[Generation], others: Sequence[ShelfEntry]
) -> None:
    """Draw the tabs; only the open one is computed."""
    experiment, key = entry.experiment, entry.experiment.id
    about = (experiment.model, title_of(experiment.endpoint), " ".join(experiment.prompt.split())[:200])
    st.caption(plain_text(" · ".join(about)))
    order = [each.name for each in experiment.sets]
    families = {name: said(family.title) for name, family in _FAMILY.items()}
    titles = {"answers": _("Answers"), **families, "data": _("Data")}
    tabs = st.tabs(list(titles.values()), key=f"tabs_{key}", on_change="rerun")
    for tab, name in zip(tabs, titles, strict=True):
        if not tab.open:
            continue
        with tab:
            if name == "data":
                take_away(entry, generations, frame(generations))
                continue
            if name == "answers":
                answers(experiment, generations)
                continue
            family = _FAMILY[name]
            shown, names = overlay(store, entry, others, generations, order)
            rows = frame(shown)
            _measure(key, family, rows, names, shown)
            if family == latency.FAMILY:
                _timeline(key, rows[rows["experiment_id"] == key])
            if family == repetition.FAMILY:
                _diversity(generations, order)


def _measure(
    key: str, family: Family, rows: pd.DataFrame, order: Sequence[str], generations: Sequence[Generation]
) -> None:
    """One measure of a family: its chart, the answers behind a clicked mark, a sentence for each set."""
    choices = [measure.key for measure in of_family(family)]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen: str = st.segmented_control(
            _("Measure"),
            choices,
            default=choices[0],
            required=True,
            format_func={each: said(MEASURE[each].label) for each in choices}.__getitem__,
            key=f"measure_{family.key}_{key}",
        )
        baseline = choose_baseline(key, order)
    measure = MEASURE[chosen]
    st.caption(said(measure.help))
    event = st.plotly_chart(
        best_chart(rows, measure, order, baseline=baseline, dark=st.context.theme.type == "dark"),
        key=f"chart_{measure.key}_{key}",
        on_select="rerun",
        selection_mode="points",
        config=CHART_BUTTONS,
        alt=alt_text(rows, measure),
    )
    _clicked(event, generations, f"clicked_{measure.key}_{key}")
    found = differences(rows, measure, order, baseline)
    _say(key, found, measure)
    if found:
        st.caption(" ".join((caveat(len(found)), _("Click a dot or a cell to read its answers."))))


def _timeline(key: str, rows: pd.DataFrame) -> None:
    """Every request over time, below the measure; of many, drawn when it is opened."""
    few = len(rows) <= DRAWN_AT_ONCE
    fold = st.expander(_("Every request over time"), expanded=few, key=f"requests_{key}", on_change="rerun")
    if fold.open:
        alt = _("One bar a request in the order of sending: its wait, its time to first token, and the rest")
        fold.plotly_chart(timeline(rows), key=f"timeline_{key}", alt=alt, config=CHART_BUTTONS)


def _say(key: str, found: Sequence[Difference], measure: Measure) -> None:
    """One sentence a set; of many sets the clear ones first and the others folded."""
    clear = [each for each in found if len(found) <= MANY_SETS or each.outcome in ("higher", "lower")]
    others = [each for each in found if each not in clear]
    st.markdown(_listed(clear, measure))
    if others:
        label = _n(
            "{count} set about which nothing can be told yet",
            "{count} sets about which nothing can be told yet",
            len(others),
        )
        with st.expander(label, key=f"untold_{measure.key}_{key}"):
            st.markdown(_listed(others, measure))


def _listed(found: Sequence[Difference], measure: Measure) -> str:
    return "\n".join(f"- {plain_text(sentence(each, measure))}" for each in found)


def _clicked(event: object, generations: Sequence[Generation], key: str) -> None:
    """The answer behind a selected dot; behind a map's cell, which is a whole set, the repeat that is chosen."""
    points = getattr(getattr(event, "selection", None), "points", None) or []
    data = points[0].get("customdata") if points else None
    if not data or len(data) < 2:
        return
    name, repeat = data[0], data[1]
    found = {each.repeat: each for each in sorted(generations, key=lambda each: each.repeat) if each.set == name}
    if not found or repeat not in (None, *found):
        return
    with st.container(border=True):
        if repeat is None:
            repeat = st.selectbox(_("Repeat"), list(found), key=f"{key}_{name}", width=140)
        st.markdown(_("**{set}**, repeat {repeat}", set=plain_text(name), repeat=repeat))
        answer(found[repeat])


# Each pair of texts is held against the other, which takes long; it depends on the texts alone.
_diversity_of = lru_cache(maxsize=64)(diversity)


def _diversity(generations: Sequence[Generation], order: Sequence[str]) -> None:
    """How much the repeats of one set differ from one another: a quantity of its own."""
    st.markdown(_("**Diversity across the repeats of a set**"))
    found = {
        name: _diversity_of(tuple(each.text for each in generations if each.set == name and each.status == "ok"))
        for name in order
    }
    distinct = [_("{distinct} of {answers}", distinct=each.distinct, answers=each.answers) for each in found.values()]
    st.dataframe(
        {
            "set": list(found),
            "distinct": distinct,
            "similarity": [each.similarity for each in found.values()],
            "first_divergence": [each.first_divergence for each in found.values()],
            "distinct_2": [each.distinct_2 for each in found.values()],
        },
        hide_index=True,
        column_config={
            "set": _("Set"),
            "distinct": _("Distinct answers"),
            "similarity": st.column_config.NumberColumn(_("Mean similarity of two answers"), format="%.2f"),
            "first_divergence": _("First difference after, characters"),
            "distinct_2": st.column_config.NumberColumn(_("Distinct pairs of all together"), format="%.2f"),
        },
        alt=_("Diversity of the answers of each set"),
    )
