"""What a page sees of a run while it goes on: the newest answer of each set, counts, and how it ended."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field, replace

from nim_core.values.events import Arrived, Ended, Event, Finished, Notice, Preparing, Queued, Sent, Waiting
from nim_core.values.experiment import Experiment
from nim_core.values.generation import Generation
from nim_core.values.piece import Token


@dataclass(frozen=True, slots=True)
class Pane:
    """The newest answer of one set, as far as it has arrived.

    `sent_at` (None while nothing is on its way) and `first_at` are on the monotonic clock; `waiting` and `queued` say
    why nothing is on its way.
    """

    set: str
    repeat: int = 0
    attempt: int = 0
    text: str = ""
    thinking: str = ""
    tokens: tuple[Token, ...] = ()
    sent_at: float | None = None
    first_at: float | None = None
    last_at: float | None = None
    waiting: Waiting | None = None
    queued: Queued | None = None
    done: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class Look:
    """A run at one moment."""

    panes: tuple[Pane, ...]
    finished: int
    failed: int
    preparing: Preparing | None
    notices: tuple[Notice, ...]
    ended: Ended | None
    last_failure: Generation | None


@dataclass
class RunView:
    """Collects a run's events; `look()` and `wait()` may be called from any thread.

    `total` is how many cells the run sends; `began` and `answering_since` are when it was ordered and when the
    first request went out, on the monotonic clock; `newest` is the last generation that is over.
    """

    experiment: Experiment
    total: int
    began: float = field(default_factory=time.monotonic)
    answering_since: float | None = None
    newest: Finished | None = None
    ended: Ended | None = None

    def __post_init__(self) -> None:
        self._changed = threading.Condition()
        self._panes = {each.name: Pane(each.name) for each in self.experiment.sets}
        self._preparing: Preparing | None = None
        self._notices: list[Notice] = []
        self._last_failure: Generation | None = None

    def look(self) -> Look:
        """The run as it is now."""
        with self._changed:
            panes = tuple(self._panes.values())
            return Look(
                panes=panes,
                finished=sum(pane.done for pane in panes),
                failed=sum(pane.failed for pane in panes),
                preparing=self._preparing,
                notices=tuple(self._notices),
                ended=self.ended,
                last_failure=self._last_failure,
            )

    def wait(self, seconds: float) -> bool:
        """Return when the run has ended, or after some seconds; whether it has ended."""
        with self._changed:
            return self._changed.wait_for(lambda: self.ended is not None, timeout=seconds)

    def take(self, event: Event) -> None:
        """Note an event."""
        with self._changed:
            match event:
                case Ended():
                    self.ended = event
                    self._changed.notify_all()
                case Preparing():
                    self._preparing = event
                case Notice():
                    self._notices.append(event)
                case Finished():
                    self.newest = event
                    self._finished(event.generation)
                case Queued():
                    self._preparing = None
                    self._panes[event.set] = _queued(self._panes[event.set], event)
                case Sent() | Arrived() | Waiting():
                    self._preparing = None
                    self.answering_since = self.answering_since or time.monotonic()
                    self._panes[event.set] = _stepped(self._panes[event.set], event)

    def interrupt(self) -> None:
        """The worker died: a run that was going on has ended."""
        if self.ended is None:
            self.take(Ended("interrupted", "worker_gone"))

    def _finished(self, generation: Generation) -> None:
        pane = self._panes[generation.set]
        failed = generation.status == "error"
        pane = replace(pane, done=pane.done + 1, failed=pane.failed + failed)
        if generation.repeat == pane.repeat:  # nothing of this set is on its way, unless a later repeat is
            pane = replace(pane, sent_at=None, waiting=None, queued=None)
        self._panes[generation.set] = pane
        if failed:
            self._last_failure = generation


def _stepped(pane: Pane, event: Sent | Arrived | Waiting) -> Pane:
    now = time.monotonic()
    if isinstance(event, Sent):
        return Pane(pane.set, event.repeat, event.attempt, sent_at=now, done=pane.done, failed=pane.failed)
    if event.repeat != pane.repeat:
        return pane
    if isinstance(event, Waiting):
        return replace(pane, waiting=event, queued=None)
    piece = event.piece
    pane = replace(
        pane,
        text=pane.text + piece.text,
        thinking=pane.thinking + piece.thinking,
        tokens=pane.tokens + piece.tokens,
    )
    # Tokens alone are no text that has come: a server may tell of such as it leaves out.
    return replace(pane, first_at=pane.first_at or now, last_at=now) if piece.text or piece.thinking else pane


def _queued(pane: Pane, event: Queued) -> Pane:
    """The pane tells the foremost of its calls that wait, while none of them is on its way."""
    going = pane.sent_at is not None and event.repeat != pane.repeat
    behind = pane.queued is not None and event.repeat > pane.queued.repeat
    return pane if going or behind else replace(pane, waiting=None, queued=event)
