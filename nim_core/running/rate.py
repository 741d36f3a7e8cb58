"""The pace that a key allows, shared fairly between sessions: one bucket per endpoint and key."""

from __future__ import annotations

import asyncio
from collections import deque

from aiolimiter import AsyncLimiter


class Bucket:
    """Grants turns at most `rpm` times a minute, evenly spaced, to each waiting session in rotation.

    After `slow_down` it grants none for a while and then half as many, and comes back by a tenth
    with each answer that `went_well`.
    """

    def __init__(self, rpm: float) -> None:
        self.rpm = rpm
        self._factor = 1.0
        self._limiter = AsyncLimiter(1, 60 / rpm)
        self._queues: dict[str, deque[asyncio.Future[None]]] = {}
        self._held_until = 0.0
        self._granting: asyncio.Task[None] | None = None

    async def turn(self, session: str) -> None:
        """Wait for this session's next turn."""
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queues.setdefault(session, deque()).append(place)
        if self._granting is None or self._granting.done():
            self._granting = asyncio.create_task(self._grant())
        await place

    def set_rpm(self, rpm: float) -> None:
        """Change the nominal pace."""
        if rpm != self.rpm:
            self.rpm = rpm
            self._pace()

    def slow_down(self, seconds: float) -> None:
        """Grant nothing for some seconds, then half as many turns as before."""
        self._held_until = max(self._held_until, asyncio.get_running_loop().time() + seconds)
        self._factor = max(self._factor / 2, 0.05)
        self._pace()

    def went_well(self) -> None:
        """Come back towards the nominal pace."""
        if self._factor < 1.0:
            self._factor = min(self._factor * 1.1, 1.0)
            self._pace()

    def _pace(self) -> None:
        self._limiter = AsyncLimiter(1, 60 / (self.rpm * self._factor))

    async def _grant(self) -> None:
        while self._queues:
            held = self._held_until - asyncio.get_running_loop().time()
            if held > 0:
                await asyncio.sleep(held)
                continue
            await self._limiter.acquire()
            place = self._next_place()
            if place is not None:
                place.set_result(None)

    def _next_place(self) -> asyncio.Future[None] | None:
        """The next living place in line; its session goes to the end of the rotation."""
        while self._queues:
            session = next(iter(self._queues))
            queue = self._queues.pop(session)
            place = queue.popleft()
            if queue:
                self._queues[session] = queue
            if not place.done():
                return place
        return None
