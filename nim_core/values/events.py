"""What a run says while it goes on: frozen values that travel as JSON lines from the worker to the dashboard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nim_core.values.preparation import Progress

from .generation import Generation

Outcome = Literal["done", "stopped", "parked", "refused", "failed", "interrupted"]


@dataclass(frozen=True, slots=True)
class Preparing:
    """The built-in model is being fetched, checked or started."""

    progress: Progress


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence for the person who watches."""

    text: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A request of this cell goes out now; a further attempt begins the answer anew."""

    set: str
    repeat: int
    attempt: int


@dataclass(frozen=True, slots=True)
class Arrived:
    """A further piece of a cell's answer or reasoning."""

    set: str
    repeat: int
    text: str
    reasoning: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A cell waits before it is sent again, for this many seconds and this reason."""

    set: str
    repeat: int
    seconds: float
    why: str


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
class Ended:
    """The run is over.

    `outcome`: done (every cell has a row), stopped (by a person), parked (the rate limit), refused (the
    cells left must fail for the same reason), failed (it could not begin, or the store or the built-in model
    failed), interrupted (the worker died).
    `resume_after_s` is how long a parked run should rest.
    """

    outcome: Outcome
    sentence: str
    resume_after_s: float | None = None


Event = Preparing | Notice | Sent | Arrived | Waiting | Queued | Finished | Ended
