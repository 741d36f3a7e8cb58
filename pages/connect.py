"""Connect: where to send prompts."""

from __future__ import annotations

import streamlit as st

from nim_core.endpoints import Endpoint, resolve
from nim_core.errors import InputError
from nim_core.keys import clean_key, shown_key
from pages.parts.session import Session, session, set_widgets, settings

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
    chosen = st.radio(
        "Endpoint",
        list(LABELS),
        format_func=lambda name: LABELS[name],
        captions=CAPTIONS,
        key="connect_endpoint",
        persist_state="session",
    )
    if chosen == "local":
        mine.endpoint = "local"
        st.success("Ready. Nothing to enter: the model is fetched and started at your first question.")
        st.page_link("compare.py", label="Compare three parameter sets now")
    elif chosen == "nvidia":
        mine.endpoint = "nvidia"
        _key_form(mine, resolve("nvidia", nvidia_url=settings().nvidia_url))
        _how_to_get_a_key()
    else:
        _other_server(mine)


def _other_server(mine: Session) -> None:
    typed = st.text_input(
        "Server URL",
        key="connect_url",
        placeholder="http://localhost:8000/v1",
        help="The base URL of an OpenAI-compatible server; /v1 is added where it is missing.",
        persist_state="session",
    )
    if not typed:
        st.info("Enter the address of your server. Until then prompts go to the endpoint chosen before.")
        return
    try:
        place = resolve(typed, nvidia_url=settings().nvidia_url)
    except InputError as error:
        st.error(str(error))
        return
    mine.endpoint = place.name
    st.caption(f"Calls go to `{place.url}`.")
    _key_form(mine, place)
    st.page_link("models.py", label="Choose one of its models")


def _key_form(mine: Session, place: Endpoint) -> None:
    """Take a key for an endpoint; the field is emptied as soon as the key is taken."""
    own = mine.keys.get(place.name)
    if own:
        st.success(f"The key {shown_key(own)} is kept for this session only.")
        st.button("Forget key", key="connect_forget", on_click=mine.forget_key, args=(place.name,))
        st.page_link("models.py", label="Choose a model")
        return
    if mine.key:
        st.success("A key set by the operator of this server is in use.")
    st.text_input(
        "API key",
        key="connect_key",
        type="password",
        autocomplete="off",
        placeholder="nvapi-…" if place.needs_key else "only if the server asks for one",
        help="Kept in memory for this session, sent to this endpoint alone, never written to disk.",
        on_change=_take_key,
        args=(mine, place),
    )
    if mine.key_problem:
        st.error(mine.key_problem)


def _take_key(mine: Session, place: Endpoint) -> None:
    pasted = mine.widget("connect_key")
    set_widgets({"connect_key": ""})
    mine.key_problem = None
    try:
        mine.keys[place.name] = clean_key(pasted)
    except InputError as error:
        mine.key_problem = str(error)


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
