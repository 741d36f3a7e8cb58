"""A conversation as a file: JSON with every request and response, Markdown to read, Python to run it again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from nim_core.analysis.telling import failure_sentence
from nim_core.values.experiment import Experiment
from nim_core.values.generation import Generation
from nim_core.values.request import Request
from nim_core.words import _

from .conditions import sent_line

_HEAD = '''\
"""{title}

A conversation from NIM Lab, asked again: every question goes out with the model and the parameters it had,
after the answers that come this time.
"""

import os

from openai import OpenAI

messages = []


def ask(prompt, base_url, model, system=None, **parameters):
    """Send the conversation so far with one more question, and print the answer as it comes."""
    client = OpenAI(base_url=base_url, api_key=os.environ.get("NVIDIA_API_KEY", "not-needed"))
    first = [{{"role": "system", "content": system}}] if system else []
    messages.append({{"role": "user", "content": prompt}})
    print(f"\\n> {{prompt}}\\n")
    answer = ""
    for chunk in client.chat.completions.create(model=model, messages=first + messages, stream=True, **parameters):
        if chunk.choices and chunk.choices[0].delta.content:
            print(chunk.choices[0].delta.content, end="", flush=True)
            answer += chunk.choices[0].delta.content
    print()
    messages.append({{"role": "assistant", "content": answer}})

'''


@dataclass(frozen=True, slots=True)
class Transcript:
    """The turns of one path through a conversation, each with its answer where there is one."""

    title: str
    turns: tuple[tuple[Experiment, Generation | None], ...]


def request_of(turn: Experiment) -> dict[str, Any]:
    """The body that a turn sends."""
    return Request(turn.model, turn.messages, turn.sets[0].parameters, turn.stream).body()


def response_of(generation: Generation) -> dict[str, Any]:
    """All that is known of a response, in the shape of a whole one, however it came.

    Times are seconds since the request went out; None where the server told nothing.
    """
    message = {"role": "assistant", "content": generation.text}
    if generation.reasoning:
        message["reasoning_content"] = generation.reasoning
    usage, timing = generation.usage, generation.timing
    response: dict[str, Any] = {
        "id": generation.request_id,
        "model": generation.model,
        "choices": [{"index": 0, "message": message, "finish_reason": generation.finish_reason}],
        "usage": {"prompt_tokens": usage.prompt_tokens, "completion_tokens": usage.completion_tokens},
        "nim_lab": {
            "status": generation.status,
            "started_at": generation.started_at,
            "attempts": generation.attempts,
            "wait_s": generation.wait_s,
            "ttft_s": timing.ttft_s,
            "ttfo_s": timing.ttfo_s,
            "latency_s": timing.latency_s,
        },
    }
    if generation.error:
        response["error"] = {"kind": generation.error, "message": generation.error_text}
    return response


def to_json(transcript: Transcript) -> bytes:
    """Every turn with its exact request and its response."""
    turns = [
        {
            "asked_at": turn.created_at,
            "endpoint": turn.endpoint,
            "request": request_of(turn),
            "response": response_of(answer) if answer else None,
        }
        for turn, answer in transcript.turns
    ]
    return orjson.dumps({"title": transcript.title, "turns": turns}, option=orjson.OPT_INDENT_2)


def to_markdown(transcript: Transcript) -> str:
    """Questions and answers to read, each answer with its model and parameters underneath."""
    parts = [f"# {transcript.title}"]
    system = None
    for turn, answer in transcript.turns:
        if turn.system and turn.system != system:
            parts += ["## " + _("System prompt"), turn.system]
        system = turn.system
        parts += ["## " + _("Question"), turn.prompt, "## " + _("Answer")]
        if answer and answer.text:
            parts.append(answer.text)
        if answer is None or answer.status != "ok":
            parts.append(f"*{_why_no_more(answer)}*")
        sent = sent_line(turn.sets[0].parameters) or _("no parameter")
        parts.append(f"*{turn.model}, {turn.created_at[:16].replace('T', ' ')} UTC, {sent}*")
    return "\n\n".join(parts) + "\n"


def to_python(transcript: Transcript, url_of: Callable[[str], str]) -> str:
    """A script that asks the same questions again with the same models and parameters.

    `url_of` gives an endpoint's base URL. The key is the environment's and never stands in the script.
    """
    calls = []
    for turn, _answer in transcript.turns:
        named: dict[str, Any] = {"base_url": url_of(turn.endpoint), "model": turn.model}
        if turn.system:
            named["system"] = turn.system
        named |= turn.sets[0].parameters.sent()
        arguments = "".join(f"    {name}={value!r},\n" for name, value in named.items())
        calls.append(f"ask(\n    {turn.prompt!r},\n{arguments})\n")
    # The title stands in a docstring, which it must not end.
    title = transcript.title.replace("\\", "").replace('"', "'")
    return _HEAD.format(title=title) + "\n" + "".join(calls)


def _why_no_more(answer: Generation | None) -> str:
    if answer is None:
        return _("No answer came.")
    return failure_sentence(answer) if answer.error else _("Stopped here.")
