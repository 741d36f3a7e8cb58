"""How many calls the built-in model answers at once: the others wait here, fairly, and not inside its server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from .line import Line

Tell = Callable[[int], None]


@dataclass(slots=True)
class _Place:
    """What a waiting call was told last: how many are before it."""

    tell: Tell
    before: int | None = None


class Slots:
    """Lets `count` calls in at once; the others wait in rotation between the sessions.

    What waits inside a server counts as its latency, and first come is first served there.
    """

    def __init__(self, count: int) -> None:
        self._free = count
        self._line: Line[_Place] = Line()

    async def enter(self, session: str, tell: Tell) -> None:
        """Wait for a free slot; while it waits, a call is told how many are before it, whenever that changes."""
        waiter = self._line.join(session, _Place(tell))
        self._move()
        try:
            await waiter.called
        except asyncio.CancelledError:
            self._line.leave(waiter)
            self._free += not waiter.called.cancelled()  # its turn had come at that moment
            self._move()
            raise

    def leave(self) -> None:
        """A call is over."""
        self._free += 1
        self._move()

    def _move(self) -> None:
        while self._free and (waiter := next(iter(self._line), None)):
            self._free -= 1
            self._line.call(waiter)
        for before, waiter in enumerate(self._line):
            if waiter.mark.before != before:
                waiter.mark.before = before
                waiter.mark.tell(before)
