"""One answer with the facts of its call underneath."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from nim_core.analysis.telling import failure_with_advice
from nim_core.planning.context import about_tokens
from nim_core.values.generation import Generation, Usage
from nim_core.values.parameter_field import ParameterField, plain
from nim_core.values.parameters import FIELD, FIELDS
from nim_core.words import N_, _, _n, number, said, seconds
from pages.parts.drawing.text import drawable, left_out, plain_text, safe_markdown

_FINISH = {
    "stop": N_("Ended by itself."),
    "length": N_("Cut at max tokens: raise it to see the rest."),
    "content_filter": N_("Held back by the server's content filter."),
    "tool_calls": N_("Ended with a tool call."),
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
        st.caption(
            _("Stopped here: this is what had arrived.") if generation.text else _("Stopped before the answer began.")
        )
    st.caption(plain_text(facts(generation)))


def _markdown(text: str) -> None:
    shown = drawable(text)
    st.markdown(safe_markdown(shown))
    if len(shown) < len(text):
        st.caption(left_out(shown, text))


def thinking_title(generation: Generation) -> str:
    """How much thinking there was, and when the answer began after it."""
    tokens, timing = generation.usage.completion_tokens, generation.timing
    thought, told = about_tokens(generation.reasoning), about_tokens(generation.text)
    if tokens is not None:
        # The server counts both together: they are told apart by their lengths.
        thought = round(tokens * thought / (thought + told))
    if timing.ttfo_s is None:
        return _n("Thinking, about {count} token", "Thinking, about {count} tokens", thought)
    return _n(
        "Thinking, about {count} token, answer began after {duration}",
        "Thinking, about {count} tokens, answer began after {duration}",
        thought,
        duration=seconds(timing.ttfo_s, 2),
    )


def facts(generation: Generation) -> str:
    """The call in a few sentences: tokens, times, how it ended, what was sent and what was not."""
    timing, pace, waited = generation.timing, generation.tokens_per_s, generation.wait_s
    sentences = [
        _tokens(generation.usage),
        _("First token after {duration}.", duration=seconds(timing.ttft_s, 2)) if timing.ttft_s is not None else None,
        _("Total {duration}.", duration=seconds(timing.latency_s, 2)) if timing.latency_s is not None else None,
        _("{pace} tokens/s after the first.", pace=number(pace, 0)) if pace else None,
        _("Waited {duration} before.", duration=seconds(waited, 1)) if waited >= 0.1 else None,
        _("It took {requests} requests.", requests=generation.attempts) if generation.attempts > 1 else None,
        _end(generation.finish_reason),
        _("Request id: {id}.", id=generation.request_id) if generation.request_id and generation.error else None,
        *_parameters(generation.parameters.sent()),
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def _tokens(usage: Usage) -> str:
    given, received = usage.prompt_tokens, usage.completion_tokens
    if given is None and received is None:
        return _("Tokens not reported.")
    if given is None:
        return _("Tokens in not reported, {received} tokens out.", received=received)
    if received is None:
        return _("{given} tokens in, tokens out not reported.", given=given)
    return _("{given} tokens in and {received} tokens out.", given=given, received=received)


def _end(reason: str | None) -> str | None:
    if not reason:
        return None
    return said(_FINISH[reason]) if reason in _FINISH else _("Finish reason: {reason}.", reason=reason)


def _parameters(values: Mapping[str, object]) -> list[str]:
    """What was sent, and what was not."""
    sent = ", ".join(f"{_label(FIELD[key])} {_shown(FIELD[key], value)}" for key, value in values.items())
    not_sent = ", ".join(_label(field) for field in FIELDS if field.key not in values)
    return [
        _("Sent: {parameters}.", parameters=sent) if sent else _("Sent: no parameter."),
        *([_("Not sent: {parameters}.", parameters=not_sent)] if not_sent else []),
    ]


def _label(field: ParameterField) -> str:
    return said(field.label).lower()


def _shown(field: ParameterField, value: object) -> str:
    return number(value) if field.unit and isinstance(value, int | float) else plain(value)


def _why_empty(generation: Generation) -> str:
    if generation.cut and generation.reasoning:
        return _("Thinking used the whole token budget, so no answer was left. Raise max tokens.")
    return _("The model ended its answer without a word.")
