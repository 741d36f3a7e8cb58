"""The answers that a scripted server can give, and how each goes over the wire."""

from __future__ import annotations

import asyncio
import contextlib
import re
import secrets
import socket
import struct
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson
from aiohttp import web

_CREATED = 735790403


@dataclass(frozen=True, slots=True)
class Says:
    """An answer as NIM gives it, streamed or whole as asked.

    `text` is split into tokens at white space, unless it is given as a list of tokens; so is `reasoning`,
    which comes first. The first token goes out `first_s` seconds after the request came, each further
    one `each_s` later, on a schedule that does not drift.
    """

    text: str | Sequence[str] = "Hello world"
    first_s: float = 0.0
    each_s: float = 0.0
    reasoning: str | Sequence[str] = ""
    finish_reason: str = "stop"
    usage: bool = True


@dataclass(frozen=True, slots=True)
class Raw:
    """A status, headers and a body, sent exactly as given."""

    status: int
    body: bytes | str = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Chunks:
    """Bytes written one after the other into a 200 answer, `pause_s` seconds apart, and then its end.

    "close" ends the body properly, "cut" closes the connection without its end, "reset" breaks it with
    a TCP reset, "hang" keeps it open.
    """

    chunks: Sequence[bytes]
    then: Literal["close", "cut", "reset", "hang"] = "close"
    pause_s: float = 0.0
    content_type: str = "text/event-stream"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hangs:
    """No answer at all, until the client goes away."""


Answer = Says | Raw | Chunks | Hangs


@dataclass(frozen=True, slots=True)
class Truth:
    """When a streamed answer was really written, on time.monotonic().

    `request_id` is the answer's x-request-id, the one asked with if there was one; `arrival` is the
    request's; `first` and `last` are the moments just before the first and the last token went out;
    `tokens` counts them.
    """

    request_id: str
    arrival: float
    first: float
    last: float
    tokens: int


async def send(
    answer: Answer, request: web.Request, body: Any, arrived: float, truth: list[Truth]
) -> web.StreamResponse:
    """Give the answer to a request; a streamed one adds to `truth`."""
    match answer:
        case Says():
            if isinstance(body, dict) and body.get("stream"):
                return await _stream(answer, request, body, arrived, truth)
            return await _whole(answer, body, arrived)
        case Raw():
            raw = answer.body.encode() if isinstance(answer.body, str) else answer.body
            headers = {"Content-Type": answer.content_type, **answer.headers}
            return web.Response(status=answer.status, body=raw, headers=headers)
        case Chunks():
            return await _chunks(answer, request)
        case Hangs():
            await asyncio.Event().wait()
            raise AssertionError


def event(delta: Mapping[str, Any], finish_reason: str | None = None) -> bytes:
    """One chat chunk as the server writes it.

    >>> event({"content": "Hi"})[:20]
    b'data: {"id":"chatcmp'
    """
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
    return _event(choices=[choice])


def _event(**members: Any) -> bytes:
    chunk = {"id": "chatcmpl-x", "object": "chat.completion.chunk", "created": _CREATED, "model": "m", **members}
    return b"data: " + orjson.dumps(chunk) + b"\n\n"


async def _stream(
    says: Says, request: web.Request, body: Mapping[str, Any], arrived: float, truth: list[Truth]
) -> web.StreamResponse:
    request_id = request.headers.get("X-Request-Id") or secrets.token_hex(8)
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Request-Id": request_id})
    await response.prepare(request)
    await response.write(event({"role": "assistant", "content": ""}))
    reasoning, text = _tokens(says.reasoning), _tokens(says.text)
    # Written out beforehand, so that making them takes no time from the schedule.
    events = [event({"reasoning_content": token}) for token in reasoning]
    events += [event({"content": token}) for token in text]
    first = last = arrived
    for number, written in enumerate(events):
        await _until(arrived + says.first_s + number * says.each_s)
        last = time.monotonic()
        first = last if number == 0 else first
        await response.write(written)
    truth.append(Truth(request_id, arrived, first, last, len(events)))
    end = event({}, says.finish_reason)
    if says.usage and (body.get("stream_options") or {}).get("include_usage"):
        end += _event(choices=[], usage=_usage(len(events)))
    await response.write(end + b"data: [DONE]\n\n")
    await response.write_eof()
    return response


async def _whole(says: Says, body: Any, arrived: float) -> web.Response:
    reasoning, text = _tokens(says.reasoning), _tokens(says.text)
    count = len(reasoning) + len(text)
    await _until(arrived + says.first_s + max(count - 1, 0) * says.each_s)
    message = {"role": "assistant", "content": "".join(text)}
    if reasoning:
        message["reasoning_content"] = "".join(reasoning)
    completion = {
        "id": "chatcmpl-x",
        "object": "chat.completion",
        "created": _CREATED,
        "model": body.get("model") if isinstance(body, dict) else None,
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": says.finish_reason}],
    }
    if says.usage:
        completion["usage"] = _usage(count)
    return web.Response(body=orjson.dumps(completion), content_type="application/json")


async def _chunks(answer: Chunks, request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": answer.content_type, **answer.headers})
    await response.prepare(request)
    began = time.monotonic()
    for number, chunk in enumerate(answer.chunks):
        await _until(began + number * answer.pause_s)
        await response.write(chunk)
    if answer.then == "hang":
        await asyncio.Event().wait()
    if answer.then == "close":
        await response.write_eof()
    elif request.transport is not None:
        if answer.then == "reset":
            # Lingering for no time turns the close into a reset.
            listener = request.transport.get_extra_info("socket")
            with contextlib.suppress(OSError):
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()
    return response


async def _until(moment: float) -> None:
    wait = moment - time.monotonic()
    if wait > 0:
        await asyncio.sleep(wait)


def _tokens(text: str | Sequence[str]) -> list[str]:
    return re.findall(r"\s*\S+|\s+$", text) if isinstance(text, str) else list(text)


def _usage(completion: int) -> dict[str, int]:
    return {"prompt_tokens": 5, "completion_tokens": completion, "total_tokens": 5 + completion}
