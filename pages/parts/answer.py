"""One answer with the facts of its call underneath."""

from __future__ import annotations

import streamlit as st

from nim_core.errors import KINDS
from nim_core.experiment import Generation
from nim_core.parameters import plain
from pages.parts.text import plain_text, safe_markdown

_FINISH = {
    "stop": "ended by itself",
    "length": "cut at max tokens: raise it to see the rest",
    "content_filter": "held back by the server's content filter",
    "tool_calls": "ended with a tool call",
}


def answer(generation: Generation) -> None:
    """Draw an answer, its thinking, or why there is none, and its call's facts."""
    if generation.reasoning:
        with st.expander(f"Thinking, {len(generation.reasoning):,} characters"):
            st.markdown(safe_markdown(generation.reasoning))
    if generation.text:
        st.markdown(safe_markdown(generation.text))
    elif generation.status == "ok":
        st.info(_why_empty(generation))
    if generation.status == "error" and generation.error:
        kind = KINDS[generation.error]
        st.error(plain_text(f"{generation.error_text} {kind.advice}"))
    elif generation.status == "cancelled":
        st.caption("Stopped here.")
    st.caption(plain_text(facts(generation)))


def facts(generation: Generation) -> str:
    """The call in one line: tokens, times, how it ended, and what was sent."""
    usage, timing = generation.usage, generation.timing
    parts = [
        f"{usage.completion_tokens:,} tokens" if usage.completion_tokens is not None else "tokens not reported",
        f"first token {timing.ttft_s:.2f} s" if timing.ttft_s is not None else None,
        f"total {timing.latency_s:.2f} s" if timing.latency_s is not None else None,
        f"{generation.tokens_per_s:.0f} tokens/s after the first" if generation.tokens_per_s else None,
        f"waited {generation.wait_s:.1f} s before" if generation.wait_s >= 0.1 else None,
        _FINISH.get(generation.finish_reason or "", generation.finish_reason),
    ]
    sent = ", ".join(f"{name} {plain(value)}" for name, value in generation.parameters.sent().items())
    return f"{' · '.join(part for part in parts if part)}. Sent: {sent or 'no parameter'}."


def _why_empty(generation: Generation) -> str:
    if generation.cut and generation.reasoning:
        return "Thinking used the whole token budget, so no answer was left. Raise max tokens."
    return "The model ended its answer without a word."
