"""The answers of one experiment: sets as columns, repeats to flip, differences and repetition marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from nim_core.analysis.spans import Span, changed, repeated
from nim_core.values.experiment import Experiment
from nim_core.values.generation import Generation
from nim_core.words import N_, _, said
from pages.parts.drawing.answer import answer, facts
from pages.parts.drawing.text import drawable, left_out, plain_text

COLUMNS_ABREAST = 4
VIEWS = {"written": N_("As written"), "differences": N_("Differences"), "repetition": N_("Repetition")}


def choose_baseline(key: str, order: Sequence[str]) -> str:
    """The set that the others are held against; the same on every tab of an experiment."""
    if len(order) == 1:
        return order[0]
    return st.selectbox(_("Baseline"), order, key=f"baseline_{key}", width=240, persist_state="session")


def abreast(
    experiment: Experiment, height: int | Literal["content"] = "content"
) -> Iterator[tuple[str, DeltaGenerator]]:
    """A titled box for each set, by its name, a few in a row; `height` in pixels."""
    names = [each.name for each in experiment.sets]
    columns = min(len(names), COLUMNS_ABREAST)
    for start in range(0, len(names), columns):
        for column, name in zip(st.columns(columns), names[start : start + columns], strict=False):
            place = column.container(border=True, height=height)
            place.markdown(f"**{plain_text(name)}**")
            yield name, place


def answers(experiment: Experiment, generations: Sequence[Generation]) -> None:
    """Draw one repeat of every set side by side."""
    key = experiment.id
    with st.container(horizontal=True, vertical_alignment="bottom"):
        repeat = 1
        if experiment.repeats > 1:
            repeat = st.number_input(_("Repeat"), 1, experiment.repeats, 1, key=f"repeat_{key}", width=140)
        view = st.segmented_control(
            _("Show"),
            list(VIEWS),
            default="written",
            required=True,
            format_func={name: said(label) for name, label in VIEWS.items()}.__getitem__,
            key=f"view_{key}",
        )
        baseline = choose_baseline(key, [each.name for each in experiment.sets])
    if view == "differences":
        st.caption(
            _(
                "Marked: words that the answer of {baseline} in the same repeat does not have there.",
                baseline=plain_text(baseline),
            )
        )
    if view == "repetition":
        st.caption(_("Marked: sequences of four words, or eight Korean, Japanese or Chinese characters, used before."))
    found = {each.set: each for each in generations if each.repeat == repeat}
    for name, place in abreast(experiment):
        with place:
            _one(found.get(name), found.get(baseline), view)


def _one(generation: Generation | None, baseline: Generation | None, view: str) -> None:
    if generation is None:
        st.caption(_("Not run yet."))
    elif view == "differences" and baseline is not None and generation.text:
        shown = drawable(generation.text)
        _marked(changed(shown, baseline.text), "green", shown, generation)
    elif view == "repetition" and generation.text:
        shown = drawable(generation.text)
        _marked(repeated(shown), "orange", shown, generation)
    else:
        answer(generation)


def _marked(spans: Sequence[Span], colour: str, drawn: str, generation: Generation) -> None:
    """The text as plain text, line by line, with its marked spans on a coloured ground."""
    pieces = []
    for span in spans:
        for number, line in enumerate(span.text.split("\n")):
            shown = plain_text(line)
            marked = f":{colour}-background[{shown.strip()}] " if span.marked and shown.strip() else shown
            pieces.append(marked if number == 0 else f"  \n{marked}")
    st.markdown("".join(pieces))
    if len(drawn) < len(generation.text):
        st.caption(left_out(drawn, generation.text))
    st.caption(plain_text(facts(generation)))
