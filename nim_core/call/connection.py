"""HTTP beneath the SDK: refusals read with a limit, and what a connection that broke says."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator

import aiohttp
import httpx2

from nim_core.errors import CallError

from .refusal.classify import MAX_READ, classify, seconds_to_wait
from .refusal.envelope import shortened

FOREIGN_ERRORS = (httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL, aiohttp.ClientError, OSError)
"""What a call may raise below the SDK; some of it arrives bare."""

_REFUSAL_S = 5.0


class RefusedError(Exception):
    """An answer other than 2xx, or a 202, read as far as it matters."""

    def __init__(self, response: httpx2.Response, body: bytes) -> None:
        super().__init__()
        self.response = response
        self.body = body

    def classified(self, key: str | None) -> CallError:
        """What the refusal means; `key` is the key that was sent."""
        headers = self.response.headers
        return classify(
            self.response.status_code,
            headers.get("content-type", ""),
            self.body,
            key=key,
            retry_after=seconds_to_wait(headers.get("retry-after")),
            location=headers.get("location"),
        )


async def stop_at_refusal(response: httpx2.Response) -> None:
    """Raise RefusedError for a refusal; its body is read here, since the SDK would read even an endless one."""
    if response.is_success and response.status_code != 202:
        return
    body = bytearray()
    with contextlib.suppress(*FOREIGN_ERRORS):
        async with asyncio.timeout(_REFUSAL_S):
            await read_body(response, body, MAX_READ)
    raise RefusedError(response, bytes(body))


async def read_body(response: httpx2.Response, body: bytearray, limit: int) -> None:
    """Append a response's body to `body`, until it has grown past `limit` bytes."""
    async with contextlib.aclosing(response.aiter_bytes()) as chunks:
        async for chunk in chunks:
            body += chunk
            if len(body) > limit:
                return


def broken(error: BaseException) -> CallError | None:
    """What a broken connection means, read from the causes of an exception, whose own class says too little.

    A refused connection arrives as the SDK's time-out, for one. None where the causes tell nothing.
    """
    causes = list(_causes(error))
    if any(isinstance(cause, TimeoutError) for cause in causes):  # before OSError, its base class
        return CallError("timeout", "the server did not answer in time; check the address and the network")
    if any(isinstance(cause, aiohttp.ClientResponseError) for cause in causes):
        return CallError("not_openai", "what came back is no HTTP")
    system = next((cause for cause in reversed(causes) if isinstance(cause, OSError)), None)
    if system is not None:
        return CallError("network", shortened(system.strerror or str(system)))
    if any(isinstance(cause, httpx2.HTTPError | aiohttp.ClientError) for cause in causes):
        return CallError("network", "the connection broke off")
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
