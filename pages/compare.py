"""Compare: one prompt, several parameter sets, several repeats, read side by side."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from nim_core.errors import InputError, StoreError, WorkerError
from nim_core.experiment import MAX_REPEATS, Experiment, new_experiment
from nim_core.parameters import ParameterSet
from nim_core.store import Store
from nim_core.view import RunView
from pages.parts.live import LivePane, follow
from pages.parts.plan import add_sets, cost_line, sets_table
from pages.parts.results import results
from pages.parts.session import Session, history_or_none, runs, session, settings
from pages.parts.text import plain_text

MORE_ROUNDS = 5


def main() -> None:
    """Draw the page; a run that is going on is followed at the end."""
    mine = session()
    opened = history_or_none()
    if opened is None:
        return
    history = opened.store
    experiment = _shown(mine, history)
    view = runs().view(experiment.id) if experiment else None
    going = view is not None and view.ended is None
    st.title("Compare")
    st.caption("One prompt, several parameter sets, several repeats: is a difference the parameter, or luck?")
    _plan(mine, history, going=going)
    if experiment is None:
        st.info("Press **Run comparison**. The answers, their length, latency and repetition appear here.")
    elif going and view is not None:
        _follow(view)
    else:
        _ended(mine, history, experiment, view)


def _plan(mine: Session, history: Store, *, going: bool) -> None:
    prompt = st.text_area("Prompt", "What is GPU?", key="compare_prompt", height=80, persist_state="session")
    with st.expander("System prompt and more", key="compare_more"):
        system = st.text_area("System prompt", key="compare_system", height=80, persist_state="session")
        seeded = st.toggle(
            "One seed for each repeat, shared by the sets",
            key="compare_seeded",
            help="Repeat k of every set sends the same seed, so that luck is shared. Some hosted models refuse seeds.",
            persist_state="session",
        )
        concurrency = st.number_input(
            "Calls at once",
            1,
            64,
            mine.place.concurrency,
            key=f"compare_concurrency_{mine.place.is_local}",
            help="More is faster, but calls that share a server slow one another down and blur latency.",
            persist_state="session",
        )
    try:
        sets = sets_table(mine)
        problem = None
    except InputError as error:
        sets, problem = [], str(error)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        add_sets(mine)
        repeats = st.number_input(
            "Repeats", 1, MAX_REPEATS, 3, key="compare_repeats", width=160, persist_state="session"
        )
        pressed = st.button(
            "Run comparison", key="compare_run", type="primary", icon=":material/play_arrow:", disabled=going
        )
        st.caption(problem or cost_line(len(sets), repeats, mine.place, mine.place.rpm), width="stretch")
    if problem:
        st.error(plain_text(problem))
    elif pressed:
        _run(mine, history, prompt or "", system or "", sets, repeats, 1 if seeded else None, concurrency)


def _run(
    mine: Session,
    history: Store,
    prompt: str,
    system: str,
    sets: list[ParameterSet],
    repeats: int,
    seed: int | None,
    concurrency: int,
) -> None:
    try:
        if mine.model is None:
            raise InputError("No model is chosen for this endpoint yet. Choose one on the Models page.")
        if mine.place.needs_key and not mine.key:
            raise InputError("The NVIDIA API catalog needs a key. Enter yours on the Connect page.")
        experiment = new_experiment(
            prompt,
            sets,
            system=system,
            endpoint=mine.endpoint,
            model=mine.model,
            repeats=repeats,
            seed=seed,
            concurrency=concurrency,
            rpm=mine.place.rpm,
        )
    except InputError as error:
        st.error(plain_text(str(error)))
        return
    _start(mine, history, experiment)


def _start(mine: Session, history: Store, experiment: Experiment) -> None:
    """Hand the experiment to the worker and show it."""
    try:
        history.save(experiment)
        total = len(experiment.missing(history.generations(experiment.id)))
        runs().start(experiment, total=total, key=mine.key_for(experiment.endpoint), session=mine.id)
    except (StoreError, WorkerError) as error:
        st.error(plain_text(str(error)))
        return
    mine.experiment = experiment.id
    st.rerun()


def _shown(mine: Session, history: Store) -> Experiment | None:
    """The experiment on the page: the one chosen, the one that the address names, else the newest."""
    asked = mine.experiment or st.query_params.get("experiment")
    experiment = history.experiment(asked) if asked else None
    if experiment is None and not settings().shared:
        newest = history.comparisons(limit=1)
        experiment = newest[0] if newest else None
    if experiment is not None:
        mine.experiment = st.query_params["experiment"] = experiment.id
    return experiment


def _follow(view: RunView) -> None:
    experiment = view.experiment
    with st.container(horizontal=True, vertical_alignment="center"):
        progress = st.empty()
        st.button("Stop", key="compare_stop", icon=":material/stop:", on_click=runs().stop, args=(experiment.id,))
    names = [each.name for each in experiment.sets]
    panes = {}
    for start in range(0, len(names), 4):
        for column, name in zip(st.columns(min(len(names), 4)), names[start : start + 4], strict=False):
            with column.container(border=True, height=360):
                st.markdown(f"**{plain_text(name)}**")
                panes[name] = LivePane(st.container())
    follow(view, panes, progress)
    st.rerun()


def _ended(mine: Session, history: Store, experiment: Experiment, view: RunView | None) -> None:
    generations = history.generations(experiment.id)
    missing = experiment.missing(generations)
    ended = view.ended if view else history.ended(experiment.id)
    with st.container(horizontal=True, vertical_alignment="center"):
        if ended and ended.outcome != "done":
            st.warning(plain_text(ended.sentence))
        elif missing:
            st.warning(f"{len(missing)} of {len(experiment.plan())} answers are missing; Resume runs them.")
        if missing and st.button("Resume", key="compare_resume", icon=":material/resume:"):
            _start(mine, history, experiment)
        if not missing and st.button(f"Run {MORE_ROUNDS} more rounds", key="compare_rounds", icon=":material/add:"):
            _start(mine, history, replace(experiment, repeats=experiment.repeats + MORE_ROUNDS))
    results(experiment, generations)


main()
