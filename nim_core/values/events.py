"""What a run says while it goes on: frozen values that travel as JSON lines from the worker to the dashboard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from .generation import Generation
from .piece import Piece

Stage = Literal["fetching", "checking", "starting"]
Outcome = Literal["done", "stopped", "parked", "refused", "failed", "interrupted"]
Ending = Literal[
    "all_in",
    "stopped",
    "stopped_complete",
    "rate_limited",
    "hour_spent",
    "refused",
    "store_failed",
    "model_failed",
    "store_unusable",
    "not_begun",
    "program_failed",
    "worker_gone",
    "told",
]
"""Each way in which a run ends: the code of the sentence that nim_core.analysis.telling makes of it."""


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


@dataclass(frozen=True, slots=True)
class Preparing:
    """The built-in model is being fetched, checked or started."""

    progress: Progress


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that the person who watches should know, as a code."""

    code: Literal["local_model_restarted"]


@dataclass(frozen=True, slots=True)
class Sent:
    """A request of this cell goes out now; a further attempt begins the answer anew."""

    set: str
    repeat: int
    attempt: int


@dataclass(frozen=True, slots=True)
class Arrived:
    """A further piece of a cell's answer."""

    set: str
    repeat: int
    piece: Piece


@dataclass(frozen=True, slots=True)
class Waiting:
    """A cell waits before it is sent again, for this many seconds: `kind` is the error kind of its failure."""

    set: str
    repeat: int
    seconds: float
    kind: str


@dataclass(frozen=True, slots=True)
class Queued:
    """A cell waits for a slot of the built-in model, and this many calls are before it."""

    set: str
    repeat: int
    before: int


@dataclass(frozen=True, slots=True)
class Finished:
    """A cell is over: the generation that stands in the store for it.

    `http_status` is that of a refusal, None where there was none.
    """

    generation: Generation
    http_status: int | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a server refused: an error kind, the server's own wording, and the parameters that it names."""

    kind: str
    detail: str = ""
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ended:
    """The run is over; nim_core.telling says it in words.

    `outcome`: done (every cell has a row), stopped (by a person), parked (the rate limit), refused (the
    cells left must fail for the same reason), failed (it could not begin, or the store or the built-in model
    failed), interrupted (the worker died).
    `code` tells the ways to one outcome apart, and the others are its values: how many calls of "all_in" failed, what
    was "refused", the visitor's requests an hour that are "hour_spent", how long a parked run should rest, and the own
    words of a fault. Of an ending "told", from a store of an earlier shape, they are the whole sentence.
    """

    outcome: Outcome
    code: Ending
    failures: int = 0
    refusal: Refusal | None = None
    hourly: int | None = None
    resume_after_s: float | None = None
    detail: str = ""


Event = Preparing | Notice | Sent | Arrived | Waiting | Queued | Finished | Ended
