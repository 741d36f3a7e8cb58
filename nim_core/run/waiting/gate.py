"""What stands before each request of a run: its pace, its visitor's hour, a slot of the built-in model."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Any

from nim_core.run import endings
from nim_core.values.events import Ended

from .allowance import Allowance
from .pace import Lane
from .slots import Slots, Tell


class Gate:
    """Lets the requests of one run out, each at its turn, and knows which of its calls have nothing on their way.

    `slots` is None where as many calls as are asked for may go on at once. `allowance` is None for a visitor without
    a limit; once it is used up, `spent` says so, and what waits here is given up.
    """

    def __init__(self, lane: Lane, slots: Slots | None) -> None:
        self.lane = lane
        self.allowance: Allowance | None = None
        self.spent: Ended | None = None
        self._slots = slots
        self._resting: set[asyncio.Task[Any]] = set()

    @asynccontextmanager
    async def turn(self, tell: Tell) -> AsyncIterator[None]:
        """Wait until a request may go out, and give its slot back when it is over.

        While it waits for a slot, `tell` is called with how many calls are before it.
        """
        await self.rest(self._pass(tell))
        try:
            yield
        finally:
            if self._slots:
                self._slots.leave()

    async def rest(self, waiting: Awaitable[None]) -> None:
        """Await something during which nothing is on its way, so that the call may be given up."""
        task = asyncio.current_task()
        assert task is not None
        self._resting.add(task)
        try:
            await waiting
        finally:
            self._resting.discard(task)

    def give_up(self) -> None:
        """End the calls that have nothing on their way; what is on its way is finished."""
        for task in self._resting:
            task.cancel()

    async def _pass(self, tell: Tell) -> None:
        await self.lane.turn()
        if self.allowance and (wait := self.allowance.take()) is not None:
            self.spent = endings.spent(self.allowance.limit, wait)
            self.give_up()
            await asyncio.sleep(0)  # this call rests too: here its end takes hold
        if self._slots:
            await self._slots.enter(self.lane.session, tell)
