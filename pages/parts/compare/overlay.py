"""Two experiments laid over one another, with a word on what keeps them from being comparable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from nim_core.history.experiments import Experiments
from nim_core.history.shelf import ShelfEntry
from nim_core.values.endpoints import title_of
from nim_core.values.experiment import Experiment
from nim_core.values.generation import Generation
from nim_core.words import _
from pages.parts.drawing.text import plain_text
from pages.parts.drawing.when import local_time


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
    titles: dict[str | None, str] = {
        id_: f"{each.title} · {local_time(each.experiment.created_at)}" for id_, each in by_id.items()
    }
    chosen = st.selectbox(
        _("Lay over another comparison"),
        [None, *by_id],
        format_func={**titles, None: _("none")}.__getitem__,
        key=f"overlay_{entry.experiment.id}",
        width=420,
    )
    if chosen is None:
        return generations, order
    other = by_id[chosen].experiment
    st.caption(
        _(
            "The two were not shuffled together, so what differs between them may be the hour as well as the "
            "parameter: they are shown beside one another, and nothing is decided between them."
        )
    )
    for warning in differing(entry.experiment, other):
        st.warning(plain_text(warning))
    names = {each.name: _("{set} (other)", set=each.name) for each in other.sets}
    while set(names.values()) & set(order):
        names = {name: _("{set} (other)", set=marked) for name, marked in names.items()}
    theirs = [replace(each, set=names[each.set]) for each in store.generations(other.id)]
    return [*generations, *theirs], [*order, *names.values()]


def differing(one: Experiment, other: Experiment) -> list[str]:
    """What makes two experiments less comparable, one sentence each."""
    found = []
    if one.prompt != other.prompt or one.system != other.system:
        found.append(_("The prompts differ, so lengths and repetition are about different questions."))
    if one.model != other.model:
        found.append(_("The models differ: {one} and {other}.", one=one.model, other=other.model))
    if one.endpoint != other.endpoint:
        found.append(
            _(
                "The endpoints differ ({one} and {other}), so latencies are not comparable.",
                one=title_of(one.endpoint),
                other=title_of(other.endpoint),
            )
        )
    elif one.concurrency != other.concurrency:
        found.append(_("The calls at once differ, so latencies are not comparable."))
    if one.stream != other.stream:
        found.append(_("One streamed and the other did not, so only one of them has first-token times."))
    return found
