"""A plan that came with a link: what is taken over from it, and what stays the visitor's choice."""

from __future__ import annotations

import streamlit as st

from nim_core.errors import InputError
from nim_core.history import History
from nim_core.planning.permalink import OTHER, Plan, decode, kind_of_endpoint
from nim_core.values.endpoints import NAMED, title_of
from nim_core.words import N_, _, said
from pages.parts.compare.sets_table import replace_sets
from pages.parts.drawing.text import plain_text
from pages.parts.visitor.session import Session, set_widgets

_WHERE = {**{name: each.title for name, each in NAMED.items()}, OTHER: N_("another server")}


def take_from_link(mine: Session, history: History, link: str) -> None:
    """Fill the plan with what a permalink carries; where it goes stays the visitor's choice."""
    mine.plan_read = True
    try:
        plan = decode(link)
    except InputError as error:
        st.error(plain_text(error.said()))
        return
    st.query_params.pop("plan", None)
    mine.sent_to_plan = (plan.prompt, plan.system, plan.repeats)
    mine.link = plan
    _take_model(mine, history, plan)
    set_widgets({"compare_seeded": plan.seeded})
    replace_sets(mine, plan.sets)


def say_link(mine: Session, plan: Plan) -> None:
    """Say where the plan comes from, and whether its model is the one that will answer."""
    model, title = plain_text(plan.model), plain_text(title_of(mine.place.name))
    if mine.model == plan.model and plan.kind in (None, kind_of_endpoint(mine.endpoint)):
        st.info(
            _(
                "This plan comes from a link, with its model, {model}. Prompts go to {endpoint}, as you have chosen.",
                model=model,
                endpoint=title,
            )
        )
        return
    st.warning(f"{_made_for(plan)} {_yours(mine.model, title)}")


def _made_for(plan: Plan) -> str:
    model = plain_text(plan.model)
    if plan.kind is None:
        return _(
            "This plan comes from a link that was made for the model {model}; the link does not tell where that is.",
            model=model,
        )
    return _(
        "This plan comes from a link that was made for the model {model} ({endpoint}).",
        model=model,
        endpoint=said(_WHERE[plan.kind]),
    )


def _yours(model: str | None, title: str) -> str:
    if model is None:
        return _(
            "You have not chosen a model for {endpoint} yet. To use the link's, choose its endpoint on the Connect "
            "page and the model on the Models page.",
            endpoint=title,
        )
    return _(
        "Yours is {model} ({endpoint}), so the answers will differ. To use the link's, choose its endpoint on the "
        "Connect page and the model on the Models page.",
        model=plain_text(model),
        endpoint=title,
    )


def _take_model(mine: Session, history: History, plan: Plan) -> None:
    """Choose the link's model for the endpoint of its kind, unless that is known not to list it."""
    endpoint = plan.kind if plan.kind in NAMED else mine.endpoint
    listed = history.sightings.last_list(endpoint, history.meter.fingerprint(mine.key_for(endpoint)))
    lacks = listed is not None and plan.model not in {each.id for each in listed.models}
    if kind_of_endpoint(endpoint) == plan.kind and not lacks:
        mine.take_model(endpoint, plan.model)
