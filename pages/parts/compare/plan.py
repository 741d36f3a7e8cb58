"""The plan of a comparison: prompt, sets, repeats, and what a run will send, cost and show."""

from __future__ import annotations

import re

import streamlit as st

from nim_core.analysis.intervals import change_shown
from nim_core.catalog.limits import check_sets
from nim_core.errors import InputError
from nim_core.history import History
from nim_core.planning.planner import Asked, planned
from nim_core.values.endpoints import Endpoint
from nim_core.values.experiment import MAX_REPEATS, Experiment
from nim_core.values.sets import ParameterSet
from pages.parts.compare.linked import say_link, take_from_link
from pages.parts.compare.sets_table import add_set, add_sets, sets_table
from pages.parts.drawing.credits_meter import Budget, budget
from pages.parts.drawing.guard import Guard
from pages.parts.drawing.text import counted, plain_text
from pages.parts.server.operator import settings
from pages.parts.visitor.chosen import model_of
from pages.parts.visitor.session import Session, has_widget, set_widgets

FIRST_PROMPT = "What is GPU?"
FIRST_REPEATS = 3
MANY_REQUESTS = 1_000
LOCAL_SLOTS = 4
MOST_AT_ONCE, MANY_AT_ONCE = 64, 32
"""At 64 at once one core is full and every latency is wrong."""

_LISTED = re.compile(r"\s*(?:\d+[.)]|[-*•])\s+\S.*\?\s*$|\s*\S.*\?\s*$")


def plan_form(mine: Session, history: History, *, going: bool) -> Experiment | None:
    """Draw the plan; gives the experiment when it is to be run now."""
    _take_over(mine, history)
    if not has_widget("compare_prompt"):
        set_widgets({"compare_prompt": FIRST_PROMPT, "compare_repeats": FIRST_REPEATS})
    prompt = st.text_area("Prompt", key="compare_prompt", height=80, persist_state="session") or ""
    system, seed, concurrency, rpm = _more(mine)
    try:
        sets, problem = sets_table(mine), None
    except InputError as error:
        sets, problem = [], str(error)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        add_sets(mine)
        repeats = st.number_input("Repeats", 1, MAX_REPEATS, key="compare_repeats", width=160, persist_state="session")
        pressed = st.button(
            "Run comparison", key="compare_run", type="primary", icon=":material/play_arrow:", disabled=going
        )
    left = None
    with Guard():
        left = budget(mine, mine.place, history.meter)
    st.caption(cost_line(len(sets), repeats, mine.place, rpm, left))
    many = _asks_first(len(sets) * repeats + 1, left)
    if many and pressed:
        mine.confirming = True
    if many and mine.confirming and not going:
        st.warning(many)
        pressed = st.button("Run all the same", key="compare_run_anyway")
    if not pressed:
        if problem:
            st.error(plain_text(problem))
        return None
    mine.confirming = False
    with Guard():
        if problem:
            raise InputError(problem)
        known = model_of(mine, history)
        check_sets(sets, known.limits if known else {})
        experiment = _experiment(mine, prompt, system, sets, repeats, seed, concurrency, rpm)
        mine.link = None
        return experiment
    return None


def cost_line(sets: int, repeats: int, place: Endpoint, rpm: float | None, left: Budget | None) -> str:
    """What a run will send, what it costs, how long it takes at the pace's limit, and what it can show."""
    requests = sets * repeats
    plan = f"{counted(sets, 'set')} × {counted(repeats, 'repeat')}"
    parts = [f"{plan} = {counted(requests, 'request')} + 1 warm-up"]
    if left is not None:
        parts.append(f"about {requests + 1:,} of {left.left:,} {left.unit}")
    if rpm is not None:
        parts.append(f"at {rpm:,g} a minute about {_duration((requests + 1) * 60 / rpm)}")
    elif place.is_local:
        parts.append("answered here, at no cost")
    return f"{', '.join(parts)}. {_can_show(repeats)}"


def refuse_list(prompt: str) -> None:
    """Raise InputError for what is plainly a list of prompts: one prompt makes an experiment."""
    lines = [line for line in prompt.splitlines() if line.strip()]
    if len(lines) >= 3 and all(_LISTED.match(line) for line in lines):
        raise InputError(
            f"This looks like {len(lines)} prompts, one on each line. A comparison runs one prompt, so that only the "
            "parameters differ: keep one line, or join them into one paragraph to send them together.",
            field="prompt",
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
        raise InputError("No model is chosen for this endpoint yet. Choose one on the Models page.")
    refuse_list(prompt)

    def key_for(place: Endpoint) -> str | None:
        key = mine.key_for(place.name)
        if place.needs_key and not key:
            raise InputError("The NVIDIA API catalog needs a key. Enter yours on the Connect page.")
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
    with st.expander("System prompt, seed and pace", key="compare_more"):
        system = st.text_area("System prompt", key="compare_system", height=80, persist_state="session")
        seeded = st.toggle(
            "One seed for each repeat, shared by the sets",
            key="compare_seeded",
            help="Repeat k of every set sends seed k, so that luck is shared. Some hosted models refuse seeds.",
            persist_state="session",
        )
        concurrency = st.number_input(
            "Calls at once",
            1,
            place.concurrency if settings().shared else MOST_AT_ONCE,
            place.concurrency,
            key=f"compare_concurrency_{place.is_local}",
            help="More is faster, but calls that share a server slow one another down and blur latency. "
            "On a shared server it stays small, so that everybody gets their turn.",
            persist_state="session",
        )
        if place.is_local and settings().shared:
            st.caption("Others may use the built-in model at the same time, so latency says less.")
        elif place.is_local and concurrency > 1:
            st.caption(
                "The built-in model answers calls at the same time more slowly, so latency says less. "
                + ("Beyond 4 they wait for one another." if concurrency > LOCAL_SLOTS else "")
            )
        elif concurrency > MANY_AT_ONCE:
            st.caption(f"Beyond {MANY_AT_ONCE} calls at once this computer itself is what slows latency down.")
        rpm = None
        if place.rpm is not None:
            rpm = st.number_input(
                "Requests a minute",
                1.0,
                10_000.0,
                place.rpm,
                format="%g",
                key=f"compare_rpm_{mine.model}",
                help="What your key's rate allows for this model; the hosted catalog's usual limit is about 40.",
                persist_state="session",
            )
    return system or "", 1 if seeded else None, concurrency, rpm


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


def _asks_first(requests: int, left: Budget | None) -> str | None:
    """The sentence to confirm before many requests or more than are left."""
    if left is not None and requests > left.left:
        return f"This sends {requests:,} requests, and by the count here there are only {left.left:,} {left.unit}."
    if requests > MANY_REQUESTS:
        return f"This sends {requests:,} requests. It can be stopped at any time, and finished answers are kept."
    return None


def _can_show(repeats: int) -> str:
    shown = change_shown(repeats)
    if shown is None:
        return "One repeat cannot tell a parameter from luck."
    return f"{repeats} repeats show differences of about {shown:.0%} or more, where answers vary as usual."


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} minutes"
