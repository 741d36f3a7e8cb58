"""What runs of one process share: open transports, the built-in model, and one pace per endpoint and key."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from nim_core.call.transport import Timeouts, Transport
from nim_core.local.serve import SLOTS
from nim_core.local.server import LocalServer
from nim_core.settings import Settings, permitted
from nim_core.values.endpoints import Endpoint
from nim_core.values.events import Notice, Preparing, Progress
from nim_core.values.visitor import Visitor

from .waiting.allowance import Allowance
from .waiting.pace import Lane, Pace
from .waiting.slots import Slots

Emit = Callable[[Preparing | Notice], None]


@dataclass(frozen=True, slots=True)
class Access:
    """An endpoint and the key that opens it; a key is held in memory only and never shown."""

    endpoint: Endpoint
    key: str | None = None

    def __repr__(self) -> str:
        return f"Access({self.endpoint.name!r})"


class Connections:
    """Transports, paces and the built-in model's process, kept for as long as the process runs."""

    def __init__(self, settings: Settings, timeouts: Timeouts | None = None) -> None:
        self.settings = settings
        self._timeouts = timeouts or Timeouts()
        self._local = LocalServer(settings)
        self._slots = Slots(SLOTS)
        self._transports: dict[tuple[str, str | None], Transport] = {}
        self._users: Counter[tuple[str, str | None]] = Counter()
        self._paces: dict[tuple[str, bytes], Pace] = {}
        self._allowances: dict[str, Allowance] = {}

    def access(self, endpoint: str, key: str | None) -> Access:
        """The endpoint of that name; its key is dropped where the endpoint is the built-in model.

        Raises InputError for a server that is not listed, where the dashboard is for several people.
        """
        resolved = permitted(endpoint, self.settings)
        return Access(resolved, None if resolved.is_local else key)

    @asynccontextmanager
    async def using(self, access: Access) -> AsyncIterator[None]:
        """Keep what belongs to an access for as long as its runs last: a key is forgotten with its last run."""
        at = (access.endpoint.url or "", access.key)
        self._users[at] += 1
        try:
            yield
        finally:
            self._users[at] -= 1
            if not self._users[at]:
                del self._users[at]
                transport = self._transports.pop(at, None)
                if transport is not None:
                    await transport.close()

    async def transport(self, access: Access, emit: Emit) -> Transport:
        """An open transport to an endpoint with its key; the built-in model is fetched and started where needed.

        Raises LocalModelError when the built-in model cannot be had.
        """
        if access.endpoint.url is not None:
            return self._transport(access.endpoint.url, access.key)
        loop = asyncio.get_running_loop()

        def progress(step: Progress) -> None:
            loop.call_soon_threadsafe(emit, Preparing(step))

        address = await asyncio.to_thread(self._local.ensure, progress)
        if address.restarted:
            emit(Notice("local_model_restarted"))
        return self._transport(address.url, address.key)

    def allowance(self, visitor: Visitor, sent: Iterable[float]) -> Allowance | None:
        """What a visitor may still send this hour, shared by all their runs; None where there is no limit.

        `sent` are the moments of the last hour's requests, for a visitor who is new to this process.
        """
        if visitor.hourly is None or visitor.workspace is None:
            return None
        return self._allowances.setdefault(visitor.workspace, Allowance(visitor.hourly, sent))

    def lane(self, access: Access, visitor: Visitor, rpm: float | None) -> Lane:
        """A way through the pace of a key, which all runs with it share, for a run that names `rpm`.

        With the operator's key nobody goes faster than its pace.
        """
        known = access.endpoint.rpm
        if visitor.hourly is not None and known is not None:
            rpm = min(rpm or known, known)
        at = (access.endpoint.name, hashlib.sha256((access.key or "").encode()).digest())
        return self._paces.setdefault(at, Pace(known)).lane(visitor.session, rpm)

    def slots(self, access: Access) -> Slots | None:
        """The slots of the built-in model, shared by all runs; None elsewhere, where a server has its own rules."""
        return self._slots if access.endpoint.is_local else None

    async def close(self) -> None:
        """Close every transport and end the built-in model."""
        for transport in self._transports.values():
            await transport.close()
        self._transports.clear()
        await asyncio.to_thread(self._local.close)

    def _transport(self, url: str, key: str | None) -> Transport:
        at = (url, key)
        if at not in self._transports:
            self._transports[at] = Transport(url, key, self._timeouts)
        return self._transports[at]
