"""Compare: one prompt, several parameter sets, several repeats, read side by side."""

from __future__ import annotations

import streamlit as st

from nim_core.history import History
from nim_core.values.experiment import Experiment
from nim_core.words import _
from pages.parts.compare.cells import notebook, undo_delete
from pages.parts.compare.follow import follow_run, start
from pages.parts.compare.plan import plan_form
from pages.parts.drawing.guard import Guard
from pages.parts.visitor.session import Session, history, runs, session

# While a run goes on its answers have the window: nothing of the plan can be used until it ends.
_PLAN_AWAY = "<style>.st-key-compare_plan { display:none }</style>"


def main() -> None:
    """Draw the page; a run that is going on is followed at the end."""
    mine = session()
    st.title(_("Compare"))
    st.caption(_("One prompt, several parameter sets, several repeats: is a difference the parameter, or luck?"))
    kept, shown = history(), None
    with Guard():
        shown = _shown(mine, kept)
    view = runs().view(shown.id) if shown else None
    going = view is not None and view.ended is None
    with st.container(key="compare_plan"):
        planned = plan_form(mine, kept, going=going)
    if planned is not None:
        start(mine, kept.experiments, planned)
    if going and view is not None:
        st.html(_PLAN_AWAY)
        follow_run(view)
        return
    undo_delete(mine, kept.shelf)
    if shown is None:
        st.info(_("Press **Run comparison**. The answers, their length, latency and repetition appear here."))
        return
    with Guard():
        notebook(mine, kept, shown)


def _shown(mine: Session, history: History) -> Experiment | None:
    """The experiment on the page: the one chosen, the one that the address names, else the newest."""
    asked = mine.experiment or st.query_params.get("experiment")
    experiment = history.experiments.experiment(asked) if asked else None
    if experiment is None:
        experiment = next((entry.experiment for entry in history.shelf.entries(limit=1)), None)
    mine.experiment = experiment.id if experiment else None
    if experiment is None:
        st.query_params.pop("experiment", None)
    elif st.query_params.get("experiment") != experiment.id:
        st.query_params["experiment"] = experiment.id
    return experiment


main()
