"""A model's card: what it is, what it takes, how it has answered here, how to call it; test it, choose it."""

from __future__ import annotations

import streamlit as st

from nim_core.analysis.telling import failure_with_advice
from nim_core.catalog.entry import Entry
from nim_core.catalog.limits import Limit
from nim_core.catalog.state import state_of
from nim_core.values.dialogue import Message
from nim_core.values.generation import Generation
from nim_core.values.parameter_field import plain
from nim_core.values.parameters import FIELD
from nim_core.values.request import Request
from nim_core.worker.view import RunView
from pages.parts.drawing.code_samples import code_samples
from pages.parts.drawing.guard import Guard
from pages.parts.drawing.parameter_panel import fit_parameters, present_parameters
from pages.parts.drawing.text import plain_text
from pages.parts.drawing.trial import begin_trial, unanswered, wait_for_trial
from pages.parts.visitor.session import Session


def model_card(mine: Session, entry: Entry) -> None:
    """Draw the card of a model with its buttons."""
    with st.container(border=True, key="model_card"):
        st.subheader(plain_text(entry.id), anchor=False)
        st.markdown(_what_it_is(entry))
        st.markdown(f"**Here:** {plain_text(state_of(entry))}")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button("Use this model", key="models_use", type="primary", on_click=_use, args=(mine, entry))
            keyless = mine.place.needs_key and not mine.key
            asks = st.button("Test it", key="models_test", disabled=keyless)
            if entry.page:
                st.link_button("Its page at NVIDIA", entry.page, key="models_page", type="tertiary")
        needs = " It needs a key: enter yours on the Connect page." if keyless else ""
        st.caption(f"Test it asks for one token and times it. It costs one request.{needs}")
        _told(mine, entry)
        with Guard():
            _tested(mine, entry, asks=asks)
    _limits(entry)
    with st.expander("Code", key="models_code"):
        _code(mine, entry)


def _what_it_is(entry: Entry) -> str:
    name, facts = entry.name, entry.facts
    described = " ".join(each for each in (name.family, name.version) if each)
    variants = f", {', '.join(name.variants)}" if name.variants else ""
    size = "not known" if entry.size_b is None else f"{entry.size_b:g} billion parameters"
    if name.active_b:
        size += f", {name.active_b:g} billion of them active for a token"
    lines = [
        ("Publisher", entry.publisher or "not named"),
        ("Model", f"{described}{variants}"),
        ("Size", size),
        ("Context", "not known" if entry.context is None else f"{entry.context:,} tokens"),
    ]
    if facts and facts.thinking:
        lines.append(("Thinking is switched by", facts.thinking))
    return "  \n".join(f"**{label}:** {plain_text(text)}" for label, text in lines)


def _use(mine: Session, entry: Entry) -> None:
    """Choose the model, and move what the panel holds into its ranges."""
    mine.models[mine.endpoint] = entry.id
    mine.moved = fit_parameters(entry.limits)


def _told(mine: Session, entry: Entry) -> None:
    if mine.model != entry.id:
        return
    st.success(plain_text(f"Chat and Compare use {entry.id}."))
    for sentence in mine.moved:
        st.info(plain_text(sentence))


def _limits(entry: Entry) -> None:
    with st.expander("Parameters it takes", key="models_limits"):
        for key, limit in entry.limits.items():
            st.markdown(f"**{FIELD[key].label}:** {plain_text(_limit_line(key, limit))}")
        if entry.facts:
            st.caption(plain_text(f"Facts of {entry.facts.date}. {entry.facts.source}."))


def _limit_line(key: str, limit: Limit) -> str:
    if limit.refused:
        return limit.refused
    said = []
    if limit.minimum is not None and limit.maximum is not None:
        low = "more than 0" if FIELD[key].minimum_excluded else plain(float(limit.minimum))
        said.append(f"{low} to {plain(float(limit.maximum))}")
    if limit.default is not None:
        said.append(f"its own default is {plain(float(limit.default))}")
    return ". ".join([", ".join(said) or "taken, as far as is known", *([limit.note] if limit.note else [])])


def _code(mine: Session, entry: Entry) -> None:
    parameters = present_parameters(entry.limits)
    request = Request(entry.id, (Message("user", "What is GPU?"),), parameters)
    code_samples(request, mine.place, key="models_code_tabs")


def _tested(mine: Session, entry: Entry, *, asks: bool) -> None:
    """Try the model where that is asked for, and say what came of it."""
    trial = mine.tested
    if trial is not None and (trial.experiment.endpoint, trial.experiment.model) != (mine.endpoint, entry.id):
        trial = None
    if asks and (trial is None or trial.ended):
        trial = mine.tested = begin_trial(mine, mine.place, entry.id, stream=True)
    if trial is None:
        return
    new = trial.ended is None
    if not wait_for_trial(trial, "models_test"):
        return
    if new:
        st.rerun()  # the card says above what was seen here
    _say(trial)


def _say(trial: RunView) -> None:
    generation = trial.newest.generation if trial.newest else None
    if generation and generation.status == "ok":
        st.success(plain_text(_test_line(generation)))
    elif generation and generation.error:
        st.error(plain_text(failure_with_advice(generation)))
    else:
        st.warning(plain_text(unanswered(trial.ended)))


def _test_line(generation: Generation) -> str:
    first = generation.timing.ttft_s
    return "It answers." if first is None else f"It answers: first token after {first:.2f} s."
