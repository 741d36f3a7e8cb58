"""One call over the wire, through the `openai` client: bytes stamped as they arrive, every failure a CallError.

Nothing is retried here but one thing: a server that refuses `stream_options` is asked again without it.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import httpx2
import openai

from nim_core import __version__
from nim_core.errors import CallError, InputError
from nim_core.values.endpoints import is_loopback
from nim_core.values.keys import clean_key
from nim_core.values.piece import Piece
from nim_core.values.request import Request

from .connection import FOREIGN_ERRORS, RefusedError, broken, read_body, stop_at_refusal
from .listing import ModelEntry, model_entries
from .reading import Reading
from .redaction import redacted
from .reply import Reply

MAX_CONNECTIONS = 512
KEEP_ALIVE_S = 300.0
MODELS_S = 30.0
_MAX_LIST_BYTES = 16 * 1024 * 1024
# After [DONE] only the end of the body is due; once it is read, the connection can be used again.
_END_OF_BODY_S = 0.25

SDK_ERRORS: dict[type[Exception], str] = {
    openai.OpenAIError: "server_error",
    openai.APIError: "server_error",
    openai.APIStatusError: "server_error",
    openai.APIConnectionError: "network",
    openai.APITimeoutError: "timeout",
    openai.APIResponseValidationError: "not_openai",
    openai.BadRequestError: "bad_parameter",
    openai.AuthenticationError: "key_refused",
    openai.OAuthError: "key_refused",
    openai.PermissionDeniedError: "key_refused",
    openai.NotFoundError: "model_unknown",
    openai.ConflictError: "server_error",
    openai.UnprocessableEntityError: "bad_parameter",
    openai.RateLimitError: "rate_limited",
    openai.InternalServerError: "server_error",
    openai.LengthFinishReasonError: "stream_truncated",
    openai.ContentFilterFinishReasonError: "stream_error",
    openai.WebSocketConnectionClosedError: "network",
    openai.WebSocketQueueFullError: "network",
    openai.InvalidWebhookSignatureError: "not_openai",
}
"""The kind that each exception class of the SDK stands for, where its causes and the answer say no more."""

_CALL_ERRORS: tuple[type[Exception], ...] = (*SDK_ERRORS, *FOREIGN_ERRORS)


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long to wait, in seconds, for each step of a call.

    To connect; for the first byte of the answer's body; between its bytes; for what may follow its
    end; and for all of it.
    """

    connect_s: float = 10.0
    first_byte_s: float = 330.0
    between_bytes_s: float = 120.0
    after_finish_s: float = 5.0
    total_s: float = 3600.0


DEFAULT_TIMEOUTS = Timeouts()


class Transport:
    """The way to one endpoint with one key; calls may run side by side in one event loop.

    `url` is the base URL with its /v1, `key` None where none is needed. Raises InputError for a key
    or an address that cannot be used. The key never stands in an error.
    """

    def __init__(self, url: str, key: str | None, timeouts: Timeouts = DEFAULT_TIMEOUTS) -> None:
        self._key = None if key is None else clean_key(key)
        self._timeouts = timeouts
        self._without_options: set[str] = set()
        self._headers = _left_out(with_key=self._key is not None)
        try:
            self._client = openai.AsyncOpenAI(
                api_key=self._key or "not-needed",
                base_url=url,
                max_retries=0,
                default_headers={"User-Agent": f"nim-lab/{__version__}"},
                http_client=_http_client(url, timeouts.connect_s),
            )
        except (httpx2.InvalidURL, ValueError):
            raise InputError(f"{url!r} is no web address. Example: http://localhost:8000/v1", field="url") from None
        # Until a server on this machine has said what it is, it may be one that must not be asked twice.
        self._one_call_each = is_loopback(url)

    async def complete(self, request: Request, reply: Reply, on_text: Callable[[Piece], None]) -> None:
        """Send one chat call and fill `reply` with what comes back.

        `on_text` is called for each network chunk that brings a piece of an answer. Raises CallError;
        `reply` keeps what arrived then, and also when the call is cancelled.
        """
        body = request.body()
        if request.model in self._without_options:
            body.pop("stream_options", None)
        failure = await self._send(body, reply, on_text)
        if failure is not None and "stream_options" in failure.fields and "stream_options" in body:
            self._without_options.add(request.model)
            del body["stream_options"]
            failure = await self._send(body, reply, on_text)
        if failure is not None:
            raise failure

    async def models(self) -> tuple[ModelEntry, ...]:
        """The models that the endpoint lists, each once, in its order. Raises CallError."""
        body = bytearray()
        failure = None
        try:
            async with asyncio.timeout(min(MODELS_S, self._timeouts.first_byte_s)):
                listing: Any = self._client.models.with_streaming_response.list(extra_headers=self._headers)
                async with listing as response:
                    await read_body(response.http_response, body, _MAX_LIST_BYTES)
        except RefusedError as refusal:
            failure = refusal.classified(self._key)
        except _CALL_ERRORS as error:
            failure = broken(error) or _unexplained(error)
        if failure is not None:
            raise failure
        entries = model_entries(bytes(body))
        if entries is None:
            raise CallError("not_openai", "what it sends as its list of models is no such list")
        return tuple(
            replace(each, id=redacted(each.id, self._key), owned_by=redacted(each.owned_by, self._key))
            for each in entries
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _send(self, body: Mapping[str, Any], reply: Reply, on_text: Callable[[Piece], None]) -> CallError | None:
        """Send the body once. A failure is returned, so that no exception of the SDK, with its request, hangs on it."""
        reply.begin(time.perf_counter(), streamed=body["stream"], key=self._key)
        reading = Reading(reply)
        ends_at = asyncio.get_running_loop().time() + self._timeouts.total_s
        complete = False
        failure = None
        try:
            async with asyncio.timeout(min(self._timeouts.first_byte_s, self._timeouts.total_s)) as patience:
                # The body goes as it is: what `chat.completions.create` does to it takes 2 ms of each latency.
                response: Any = await self._client.post(
                    "/chat/completions",
                    cast_to=httpx2.Response,
                    body=body,
                    options={"headers": self._headers | ({"Connection": "close"} if self._one_call_each else {})},
                    stream=True,
                    stream_cls=openai.AsyncStream[Any],
                )
                async with contextlib.aclosing(response):
                    _note_headers(reply, response.headers)
                    self._one_call_each = _hangs_up(response.headers)
                    await self._receive(response, reading, reply, on_text, patience, ends_at)
                    complete = True
        except RefusedError as refusal:
            _note_headers(reply, refusal.response.headers)
            failure = refusal.classified(self._key)
        except _CALL_ERRORS as error:
            failure = self._silence(reply) if patience.expired() else broken(error) or _unexplained(error)
        finally:
            # On cancellation too: what was held back is part of what arrived.
            held = reading.close(time.perf_counter(), complete=complete)
        if held is not None:
            on_text(held)
        return reading.verdict(failure, self._key)

    async def _receive(
        self,
        response: httpx2.Response,
        reading: Reading,
        reply: Reply,
        on_text: Callable[[Piece], None],
        patience: asyncio.Timeout,
        ends_at: float,
    ) -> None:
        """Read the body to its end, or as far as it is wanted."""
        clock = asyncio.get_running_loop().time
        times = self._timeouts
        async with contextlib.aclosing(response.aiter_bytes()) as chunks:
            async for chunk in chunks:
                now = time.perf_counter()
                reply.bytes_seen = True
                piece = reading.feed(chunk, now)
                if piece is not None:
                    on_text(piece)
                if reading.error is not None or reading.overlong:
                    return
                if reading.done:
                    ends_at = min(ends_at, clock() + min(_END_OF_BODY_S, times.after_finish_s))
                elif reply.finish_reason is not None:
                    ends_at = min(ends_at, clock() + times.after_finish_s)
                _extend(patience, min(clock() + times.between_bytes_s, ends_at), times.between_bytes_s / 20)

    def _silence(self, reply: Reply) -> CallError:
        times = self._timeouts
        if not reply.bytes_seen:
            return CallError("timeout", f"nothing came within {min(times.first_byte_s, times.total_s):g} seconds")
        return CallError(
            "timeout",
            f"nothing more came for {times.between_bytes_s:g} seconds, or it took longer than {times.total_s:g} in all",
        )


def _http_client(url: str, connect_s: float) -> httpx2.AsyncClient:
    return openai.DefaultAioHttpClient(
        # A key must not travel on to another place, and a proxy has no business between programs of one machine.
        follow_redirects=False,
        trust_env=not is_loopback(url),
        # The waits for bytes are watched by the call itself, once a call and not again at every layer.
        timeout=httpx2.Timeout(None, connect=connect_s),
        limits=httpx2.Limits(
            max_connections=MAX_CONNECTIONS, max_keepalive_connections=MAX_CONNECTIONS, keepalive_expiry=KEEP_ALIVE_S
        ),
        event_hooks={"response": [stop_at_refusal]},
        verify=_certificates(trust_env=not is_loopback(url)),
    )


@cache  # reading them takes 30 ms, for which the clock of every other call would stand still
def _certificates(*, trust_env: bool) -> ssl.SSLContext:
    return httpx2.create_ssl_context(trust_env=trust_env)


def _left_out(*, with_key: bool) -> dict[str, Any]:
    """The headers that the SDK would add and no server needs; the key's too, where there is none."""
    told = ("Lang", "Package-Version", "OS", "Arch", "Runtime", "Runtime-Version", "Async", "Retry-Count")
    names = [*(f"X-Stainless-{name}" for name in told), "OpenAI-Organization", "OpenAI-Project"]
    return {name: openai.Omit() for name in (names if with_key else [*names, "Authorization"])}


def _note_headers(reply: Reply, headers: httpx2.Headers) -> None:
    reply.request_id = headers.get("nvcf-reqid") or headers.get("x-request-id")


def _hangs_up(headers: httpx2.Headers) -> bool:
    """Whether a server closes the connection after a streamed answer without having said so, as llama.cpp's does.

    The next call on that connection, when it comes at once, would break off.
    """
    return str(headers.get("server", "")).lower().startswith("llama.cpp")


def _extend(patience: asyncio.Timeout, until: float, unseen: float) -> None:
    """Move the end of a wait, unless it moves by less than `unseen` seconds: each move costs as much as a chunk."""
    ends = patience.when()
    if ends is None or not ends <= until < ends + unseen:
        patience.reschedule(until)


def _unexplained(error: BaseException) -> CallError:
    return CallError(next((SDK_ERRORS[each] for each in type(error).__mro__ if each in SDK_ERRORS), "network"))
