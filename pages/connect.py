"""Connect: where to send prompts."""

from __future__ import annotations

from contextlib import suppress

import streamlit as st

from nim_core.endpoints import Endpoint, resolve
from nim_core.errors import CallError, InputError
from pages.parts.key import key_form
from pages.parts.meter import meter
from pages.parts.session import Session, has_widget, history_or_none, session, set_widgets, settings
from pages.parts.text import plain_text

LABELS = {"local": "Built-in model", "nvidia": "NVIDIA API catalog", "other": "Other server"}
CAPTIONS = (
    "A small real model on this computer. No key, no cost; fetched once, 93 MB.",
    "Models hosted by NVIDIA. Needs an API key.",
    "A self-hosted NIM, vLLM, llama.cpp, or any OpenAI-compatible server.",
)


def main() -> None:
    """Draw the page."""
    mine = session()
    st.title("Connect")
    st.write("NIM Lab shows what generation parameters do to a language model. Choose where your prompts go.")
    if not has_widget("connect_endpoint"):
        set_widgets({"connect_endpoint": mine.endpoint if mine.endpoint in LABELS else "other"})
    chosen = st.radio(
        "Endpoint",
        list(LABELS),
        format_func=lambda name: LABELS[name],
        captions=CAPTIONS,
        key="connect_endpoint",
        on_change=_choose,
        args=(mine,),
        persist_state="session",
    )
    if chosen == "local":
        st.success("Ready. Nothing to enter: the model is fetched and started at your first question.")
        st.page_link("compare.py", label="Compare three parameter sets now", icon=":material/arrow_forward:")
    elif chosen == "nvidia":
        _keyed(mine, mine.place)
        _how_to_get_a_key()
    else:
        _other_server(mine)
    opened = history_or_none()
    if opened is not None:
        st.divider()
        meter(mine, mine.place, opened.credits)


def _choose(mine: Session) -> None:
    """Take the choice before anything is drawn, so that the sidebar tells it too."""
    chosen, typed = mine.widget("connect_endpoint"), mine.widget("connect_url") or ""
    mine.key_check = mine.key_problem = None
    if chosen != "other":
        mine.endpoint = chosen
    elif typed:
        with suppress(InputError):  # said beside the field
            mine.endpoint = resolve(typed).name


def _keyed(mine: Session, place: Endpoint) -> None:
    """The key's form, its check, and the way on."""
    opened = history_or_none()
    has_key = key_form(mine, place)
    if not has_key or opened is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = st.button("Check key", key="connect_check", help="Asks a model for one token; costs one request.")
        st.caption("Costs one request.")
    if pressed:
        from nim_core.catalog import default_model, list_models
        from nim_core.check import check_key

        with st.spinner("Asking for one token …"):
            try:
                model = mine.model or default_model(list_models(place, mine.key, settings()))
                mine.key_check = check_key(place, mine.key, model, opened.credits)
            except CallError as error:
                st.error(plain_text(f"Not known: {error} {error.kind.advice}"))
    if mine.key_check:
        show = {"good": st.success, "good_not_served": st.warning, "not_known": st.warning}.get(
            mine.key_check.verdict, st.error
        )
        show(plain_text(mine.key_check.sentence))
    st.page_link("models.py", label="Choose a model", icon=":material/arrow_forward:")


def _other_server(mine: Session) -> None:
    if not has_widget("connect_url"):
        set_widgets({"connect_url": "" if mine.endpoint in LABELS else mine.endpoint})
    typed = st.text_input(
        "Server URL",
        key="connect_url",
        placeholder="http://localhost:8000/v1",
        on_change=_choose,
        args=(mine,),
        persist_state="session",
    )
    if not typed:
        st.info(f"Enter the address of your server. Until then prompts go to: {mine.place.title}.")
        return
    try:
        place = resolve(typed, nvidia_url=settings().nvidia_url)
    except InputError as error:
        st.error(plain_text(str(error)))
        return
    if not place.is_local:
        st.caption(f"Calls go to `{place.url}`.{_health(place)}")
        _keyed(mine, place)


@st.cache_data(ttl=20, show_spinner="Asking the server how it is …")
def _health(place: Endpoint) -> str:
    """What the server says of itself; depends on the address alone, so it may be shared."""
    from nim_core.check import server_health

    health = server_health(place)
    version = f" Its version is {plain_text(health.version)}." if health.version else ""
    ready = {True: " It says that it is ready.", False: " It says that it is not ready yet."}
    return f"{ready[health.ready] if health.ready is not None else ''}{version}"


def _how_to_get_a_key() -> None:
    with st.expander("How to get a key"):
        st.markdown(
            "1. Sign in at [build.nvidia.com](https://build.nvidia.com).\n"
            "2. Pick a model, for instance `llama-3.1-8b-instruct`.\n"
            "3. Press **Get API Key**, or open "
            "[the list of your keys](https://build.nvidia.com/settings/api-keys).\n"
            "4. Copy the key, which begins with `nvapi-`, and paste it above."
        )


main()
