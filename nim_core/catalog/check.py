"""Is this key good? And is this server well? Asked only when a person asks."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import aiohttp
import orjson

from nim_core.call.reply import Reply
from nim_core.call.transport import Timeouts, Transport
from nim_core.errors import CallError
from nim_core.history.meter import Credits, RequestRecord
from nim_core.values.endpoints import Endpoint, is_loopback
from nim_core.values.experiment import Message
from nim_core.values.parameters import GenerationParameters
from nim_core.values.request import Request

Verdict = Literal["good", "good_not_served", "refused", "no_credits", "not_known"]

CHECK_TIMEOUTS = Timeouts(first_byte_s=60.0, between_bytes_s=30.0, total_s=90.0)
HEALTH_S = 3.0

_NOT_SERVED = ("model_unknown", "model_not_entitled", "model_retired")
_ACCEPTED = ("bad_parameter", "context_overflow", "empty_reply")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class KeyCheck:
    """What one call with one token told about a key, as a verdict and a sentence."""

    verdict: Verdict
    sentence: str


@dataclass(frozen=True, slots=True)
class Health:
    """What a self-hosted NIM says of itself; None where the server does not say."""

    ready: bool | None
    version: str | None


def check_key(endpoint: Endpoint, key: str | None, model: str, credits_: Credits) -> KeyCheck:
    """Ask a model for one token, which costs one request: the hosted list of models answers any key.

    The request is counted in the meter. Never raises CallError: what it means stands in the verdict.
    """
    assert endpoint.url is not None
    outcome, error = _in_own_loop(_ask(endpoint.url, key, model, credits_, endpoint.name))
    return judged(outcome, error, model)


def judged(outcome: str, error: CallError | None, model: str) -> KeyCheck:
    """The verdict on a key from the outcome of its call.

    >>> judged("key_refused", CallError("key_refused", status=403), "m").verdict
    'refused'
    """
    if error is None or outcome in _ACCEPTED:
        return KeyCheck("good", f"The key is good: {model} answered.")
    if outcome in _NOT_SERVED:
        return KeyCheck(
            "good_not_served",
            f"The key is good, but {model} is not served to it. Choose another model on the Models page.",
        )
    if outcome == "key_missing":
        return KeyCheck("refused", "The server asks for a key and none was sent. Paste one above.")
    if outcome == "key_refused":
        return KeyCheck("refused", _refusal(error.status))
    if outcome == "credits_exhausted":
        return KeyCheck("no_credits", f"The key is good, but its account has no credits left. {error.kind.advice}")
    if outcome == "rate_limited":
        return KeyCheck(
            "not_known",
            "Not known: the server takes no more requests from this key for now. Wait some minutes before you check "
            "again, since each try makes the wait longer.",
        )
    return KeyCheck("not_known", f"Not known: {error} {error.kind.advice}")


def server_health(endpoint: Endpoint) -> Health:
    """Whether a self-hosted NIM is ready, and its version; other servers say neither."""
    assert endpoint.url is not None
    return _in_own_loop(_health(endpoint.url))


def _refusal(status: int | None) -> str:
    if status == 401:
        return "The key was refused as malformed: it was probably not copied whole. Copy it again and paste it above."
    return (
        "The key was refused: it is wrong, revoked or expired. "
        "Make a new one at https://build.nvidia.com/settings/api-keys."
    )


async def _ask(url: str, key: str | None, model: str, credits_: Credits, name: str) -> tuple[str, CallError | None]:
    request = Request(model, (Message("user", "Hi"),), GenerationParameters(max_tokens=1), stream=False)
    transport, reply, failure = Transport(url, key, CHECK_TIMEOUTS), Reply(), None
    try:
        await transport.complete(request, reply, lambda _text, _reasoning: None)
    except CallError as error:
        failure = error
    finally:
        await transport.close()
    outcome = failure.kind.key if failure else "ok"
    credits_.add(RequestRecord(name, credits_.fingerprint(key), model, outcome, reply.request_id))
    return outcome, failure


async def _health(url: str) -> Health:
    timeout = aiohttp.ClientTimeout(total=HEALTH_S)
    async with aiohttp.ClientSession(timeout=timeout, trust_env=not is_loopback(url)) as session:
        ready, version = await asyncio.gather(
            _get(session, f"{url}/health/ready"),
            _get(session, f"{url}/version"),
        )
    release = version.get("release") or version.get("version") if isinstance(version, dict) else None
    return Health(None if ready is None else ready is not False, str(release) if release else None)


async def _get(session: aiohttp.ClientSession, url: str) -> Any:
    """The JSON of a page (True when it has none), False for a 503, None when there is no such page."""
    try:
        async with session.get(url, allow_redirects=False) as response:
            body = await response.content.read(64 * 1024)
            if response.status != 200:
                return False if response.status == 503 else None
    except (aiohttp.ClientError, TimeoutError):
        return None
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return True


def _in_own_loop(work: Coroutine[Any, Any, T]) -> T:
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()
