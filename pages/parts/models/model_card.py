"""A model's card: what it is, what it takes, how it has answered here, how to call it; test it, choose it."""

from __future__ import annotations

import streamlit as st

from nim_core.analysis.telling import failure_with_advice
from nim_core.catalog.entry import Entry
from nim_core.catalog.limits import Limit
from nim_core.catalog.state import state_of
from nim_core.values.dialogue import Message
from nim_core.values.generation import Generation
from nim_core.values.parameters import FIELD
from nim_core.values.request import Request
from nim_core.words import _, number, said, seconds
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
        st.markdown(_("**Here:** {state}", state=plain_text(state_of(entry))))
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(_("Use this model"), key="models_use", type="primary", on_click=_use, args=(mine, entry))
            keyless = mine.place.needs_key and not mine.key
            asks = st.button(_("Test it"), key="models_test", disabled=keyless)
            if entry.page:
                st.link_button(_("Its page at NVIDIA"), entry.page, key="models_page", type="tertiary")
        costs = _("Test it asks for one token and times it. It costs one request.")
        needs = _("It needs a key: enter yours on the Connect page.")
        st.caption(f"{costs} {needs}" if keyless else costs)
        _told(mine, entry)
        with Guard():
            _tested(mine, entry, asks=asks)
    _limits(entry)
    with st.expander(_("Code"), key="models_code"):
        _code(mine, entry)


def _what_it_is(entry: Entry) -> str:
    name, facts, context = entry.name, entry.facts, entry.context
    described = " ".join(each for each in (name.family, name.version) if each)
    model = ", ".join((described, *name.variants))
    publisher = entry.publisher or _("not named")
    lines = [
        _("**Publisher:** {publisher}", publisher=plain_text(publisher)),
        _("**Model:** {model}", model=plain_text(model)),
        _size(entry.size_b, name.active_b),
        _("**Context:** not known") if context is None else _("**Context:** {count} tokens", count=context),
    ]
    if facts and facts.thinking:
        lines.append(_("**Thinking is switched by:** {switch}", switch=plain_text(facts.thinking)))
    return "  \n".join(lines)


def _size(size_b: float | None, active_b: float | None) -> str:
    """Sizes in billions of parameters."""
    if size_b is None:
        return _("**Size:** not known")
    if not active_b:
        return _("**Size:** {size} billion parameters", size=size_b)
    return _(
        "**Size:** {size} billion parameters, {active} billion of them active for a token", size=size_b, active=active_b
    )


def _use(mine: Session, entry: Entry) -> None:
    """Choose the model, and move what the panel holds into its ranges."""
    mine.models[mine.endpoint] = entry.id
    mine.moved = fit_parameters(entry.limits)


def _told(mine: Session, entry: Entry) -> None:
    if mine.model != entry.id:
        return
    st.success(_("Chat and Compare use {model}.", model=plain_text(entry.id)))
    for sentence in mine.moved:
        st.info(plain_text(sentence))


def _limits(entry: Entry) -> None:
    with st.expander(_("Parameters it takes"), key="models_limits"):
        for key, limit in entry.limits.items():
            st.markdown(f"**{said(FIELD[key].label)}:** {plain_text(_limit_line(key, limit))}")
        if entry.facts:
            facts = entry.facts
            st.caption(plain_text(_("Facts of {date}. {source}.", date=facts.date, source=facts.source)))


def _limit_line(key: str, limit: Limit) -> str:
    if limit.refused:
        return limit.refused
    known = _known(limit, over=FIELD[key].minimum_excluded)
    return _("{range}. {note}", range=known, note=limit.note) if limit.note else known


def _known(limit: Limit, *, over: bool) -> str:
    """Its range and its default, as far as they are known; `over` where it must be more than the range's lower end."""
    low, high = _figure(limit.minimum), _figure(limit.maximum)
    default = _figure(limit.default)
    if low is None or high is None:
        return _("taken, as far as is known") if default is None else _("its own default is {default}", default=default)
    if over:
        if default is None:
            return _("more than {low} to {high}", low=low, high=high)
        return _("more than {low} to {high}, its own default is {default}", low=low, high=high, default=default)
    if default is None:
        return _("{low} to {high}", low=low, high=high)
    return _("{low} to {high}, its own default is {default}", low=low, high=high, default=default)


def _figure(value: float | None) -> str | None:
    return None if value is None else number(float(value))


def _code(mine: Session, entry: Entry) -> None:
    parameters = present_parameters(entry.limits)
    request = Request(entry.id, (Message("user", _("What is GPU?")),), parameters)
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
        st.success(_test_line(generation))
    elif generation and generation.error:
        st.error(plain_text(failure_with_advice(generation)))
    else:
        st.warning(plain_text(unanswered(trial.ended)))


def _test_line(generation: Generation) -> str:
    first = generation.timing.ttft_s
    if first is None:
        return _("It answers.")
    return _("It answers: first token after {time}.", time=seconds(first, 2))
