"""The plan of a comparison: prompt, sets, repeats, and what most plans leave alone."""

from __future__ import annotations

import re

import streamlit as st

from nim_core.catalog.limits import check_sets
from nim_core.errors import InputError
from nim_core.history import History
from nim_core.planning.planner import Asked, planned
from nim_core.values.endpoints import Endpoint
from nim_core.values.experiment import MAX_REPEATS, Experiment
from nim_core.values.sets import ParameterSet
from nim_core.words import N_, _, said
from pages.parts.compare.cost import asks_first, cost_line
from pages.parts.compare.linked import say_link, take_from_link
from pages.parts.compare.sets_table import add_set, add_sets, sets_table
from pages.parts.drawing.credits_meter import budget
from pages.parts.drawing.guard import Guard
from pages.parts.drawing.text import plain_text
from pages.parts.server.operator import settings
from pages.parts.visitor.chosen import model_of
from pages.parts.visitor.session import Session, has_widget, set_widgets

FIRST_PROMPT = N_("What is GPU?")
"""In a language that the built-in model writes."""

FIRST_REPEATS = 3
LOCAL_SLOTS = 4
MOST_AT_ONCE, MANY_AT_ONCE = 64, 32
"""At 64 at once one core is full and every latency is wrong."""

_LISTED = re.compile(r"\s*(?:\d+[.)]|[-*•])\s+\S.*\?\s*$|\s*\S.*\?\s*$")


def plan_form(mine: Session, history: History, *, going: bool) -> Experiment | None:
    """Draw the plan; gives the experiment when it is to be run now."""
    _take_over(mine, history)
    if not has_widget("compare_prompt"):
        set_widgets({"compare_prompt": said(FIRST_PROMPT), "compare_repeats": FIRST_REPEATS})
    prompt = st.text_area(_("Prompt"), key="compare_prompt", height=80, persist_state="session") or ""
    system, seed, concurrency, rpm = _more(mine)
    try:
        sets, problem = sets_table(mine), None
    except InputError as error:
        sets, problem = [], error
    with st.container(horizontal=True, vertical_alignment="bottom"):
        add_sets(mine)
        repeats = st.number_input(
            _("Repeats"), 1, MAX_REPEATS, key="compare_repeats", width=160, persist_state="session"
        )
        pressed = st.button(
            _("Run comparison"), key="compare_run", type="primary", icon=":material/play_arrow:", disabled=going
        )
    left = None
    with Guard():
        left = budget(mine, mine.place, history.meter)
    st.caption(cost_line(len(sets), repeats, mine.place, rpm, left))
    many = asks_first(len(sets) * repeats + 1, left)
    if many and pressed:
        mine.confirming = True
    if many and mine.confirming and not going:
        st.warning(many)
        pressed = st.button(_("Run all the same"), key="compare_run_anyway")
    if not pressed:
        if problem:
            st.error(plain_text(problem.said()))
        return None
    mine.confirming = False
    with Guard():
        if problem:
            raise problem
        known = model_of(mine, history)
        check_sets(sets, known.limits if known else {})
        experiment = _experiment(mine, prompt, system, sets, repeats, seed, concurrency, rpm)
        mine.link = None
        return experiment
    return None


def refuse_list(prompt: str) -> None:
    """Raise InputError for what is plainly a list of prompts: one prompt makes an experiment."""
    lines = [line for line in prompt.splitlines() if line.strip()]
    if len(lines) >= 3 and all(_LISTED.match(line) for line in lines):
        raise InputError(
            N_(
                "This looks like {count} prompts, one on each line. A comparison runs one prompt, so that only the "
                "parameters differ: keep one line, or join them into one paragraph to send them together."
            ),
            field="prompt",
            count=len(lines),
        )


def _experiment(
    mine: Session,
    prompt: str,
    system: str,
    sets: list[ParameterSet],
    repeats: int,
    seed: int | None,
    concurrency: int,
    rpm: float | None,
) -> Experiment:
    if mine.model is None:
        raise InputError(N_("No model is chosen for this endpoint yet. Choose one on the Models page."))
    refuse_list(prompt)

    def key_for(place: Endpoint) -> str | None:
        key = mine.key_for(place.name)
        if place.needs_key and not key:
            raise InputError(N_("The NVIDIA API catalog needs a key. Enter yours on the Connect page."))
        return key

    asked = Asked(
        prompt=prompt,
        sets=tuple(sets),
        system=system,
        endpoint=mine.endpoint,
        model=mine.model,
        repeats=repeats,
        seed=seed,
        concurrency=concurrency,
        rpm=rpm,
    )
    return planned(asked, settings(), key_for)


def _more(mine: Session) -> tuple[str, int | None, int, float | None]:
    """What most comparisons leave alone: system prompt, seed, calls at once, requests a minute."""
    place = mine.place
    with st.expander(_("System prompt, seed and pace"), key="compare_more"):
        system = st.text_area(_("System prompt"), key="compare_system", height=80, persist_state="session")
        seeded = st.toggle(
            _("One seed for each repeat, shared by the sets"),
            key="compare_seeded",
            help=_("Repeat k of every set sends seed k, so that luck is shared. Some hosted models refuse seeds."),
            persist_state="session",
        )
        concurrency = st.number_input(
            _("Calls at once"),
            1,
            place.concurrency if settings().shared else MOST_AT_ONCE,
            place.concurrency,
            key=f"compare_concurrency_{place.is_local}",
            help=_(
                "More is faster, but calls that share a server slow one another down and blur latency. "
                "On a shared server it stays small, so that everybody gets their turn."
            ),
            persist_state="session",
        )
        if blurred := _blurred(place, concurrency):
            st.caption(blurred)
        rpm = None
        if place.rpm is not None:
            rpm = st.number_input(
                _("Requests a minute"),
                1.0,
                10_000.0,
                place.rpm,
                format="%g",
                key=f"compare_rpm_{mine.model}",
                help=_("What your key's rate allows for this model; the hosted catalog's usual limit is about 40."),
                persist_state="session",
            )
    return system or "", 1 if seeded else None, concurrency, rpm


def _blurred(place: Endpoint, concurrency: int) -> str | None:
    """What so many calls at once do to latency, where they do something."""
    if place.is_local and settings().shared:
        return _("Others may use the built-in model at the same time, so latency says less.")
    if place.is_local and concurrency > LOCAL_SLOTS:
        return _(
            "The built-in model answers calls at the same time more slowly, so latency says less. Beyond {count} they "
            "wait for one another.",
            count=LOCAL_SLOTS,
        )
    if place.is_local and concurrency > 1:
        return _("The built-in model answers calls at the same time more slowly, so latency says less.")
    if concurrency > MANY_AT_ONCE:
        return _(
            "Beyond {count} calls at once this computer itself is what slows latency down.",
            count=MANY_AT_ONCE,
        )
    return None


def _take_over(mine: Session, history: History) -> None:
    """Fill the plan with what Chat sent over, what an earlier experiment holds, or what the address carries."""
    if mine.sent_to_plan is not None:
        (prompt, system, repeats), mine.sent_to_plan = mine.sent_to_plan, None
        set_widgets({"compare_prompt": prompt, "compare_system": system, "compare_repeats": repeats})
    if not mine.plan_read and (link := st.query_params.get("plan")):
        take_from_link(mine, history, link)
    mine.plan_read = True
    if mine.link is not None:
        say_link(mine, mine.link)
    if mine.sent_to_compare is None:
        return
    (prompt, system, sent), mine.sent_to_compare, mine.link = mine.sent_to_compare, None, None
    repeats = max(FIRST_REPEATS, mine.widget("compare_repeats") or 0)
    set_widgets({"compare_prompt": prompt, "compare_system": system, "compare_repeats": repeats})
    add_set(mine, sent.name, sent.parameters)
