"""The time that is left of a fetch or a check, from its byte counts."""

from __future__ import annotations

import time

from nim_core.values.events import Progress, Stage


class Tally:
    """Turns byte counts of one stage into Progress, with the time left at the average pace so far."""

    def __init__(self, stage: Stage, total_bytes: int) -> None:
        self._stage: Stage = stage
        self._total = total_bytes
        self._first: tuple[float, int] | None = None

    def at(self, done_bytes: int) -> Progress:
        """The progress at this byte count; the time left is unknown until bytes have been seen to come."""
        now, done = time.monotonic(), min(done_bytes, self._total)
        if self._first is None or done == 0:  # looking for the file is no part of the pace
            self._first = (now, done)
        since, before = self._first
        left = (self._total - done) * (now - since) / (done - before) if done > before else None
        return Progress(self._stage, done, self._total, left)
