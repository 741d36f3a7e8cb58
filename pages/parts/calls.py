"""A chat turn as its exact request and response, and as code."""

from __future__ import annotations

from typing import Any

import streamlit as st

from nim_core.endpoints import NVIDIA_URL
from nim_core.experiment import Experiment, Generation, Message
from nim_core.parameters import GenerationParameters
from nim_core.request import Request
from nim_core.snippets import SNIPPETS
from nim_core.store import Store
from pages.parts.session import Session

LOCAL_EXAMPLE_URL = "http://127.0.0.1:8080/v1"
"""Where `python -m nim_core local --port 8080` answers."""


def json_tab(history: Store, turns: list[Experiment]) -> None:
    """The last turn's request body as it was sent, and its response put together from the stream."""
    if not turns:
        st.caption("The request and the response stand here after your first question.")
        return
    turn = turns[-1]
    generations = history.generations(turn.id)
    request = Request(turn.model, turn.messages, turn.sets[0].parameters, turn.stream)
    st.markdown("**Request**")
    st.json(request.body())
    st.markdown("**Response**, put together from its pieces" if turn.stream else "**Response**")
    if generations:
        st.json(_response(generations[0]))
    else:
        st.caption("Not there yet.")


def code_tab(mine: Session, turns: list[Experiment], parameters: GenerationParameters | None, *, stream: bool) -> None:
    """The last question, or an example, with the present parameters in four languages."""
    messages = turns[-1].messages if turns else (Message("user", "What is GPU?"),)
    request = Request(mine.model or "MODEL", messages, parameters or GenerationParameters(), stream)
    url = mine.place.url or LOCAL_EXAMPLE_URL
    if mine.place.is_local:
        st.caption("Serve the built-in model for these with `python -m nim_core local --port 8080`.")
    elif url == NVIDIA_URL or mine.place.needs_key:
        st.caption("Set your key first: `export NVIDIA_API_KEY=…`")
    for tab, (snippet, language) in zip(st.tabs(list(SNIPPETS), key="code_tabs"), SNIPPETS.values(), strict=True):
        tab.code(snippet(request, url), language=language, wrap_lines=True)


def _response(generation: Generation) -> dict[str, Any]:
    message = {"role": "assistant", "content": generation.text}
    if generation.reasoning:
        message["reasoning_content"] = generation.reasoning
    usage = generation.usage
    return {
        "id": generation.request_id,
        "model": generation.model,
        "choices": [{"index": 0, "message": message, "finish_reason": generation.finish_reason}],
        "usage": {"prompt_tokens": usage.prompt_tokens, "completion_tokens": usage.completion_tokens},
        **({"error": {"kind": generation.error, "message": generation.error_text}} if generation.error else {}),
    }
