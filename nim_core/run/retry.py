"""Which failed calls are sent again, and after how long."""

from __future__ import annotations

import random
from dataclasses import dataclass

from nim_core.errors import CallError


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """The waits in seconds before each further attempt, by family of failure.

    A server's Retry-After takes the place of `rate_limited`'s waits, up to `longest`.
    """

    transient: tuple[float, ...] = (1.0, 4.0)
    timeout: tuple[float, ...] = (1.0,)
    rate_limited: tuple[float, ...] = (5.0, 15.0, 45.0)
    longest: float = 120.0

    def wait_before_next(self, failures: list[CallError], *, bytes_seen: bool) -> float | None:
        """Seconds to wait after the last of `failures`, or None when it is not sent again.

        `bytes_seen` tells whether any byte of the last answer had arrived: a time-out after that
        is not sent again.

        >>> RetryPolicy().wait_before_next([CallError("bad_parameter")], bytes_seen=False) is None
        True
        """
        last = failures[-1]
        if not last.kind.retried or (last.kind.key == "timeout" and bytes_seen):
            return None
        waits = {"timeout": self.timeout, "rate_limited": self.rate_limited}.get(last.kind.key, self.transient)
        family = [failure for failure in failures if self._family(failure) == self._family(last)]
        if len(family) > len(waits):
            return None
        if last.retry_after is not None:
            return min(max(last.retry_after, 0.0), self.longest)
        return waits[len(family) - 1] * random.uniform(0.9, 1.1)

    @staticmethod
    def _family(failure: CallError) -> str:
        return failure.kind.key if failure.kind.key in ("timeout", "rate_limited") else "transient"


ONCE = RetryPolicy(transient=(), timeout=(), rate_limited=())
