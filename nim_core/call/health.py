"""Is this server well? Asked outside the worker, since nothing is generated."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson

from nim_core.values.endpoints import Endpoint, is_loopback

from .loop import run_in_loop

HEALTH_S = 3.0


@dataclass(frozen=True, slots=True)
class Health:
    """What a self-hosted NIM says of itself; None where the server does not say."""

    ready: bool | None
    version: str | None


def server_health(endpoint: Endpoint) -> Health:
    """Whether a self-hosted NIM is ready, and its version; other servers say neither."""
    assert endpoint.url is not None
    return run_in_loop(_health(endpoint.url))


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
