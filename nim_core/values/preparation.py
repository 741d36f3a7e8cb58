"""How far the built-in model is on its way to its first answer."""

from __future__ import annotations

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
