"""Two experiments laid over one another, with a word on what keeps them from being comparable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from nim_core.history.experiments import Experiments
from nim_core.history.shelf import ShelfEntry
from nim_core.values.experiment import Experiment
from nim_core.values.generation import Generation
from pages.parts.drawing.text import plain_text
from pages.parts.drawing.when import local_time

_OTHER = " (other)"


def overlay(
    store: Experiments,
    entry: ShelfEntry,
    others: Sequence[ShelfEntry],
    generations: Sequence[Generation],
    order: list[str],
) -> tuple[Sequence[Generation], list[str]]:
    """Offer another experiment; gives the answers and set names to draw, both experiments' where one is chosen."""
    if not others:
        return generations, order
    by_id = {each.experiment.id: each for each in others}
    chosen = st.selectbox(
        "Lay over another comparison",
        [None, *by_id],
        format_func=lambda id_: (
            f"{by_id[id_].title} · {local_time(by_id[id_].experiment.created_at)}" if id_ else "none"
        ),
        key=f"overlay_{entry.experiment.id}",
        width=420,
    )
    if chosen is None:
        return generations, order
    other = by_id[chosen].experiment
    st.caption(
        "The two were not shuffled together, so what differs between them may be the hour as well as the parameter: "
        "they are shown beside one another, and nothing is decided between them."
    )
    for warning in differing(entry.experiment, other):
        st.warning(plain_text(warning))
    mark = _OTHER
    while any(f"{each.name}{mark}" in order for each in other.sets):
        mark += _OTHER
    theirs = [replace(each, set=f"{each.set}{mark}") for each in store.generations(other.id)]
    return [*generations, *theirs], [*order, *(f"{each.name}{mark}" for each in other.sets)]


def differing(one: Experiment, other: Experiment) -> list[str]:
    """What makes two experiments less comparable, one sentence each."""
    said = []
    if one.prompt != other.prompt or one.system != other.system:
        said.append("The prompts differ, so lengths and repetition are about different questions.")
    if one.model != other.model:
        said.append(f"The models differ: {one.model} and {other.model}.")
    if one.endpoint != other.endpoint:
        said.append(f"The endpoints differ ({one.endpoint} and {other.endpoint}), so latencies are not comparable.")
    elif one.concurrency != other.concurrency:
        said.append("The calls at once differ, so latencies are not comparable.")
    if one.stream != other.stream:
        said.append("One streamed and the other did not, so only one of them has first-token times.")
    return said
