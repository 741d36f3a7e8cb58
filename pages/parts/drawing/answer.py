"""One answer with the facts of its call underneath."""

from __future__ import annotations

import streamlit as st

from nim_core.analysis.telling import failure_with_advice
from nim_core.planning.context import about_tokens
from nim_core.values.generation import Generation
from nim_core.values.parameter_field import ParameterField, plain
from nim_core.values.parameters import FIELD, FIELDS
from pages.parts.drawing.text import drawable, left_out, plain_text, safe_markdown

_FINISH = {
    "stop": "ended by itself",
    "length": "cut at max tokens: raise it to see the rest",
    "content_filter": "held back by the server's content filter",
    "tool_calls": "ended with a tool call",
}


def answer(generation: Generation) -> None:
    """Draw an answer, its thinking, or why there is none, and its call's facts."""
    if generation.reasoning:
        with st.expander(thinking_title(generation)):
            _markdown(generation.reasoning)
    if generation.text:
        _markdown(generation.text)
    elif generation.status == "ok":
        st.info(_why_empty(generation))
    if generation.status == "error" and generation.error:
        st.error(plain_text(failure_with_advice(generation)))
    elif generation.status == "cancelled":
        st.caption("Stopped here: this is what had arrived." if generation.text else "Stopped before the answer began.")
    st.caption(plain_text(facts(generation)))


def _markdown(text: str) -> None:
    shown = drawable(text)
    st.markdown(safe_markdown(shown))
    if len(shown) < len(text):
        st.caption(left_out(shown, text))


def thinking_title(generation: Generation) -> str:
    """How much thinking there was, and when the answer began after it."""
    tokens, timing = generation.usage.completion_tokens, generation.timing
    thought, said = about_tokens(generation.reasoning), about_tokens(generation.text)
    if tokens is not None:
        # The server counts both together: they are told apart by their lengths.
        thought = round(tokens * thought / (thought + said))
    after = f", answer began after {timing.ttfo_s:.2f} s" if timing.ttfo_s is not None else ""
    return f"Thinking, about {thought:,} tokens{after}"


def facts(generation: Generation) -> str:
    """The call in a few sentences: tokens, times, how it ended, what was sent and what was not."""
    usage, timing = generation.usage, generation.timing
    said = (usage.prompt_tokens, usage.completion_tokens)
    parts = [
        " and ".join(
            f"{count:,} tokens {way}" if count is not None else f"tokens {way} not reported"
            for count, way in zip(said, ("in", "out"), strict=True)
        )
        if said != (None, None)
        else "tokens not reported",
        f"first token {timing.ttft_s:.2f} s" if timing.ttft_s is not None else None,
        f"total {timing.latency_s:.2f} s" if timing.latency_s is not None else None,
        f"{generation.tokens_per_s:.0f} tokens/s after the first" if generation.tokens_per_s else None,
        f"waited {generation.wait_s:.1f} s before" if generation.wait_s >= 0.1 else None,
        f"{generation.attempts} requests" if generation.attempts > 1 else None,
        _FINISH.get(generation.finish_reason or "", generation.finish_reason),
        f"request id {generation.request_id}" if generation.request_id and generation.error else None,
    ]
    values = generation.parameters.sent()
    sent = ", ".join(f"{FIELD[key].label.lower()} {_shown(FIELD[key], value)}" for key, value in values.items())
    not_sent = ", ".join(field.label.lower() for field in FIELDS if field.key not in values)
    line = f"{' · '.join(part for part in parts if part)}. Sent: {sent or 'no parameter'}."
    return f"{line} Not sent: {not_sent}." if not_sent else line


def _shown(field: ParameterField, value: object) -> str:
    return f"{value:,}" if field.unit else plain(value)


def _why_empty(generation: Generation) -> str:
    if generation.cut and generation.reasoning:
        return "Thinking used the whole token budget, so no answer was left. Raise max tokens."
    return "The model ended its answer without a word."
