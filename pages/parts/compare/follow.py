"""A comparison on its way: start it, follow it, and what to do once it has ended."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from nim_core.history.experiments import Experiments
from nim_core.values.events import Ended
from nim_core.values.experiment import Experiment, new_experiment
from nim_core.values.generation import Generation, refused_parameters
from nim_core.values.parameters import FIELD
from nim_core.values.sets import ParameterSet
from nim_core.words import _, _n, said
from nim_core.worker.view import RunView
from pages.parts.compare.answers import abreast
from pages.parts.drawing.guard import Guard, ending_told
from pages.parts.drawing.live import LivePane, follow
from pages.parts.drawing.text import plain_text
from pages.parts.visitor.session import Session, runs

MORE_ROUNDS = 5
PANE_HEIGHT = 360


def start(mine: Session, store: Experiments, experiment: Experiment) -> None:
    """Hand an experiment to the worker and show it."""
    with Guard():
        store.save(experiment)
        total = len(experiment.missing(store.generations(experiment.id)))
        key, visitor = mine.key_for(experiment.endpoint), mine.visitor(experiment.endpoint)
        runs().start(experiment, total=total, key=key, visitor=visitor)
        mine.experiment = experiment.id
        st.rerun()


def follow_run(view: RunView) -> None:
    """Draw a run while it goes on; the last thing of the page."""
    experiment = view.experiment
    st.markdown(f"**{plain_text(' '.join(experiment.prompt.split())[:200])}**")
    with st.container(horizontal=True, vertical_alignment="center"):
        progress = st.empty()
        st.button(_("Stop"), key="compare_stop", icon=":material/stop:", on_click=runs().stop, args=(experiment.id,))
    panes = {name: LivePane(place.container()) for name, place in abreast(experiment, height=PANE_HEIGHT)}
    follow(view, panes, progress)
    st.rerun()


def say_end(experiment: Experiment, generations: list[Generation], ended: Ended | None) -> None:
    """Say how the run ended, where there is something to say."""
    missing = experiment.missing(generations)
    if ended and ended.outcome != "done":
        st.warning(plain_text(ending_told(ended)))
    elif missing and not ended:
        st.warning(
            _n(
                "{count} of {total} answers is missing; Resume runs it.",
                "{count} of {total} answers are missing; Resume runs them.",
                len(missing),
                total=len(experiment.plan()),
            )
        )


def next_steps(mine: Session, store: Experiments, experiment: Experiment, generations: list[Generation]) -> None:
    """Offer what can be done now: resume, more rounds, again without a refused parameter."""
    missing, refused, key = experiment.missing(generations), refused_parameters(generations), experiment.id
    if missing and st.button(_("Resume"), key=f"resume_{key}", icon=":material/resume:"):
        start(mine, store, experiment)
    if refused:
        named = ", ".join(said(FIELD[name].label).lower() for name in refused)
        label = _("Run without {parameters}", parameters=named)
        if st.button(label, key=f"without_{key}", icon=":material/block:"):
            start(mine, store, without(experiment, refused))
    if not missing:
        _more_rounds(mine, store, experiment)


def _more_rounds(mine: Session, store: Experiments, experiment: Experiment) -> None:
    """Offer to add rounds, as many as there can still be."""
    more = min(MORE_ROUNDS, experiment.rounds_left)
    if more == 0:
        st.caption(_("It has as many rounds as a comparison can have. Run again, under More, begins another."))
        return
    label = _n("Run {count} more round", "Run {count} more rounds", more)
    if st.button(label, key=f"rounds_{experiment.id}", icon=":material/add:"):
        start(mine, store, replace(experiment, repeats=experiment.repeats + more))


def fresh(experiment: Experiment) -> Experiment:
    """The same plan as a new experiment, with an order of its own."""
    return without(experiment, [])


def without(experiment: Experiment, refused: list[str]) -> Experiment:
    """The same experiment anew, with no set sending the refused parameters; sets that become equal are one."""
    sets: dict[object, ParameterSet] = {}
    for each in experiment.sets:
        kept = replace(each.parameters, **dict.fromkeys(refused))
        sets.setdefault(kept, ParameterSet(each.name, kept))
    return new_experiment(
        experiment.prompt,
        sets.values(),
        system=experiment.system,
        endpoint=experiment.endpoint,
        model=experiment.model,
        repeats=experiment.repeats,
        seed=None if "seed" in refused else experiment.seed,
        concurrency=experiment.concurrency,
        rpm=experiment.rpm,
        warmup=experiment.warmup,
        stream=experiment.stream,
    )
