"""The pace that a key allows, shared fairly between the runs that use it."""

from __future__ import annotations

import asyncio
import math
from types import TracebackType

from .line import Line

SLOWEST = 0.05
"""The share of its pace that a key comes down to, however often it is refused."""


class Pace:
    """The one clock of an endpoint and key: turns evenly spaced, without a burst, to each session in rotation.

    `rpm` is how many requests a minute the key is known to allow, None where nobody knows: then each run has its own
    pace alone. A run that names less than is known slows itself and nobody else; one that names more knows its own
    key better, so that the clock goes faster for as long as that run lasts. A refusal slows all runs of the key down.
    """

    def __init__(self, rpm: float | None) -> None:
        self._known = rpm
        self._share = 1.0
        self._last_at = -math.inf
        self._held_until = -math.inf
        self._lanes: set[Lane] = set()
        self._line: Line[Lane] = Line()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def next_at(self) -> float:
        """When the next turn may come, on the loop's clock."""
        return max(self._held_until, self._last_at + self.distance(self._rpm))

    def distance(self, rpm: float) -> float:
        """Seconds between two requests at a rate that is meant for a key which is not refused."""
        return 60 / (rpm * self._share)

    def lane(self, session: str, rpm: float | None) -> Lane:
        """A way through this pace for one run of a session, which itself sends at most `rpm` requests a minute.

        None stands for what the key is known to allow.
        """
        return Lane(self, session, rpm or self._known or math.inf)

    def enter(self, lane: Lane) -> None:
        """A run begins."""
        self._lanes.add(lane)
        self._arm()

    def leave(self, lane: Lane) -> None:
        """A run is over."""
        self._lanes.discard(lane)
        self._arm()

    async def turn(self, lane: Lane) -> None:
        """Wait for the next turn of a run."""
        waiter = self._line.join(lane.session, lane)
        self._arm()
        try:
            await waiter.called
        finally:
            self._line.leave(waiter)

    def slow_down(self, seconds: float) -> None:
        """Give no turn for some seconds, then half as many as before; those that wait already wait on.

        What is refused until then went out before this was known: it may make the wait longer, and halves nothing.
        """
        now = asyncio.get_running_loop().time()
        if now >= self._held_until:
            self._share = max(self._share / 2, SLOWEST)
        self._held_until = max(self.next_at, now + seconds)
        self._arm()

    def went_well(self) -> None:
        """Come back towards the full pace by a tenth."""
        self._share = min(self._share * 1.1, 1.0)
        self._arm()

    @property
    def _rpm(self) -> float:
        """What all runs together may send in a minute."""
        return math.inf if self._known is None else max([self._known, *(lane.rpm for lane in self._lanes)])

    def _arm(self) -> None:
        """Let the next turn come when this clock and that of a run which waits have come round."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        soonest = min((waiter.mark.next_at for waiter in self._line), default=None)
        if soonest is not None:
            self._timer = asyncio.get_running_loop().call_at(max(self.next_at, soonest), self._grant)

    def _grant(self) -> None:
        now = asyncio.get_running_loop().time()
        ready = (waiter for waiter in self._line if waiter.mark.next_at <= now)
        if now >= self.next_at and (waiter := next(ready, None)):
            self._line.call(waiter)
            self._last_at = waiter.mark.last_at = now
        self._arm()


class Lane:
    """One run's way through the pace of its key, entered for as long as the run lasts.

    Its own requests keep the distance of its `rpm` requests a minute, counted from `last_at` on the loop's clock. Until
    its next one may go out it keeps its place in the line, and others go before it.
    """

    def __init__(self, pace: Pace, session: str, rpm: float) -> None:
        self.pace = pace
        self.session = session
        self.rpm = rpm
        self.last_at = -math.inf

    def __enter__(self) -> Lane:
        self.pace.enter(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.pace.leave(self)

    @property
    def next_at(self) -> float:
        """When the run's next request may go out, on the loop's clock."""
        return self.last_at + self.pace.distance(self.rpm)

    async def turn(self) -> None:
        """Wait until the next request of this run may go out."""
        await self.pace.turn(self)
