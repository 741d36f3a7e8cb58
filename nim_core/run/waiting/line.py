"""Who waits for something scarce, and in which order: the sessions take turns."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(eq=False, slots=True)
class Waiter(Generic[T]):
    """One place in a line; `called` is done when its turn has come, and `mark` is what the line's owner knows of it."""

    session: str
    mark: T
    called: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Line(Generic[T]):
    """Waiters in rotation: the first of each session, then the second of each, and so on.

    A session whose turn has been goes to the end of the rotation, and so does one that is new.
    """

    def __init__(self) -> None:
        self._queues: dict[str, list[Waiter[T]]] = {}

    def __iter__(self) -> Iterator[Waiter[T]]:
        """Everybody who waits, in the order in which their turns come."""
        for row in zip_longest(*self._queues.values()):
            # A waiter that is done and stands here still has been given up a moment ago.
            yield from (waiter for waiter in row if waiter is not None and not waiter.called.done())

    def join(self, session: str, mark: T) -> Waiter[T]:
        """A new place for a session, behind those that it has."""
        waiter = Waiter(session, mark)
        self._queues.setdefault(session, []).append(waiter)
        return waiter

    def call(self, waiter: Waiter[T]) -> None:
        """Tell a waiter that its turn has come, and let the other sessions go before its own next one."""
        self.leave(waiter)
        if others := self._queues.pop(waiter.session, None):
            self._queues[waiter.session] = others
        waiter.called.set_result(None)

    def leave(self, waiter: Waiter[T]) -> None:
        """Give a place up; nothing happens when its turn has been."""
        queue = self._queues.get(waiter.session, [])
        if waiter in queue:
            queue.remove(waiter)
        if not queue:
            self._queues.pop(waiter.session, None)
