"""Connect: where to send prompts."""

from __future__ import annotations

import streamlit as st

from nim_core.analysis.telling import error_with_advice
from nim_core.catalog import default_model, list_models
from nim_core.catalog.check import judged
from nim_core.errors import CallError
from nim_core.history import History
from nim_core.values.endpoints import LOCAL, NAMED, NVIDIA, Endpoint
from nim_core.words import N_, _, said
from pages.parts.connect.first_steps import first_steps
from pages.parts.connect.key_form import key_form
from pages.parts.connect.key_verdict import tell
from pages.parts.connect.other_server import other_server
from pages.parts.drawing.credits_meter import meter
from pages.parts.drawing.guard import Guard
from pages.parts.drawing.text import plain_text
from pages.parts.drawing.trial import begin_trial, wait_for_trial
from pages.parts.server.operator import settings
from pages.parts.visitor.session import Session, has_widget, history, session, set_widgets

OTHER = "other"
LABELS = {**{name: each.title for name, each in NAMED.items()}, OTHER: N_("Other server")}
CAPTIONS = (
    *(each.note for each in NAMED.values()),
    N_("A self-hosted NIM, vLLM, llama.cpp, or any OpenAI-compatible server."),
)


def main() -> None:
    """Draw the page."""
    mine = session()
    st.title(_("Connect"))
    st.write(_("NIM Lab shows what generation parameters do to a language model. Choose where your prompts go."))
    opened, begun = None, True
    with Guard():
        opened = history()
        begun = not first_steps(mine, opened)
    if not has_widget("connect_endpoint"):
        set_widgets({"connect_endpoint": mine.endpoint if mine.endpoint in NAMED else OTHER})
    chosen = st.radio(
        _("Endpoint"),
        list(LABELS),
        format_func={name: said(label) for name, label in LABELS.items()}.__getitem__,
        captions=[said(caption) for caption in CAPTIONS],
        key="connect_endpoint",
        on_change=_choose,
        args=(mine,),
        persist_state="session",
    )
    if chosen == LOCAL.name:
        st.success(_("Ready. Nothing to enter: the model is fetched and started at your first question."))
        if begun:
            st.page_link("compare.py", label=_("Compare three parameter sets"), icon=":material/arrow_forward:")
    elif place := mine.place if chosen in NAMED else other_server(mine):
        _keyed(mine, place, opened)
        if chosen == NVIDIA.name:
            _how_to_get_a_key()
    if opened is not None:
        st.divider()
        with Guard("connect_meter") as guarded:
            meter(mine, mine.place, opened.meter, guarded)


def _choose(mine: Session) -> None:
    """Take the choice before anything is drawn, so that the sidebar tells it too."""
    chosen = mine.widget("connect_endpoint")
    mine.choose((mine.widget("connect_listed") or mine.widget("connect_url") or "") if chosen == OTHER else chosen)


def _keyed(mine: Session, place: Endpoint, opened: History | None) -> None:
    """The key's form, its check, and the way on."""
    has_key = key_form(mine, place)
    if not has_key or opened is None:
        return
    if not mine.borrows_key(mine.endpoint):
        with Guard():
            _check(mine, place)
    st.page_link("models.py", label=_("Choose a model"), icon=":material/arrow_forward:")


def _check(mine: Session, place: Endpoint) -> None:
    """Offer to try the key."""
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = st.button(
            _("Check key"), key="connect_check", help=_("Asks a model for one token; costs one request.")
        )
        st.caption(_("Costs one request."))
    if pressed and (mine.key_check is None or mine.key_check.ended):
        try:
            model = mine.model or default_model(list_models(place, mine.key, settings()))
            mine.key_check = begin_trial(mine, place, model, stream=False)
        except CallError as error:
            mine.key_check = None
            st.error(plain_text(_("Not known: {reason}", reason=error_with_advice(error))))
    if mine.key_check and wait_for_trial(mine.key_check, "connect_check"):
        tell(judged(mine.key_check))


def _how_to_get_a_key() -> None:
    with st.expander(_("How to get a key")):
        st.markdown(
            _(
                "1. Sign in at [build.nvidia.com](https://build.nvidia.com).\n"
                "2. Pick a model, for instance `llama-3.1-8b-instruct`.\n"
                "3. Press **Get API Key**, or open "
                "[the list of your keys](https://build.nvidia.com/settings/api-keys).\n"
                "4. Copy the key, which begins with `nvapi-`, and paste it above."
            )
        )


main()
