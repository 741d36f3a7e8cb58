"""The experiments on the page like the cells of a notebook: newest first, folded, each with its name and note."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from nim_core.history import History
from nim_core.history.shelf import Shelf, ShelfEntry
from nim_core.planning.permalink import encode
from nim_core.values.experiment import Experiment
from nim_core.words import _
from pages.parts.compare.cost import size
from pages.parts.compare.follow import fresh, next_steps, say_end, start
from pages.parts.compare.results import results
from pages.parts.compare.sets_table import replace_sets
from pages.parts.drawing.guard import Guard
from pages.parts.drawing.text import plain_text, safe_markdown
from pages.parts.drawing.when import local_time
from pages.parts.visitor.session import Session, runs

SHOWN = 20
FEW = 3
"""Experiments that need no search."""


def notebook(mine: Session, history: History, shown: Experiment) -> None:
    """Draw the experiments; only the open ones are computed."""
    search = ""
    if len(_entries(history.shelf, shown, "")) > FEW:
        search = st.text_input(
            _("Search comparisons"), key="notebook_search", placeholder=_("prompt, model, name or note"), width=320
        )
    entries = _entries(history.shelf, shown, search or "")
    if not entries:
        st.info(_("No comparison matches. Try fewer or shorter words."))
    for entry in entries:
        _cell(mine, history, entry, entries, is_shown=entry.experiment.id == shown.id)


def _entries(shelf: Shelf, shown: Experiment, search: str) -> list[ShelfEntry]:
    entries = shelf.entries(search, limit=SHOWN)
    if not search and shown.id not in {entry.experiment.id for entry in entries}:
        entries.insert(0, ShelfEntry(shown, "", ""))
    return entries


def _cell(mine: Session, history: History, entry: ShelfEntry, entries: list[ShelfEntry], *, is_shown: bool) -> None:
    experiment = entry.experiment
    sized = size(len(experiment.sets), experiment.repeats)
    title = f"{plain_text(entry.title)} · {sized} · {local_time(experiment.created_at)}"
    cell = st.expander(title, expanded=is_shown, key=f"cell_{experiment.id}", on_change="rerun")
    if not cell.open:
        return
    with cell, Guard():
        generations = history.experiments.generations(experiment.id)
        view = runs().view(experiment.id)
        ended = view.ended if view else history.experiments.ended(experiment.id)
        say_end(experiment, generations, ended)
        with st.container(horizontal=True):
            next_steps(mine, history.experiments, experiment, generations)
            with st.popover(_("More"), key=f"more_{experiment.id}", icon=":material/more_horiz:"):
                _menu(mine, history, entry)
        if entry.note:
            st.markdown(safe_markdown(entry.note))
        others = [each for each in entries if _alike(experiment, each.experiment)]
        results(history.experiments, entry, generations, others)


def _menu(mine: Session, history: History, entry: ShelfEntry) -> None:
    experiment, key = entry.experiment, entry.experiment.id
    with st.container(horizontal=True):
        if st.button(_("Run again"), key=f"again_{key}", help=_("The same plan as a new comparison.")):
            start(mine, history.experiments, fresh(experiment))
        if st.button(_("Edit as new"), key=f"edit_{key}", help=_("Puts its prompt and sets into the plan above.")):
            mine.sent_to_plan, mine.link = (experiment.prompt, experiment.system or "", experiment.repeats), None
            replace_sets(mine, experiment.sets)
        deletes = st.button(_("Delete"), key=f"delete_{key}", icon=":material/delete:")
    with Guard():
        if deletes:
            history.shelf.delete(key)
            mine.put_away = key
            mine.experiment = None
            st.query_params.pop("experiment", None)
            st.rerun()
    name = st.text_input(_("Name"), entry.name, key=f"name_{key}", max_chars=120, persist_state="page")
    note = st.text_area(_("Note, in Markdown"), entry.note, key=f"note_{key}", max_chars=20_000, persist_state="page")
    with Guard():
        if st.button(_("Keep name and note"), key=f"keep_{key}"):
            history.shelf.describe(key, name=name or "", note=note or "")
            st.rerun()
    _link(experiment)


def _link(experiment: Experiment) -> None:
    plan = encode(experiment)
    if plan is None:
        st.caption(
            _("The prompt is too long for an address. Take the notebook or the script from the tab Data instead.")
        )
        return
    st.caption(_("A link that carries the plan (prompt, sets, repeats, model), never a key and no result:"))
    st.code(f"{(st.context.url or '').split('?')[0]}?{urlencode({'plan': plan})}", language=None, wrap_lines=True)


def undo_delete(mine: Session, shelf: Shelf) -> None:
    """Offer to bring back what this session has put away last."""
    with Guard():
        if mine.put_away and st.button(_("Undo delete"), key="notebook_undo", icon=":material/undo:"):
            shelf.restore(mine.put_away)
            mine.experiment, mine.put_away = mine.put_away, None
            st.rerun()


def _alike(one: Experiment, other: Experiment) -> bool:
    """Whether another experiment shares prompt or model, so that it can be laid over."""
    if one.id == other.id:
        return False
    return one.prompt == other.prompt or one.model == other.model
