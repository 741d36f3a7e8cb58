"""Answers that servers really give, each over a real socket, with the outcome that it must have."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nim_core.call.reply import Reply
from nim_core.call.transport import Transport
from nim_core.errors import CallError
from nim_core.testing import NimServer, Raw
from nim_core.values.dialogue import Message
from nim_core.values.parameters import GenerationParameters
from nim_core.values.request import Request

pytestmark = pytest.mark.anyio
DATA = Path(__file__).parent.parent / "data"
KEY = "nvapi-" + "k" * 64


def rows(name):
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [pytest.param(row, id=row["id"]) for row in map(json.loads, lines)]


async def outcome(row):
    with NimServer([Raw(row["status"], row["body"], row["content_type"], row["headers"])]) as server:
        transport, reply = Transport(server.url, KEY), Reply()
        request = Request("m", (Message("user", "Hi"),), GenerationParameters(temperature=0.2))
        error = None
        try:
            await transport.complete(request, reply, lambda _piece: None)
        except CallError as failure:
            error = failure
        await transport.close()
    return error, reply


@pytest.mark.parametrize("row", rows("responses.jsonl"))
async def test_each_known_response_gives_its_outcome(row):
    error, reply = await outcome(row)
    assert (error.kind.key if error else "ok") == row["expect"]
    assert reply.requests == (2 if row["id"] == "stream-options-refused" else 1)


@pytest.mark.parametrize("row", rows("more_responses.jsonl"))
async def test_each_response_of_the_same_families_gives_its_outcome(row):
    error, reply = await outcome(row)
    assert (error.kind.key if error else "ok") in row["expect"].split("|")
    assert reply.text == row.get("text", "")
    assert reply.thinking == row.get("reasoning", "")
    if "fields" in row:
        assert list(error.fields) == row["fields"]
    if "retry_after" in row:
        assert error.retry_after == row["retry_after"]


@pytest.mark.parametrize(
    ("name", "text", "reasoning"),
    [
        ("plain-stream", "Hello world", ""),
        ("null-first-and-choices-empty", "Hi", ""),
        ("reasoning-and-content", "42", "Let me think."),
        ("thinking-ate-the-budget", "", "The user wants ok"),
        ("cut-stream", "Hello", ""),
    ],
)
async def test_the_text_of_a_known_response_is_kept(name, text, reasoning):
    row = next(param.values[0] for param in rows("responses.jsonl") if param.id == name)
    _, reply = await outcome(row)
    assert (reply.text, reply.thinking) == (text, reasoning)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("unsupported-parameter", ("seed",)),
        ("immutable-top-p", ("top_p",)),
        ("stream-options-refused", ("stream_options",)),
        ("extra-forbidden", ("frequency_penalty", "presence_penalty")),
        ("extra-forbidden-data-prefix", ("frequency_penalty",)),
    ],
)
async def test_a_refused_parameter_is_named_in_the_error_text(name, fields):
    row = next(param.values[0] for param in rows("responses.jsonl") if param.id == name)
    error, _ = await outcome(row)
    assert error.fields == fields
    assert all(field in error.sentence for field in fields)
