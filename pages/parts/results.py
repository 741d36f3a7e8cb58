"""A comparison's results: answers side by side, a chart and sentences for each measure, the rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from nim_core.charts import alt_text, best_chart, timeline
from nim_core.experiment import Experiment, Generation
from nim_core.frame import frame
from nim_core.measures import MEASURE, MEASURES
from nim_core.measures.diversity import diversity
from nim_core.report import to_csv, to_json, to_parquet
from nim_core.sentences import caveat, sentence
from nim_core.statistics import differences
from pages.parts.answer import answer
from pages.parts.text import plain_text

COLUMNS_ABREAST = 4

TABS = ("Answers", "Length", "Latency", "Repetition", "Data")


def results(experiment: Experiment, generations: Sequence[Generation]) -> None:
    """Draw the tabs; only the open one is computed."""
    st.subheader(plain_text(_title(experiment)), anchor=False)
    st.caption(plain_text(f"{experiment.model} on {experiment.endpoint}, {experiment.created_at[:16]} UTC"))
    answers, length, latency, repetition, data = st.tabs(TABS, key="compare_tabs", on_change="rerun")
    rows = frame(generations)
    order = [each.name for each in experiment.sets]
    if answers.open:
        with answers:
            _answers(experiment, generations)
    for tab, family in ((length, "length"), (latency, "latency"), (repetition, "repetition")):
        if tab.open:
            with tab:
                _measures(family, rows, order)
    if latency.open:
        latency.plotly_chart(timeline(rows), key="chart_timeline", alt="When each request waited and answered")
    if repetition.open:
        with repetition:
            _diversity(generations, order)
    if data.open:
        with data:
            _data(experiment, generations, rows)


def _title(experiment: Experiment) -> str:
    prompt = " ".join(experiment.prompt.split())
    return prompt if len(prompt) <= 80 else f"{prompt[:79]}…"


def _answers(experiment: Experiment, generations: Sequence[Generation]) -> None:
    repeat = 1
    if experiment.repeats > 1:
        repeat = st.select_slider("Repeat", range(1, experiment.repeats + 1), key="answers_repeat")
    found = {each.set: each for each in generations if each.repeat == repeat}
    names = [each.name for each in experiment.sets]
    for start in range(0, len(names), COLUMNS_ABREAST):
        abreast = names[start : start + COLUMNS_ABREAST]
        for column, name in zip(st.columns(min(len(names), COLUMNS_ABREAST)), abreast, strict=False):
            with column.container(border=True):
                st.markdown(f"**{plain_text(name)}**")
                if name in found:
                    answer(found[name])
                else:
                    st.caption("Not run yet.")


def _measures(family: str, rows: pd.DataFrame, order: Sequence[str]) -> None:
    """One measure of a family: its chart, and one sentence for each set against the baseline."""
    choices = [measure.key for measure in MEASURES if measure.family == family]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen: str = st.segmented_control(
            "Measure",
            choices,
            default=choices[0],
            required=True,
            format_func=lambda key: MEASURE[key].label,
            key=f"measure_{family}",
        )
        baseline = st.selectbox("Baseline", order, key=f"baseline_{family}", width=280) if len(order) > 1 else order[0]
    measure = MEASURE[chosen]
    st.caption(measure.help)
    st.plotly_chart(best_chart(rows, measure, order), key=f"chart_{measure.key}", alt=alt_text(rows, measure))
    found = differences(rows, measure, order, baseline)
    for each in found:
        st.markdown(f"- {plain_text(sentence(each, measure))}")
    if found:
        st.caption(caveat(len(found)))


def _diversity(generations: Sequence[Generation], order: Sequence[str]) -> None:
    """How much the repeats of one set differ from one another."""
    st.markdown("**Diversity across the repeats of a set**")
    found = [
        (name, diversity([each.text for each in generations if each.set == name and each.status == "ok"]))
        for name in order
    ]
    st.dataframe(
        {
            "Set": [name for name, _ in found],
            "Distinct answers": [f"{each.distinct} of {each.answers}" for _, each in found],
            "Mean similarity of two answers": [each.similarity for _, each in found],
            "First difference at character": [each.first_divergence for _, each in found],
            "Distinct-2 of all together": [each.distinct_2 for _, each in found],
        },
        hide_index=True,
        alt="Diversity of the answers of each set",
    )


def _data(experiment: Experiment, generations: Sequence[Generation], rows: pd.DataFrame) -> None:
    with st.container(horizontal=True):
        for label, ending, mime, make in (
            ("CSV", "csv", "text/csv", to_csv),
            ("JSON", "json", "application/json", to_json),
            ("Parquet", "parquet", "application/vnd.apache.parquet", to_parquet),
        ):
            st.download_button(
                f"Download {label}",
                _maker(make, generations),
                file_name=f"nim-lab-{experiment.id[:8]}.{ending}",
                mime=mime,
                key=f"download_{ending}",
                on_click="ignore",
            )
    st.dataframe(rows, hide_index=True, alt="One row a generation")


def _maker(make: Callable[[Sequence[Generation]], bytes], generations: Sequence[Generation]) -> Callable[[], bytes]:
    return lambda: make(generations)
