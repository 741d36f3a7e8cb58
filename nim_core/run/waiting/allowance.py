"""How many requests an hour one visitor may send with the operator's key."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable

HOUR_S = 3600.0


class Allowance:
    """At most `limit` requests in any hour; begun from the meter, so that a restart forgets none.

    `sent` are the moments (Unix time, seconds, oldest first) of the requests that count already.
    """

    def __init__(self, limit: int, sent: Iterable[float], now: Callable[[], float] = time.time) -> None:
        self.limit = limit
        self._now = now
        self._sent = deque(sent)

    def take(self) -> float | None:
        """Count a request that goes out now; None when it may, else the seconds until the next one may."""
        now = self._now()
        while self._sent and self._sent[0] <= now - HOUR_S:
            self._sent.popleft()
        if len(self._sent) >= self.limit:
            return self._sent[-self.limit] + HOUR_S - now
        self._sent.append(now)
        return None
