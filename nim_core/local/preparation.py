"""How far the built-in model is on its way to its first answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Stage = Literal["fetching", "checking", "starting"]


@dataclass(frozen=True, slots=True)
class Progress:
    """One moment on the way to a running model; `total_bytes` and `seconds_left` are None where unknown.

    >>> Progress("fetching", 46_435_520, 92_871_040, 12.5).fraction
    0.5
    """

    stage: Stage
    done_bytes: int = 0
    total_bytes: int | None = None
    seconds_left: float | None = None

    @property
    def fraction(self) -> float | None:
        """The part that is done, from 0 to 1; None where the total is unknown."""
        return self.done_bytes / self.total_bytes if self.total_bytes else None


OnProgress = Callable[[Progress], None]


class Pace:
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
