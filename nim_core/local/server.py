"""The manager of the built-in model's process: starts it, hands out its address, starts it again, ends it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nim_core.errors import LocalModelError
from nim_core.values.events import OnProgress, Progress
from nim_core.words import N_

from .child import Child
from .fetch import TICK_S, stopped
from .weights import ensure_weights

if TYPE_CHECKING:
    from nim_core.settings import Settings


@dataclass(frozen=True, slots=True)
class Address:
    """Where the built-in model answers: its base URL, the key it asks for, and whether it had died before."""

    url: str
    key: str = field(repr=False)
    restarted: bool = False


class LocalServer:
    """Owns one child process that serves the built-in model; safe to call from many threads.

    Beside the caller's settings its whole state is the running child (or None) and whether one is missing.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._turn = threading.Lock()
        self._closing = threading.Event()
        self._latest: Progress | None = None
        self._child: Child | None = None

    @property
    def pid(self) -> int | None:
        """The child's process id, None when it does not run."""
        child = self._child
        return child.process.pid if child is not None and child.process.poll() is None else None

    def ensure(self, on_progress: OnProgress, abort: threading.Event | None = None) -> Address:
        """The address of the running model; fetches the weights and starts the child where need be.

        Blocks; one caller does the work and the others wait for it, all with progress. `restarted` is True
        for the first caller after the child died by itself. Setting `abort`, or an exception from
        `on_progress`, ends this call; when it was the one doing the work, the next in line begins anew.
        Raises LocalModelError.
        """
        abort = abort or threading.Event()
        while not self._turn.acquire(timeout=TICK_S):
            if abort.is_set():
                raise stopped()
            if self._latest is not None:
                on_progress(self._latest)
        try:
            return self._ensure_alone(on_progress, abort)
        finally:
            self._latest = None
            self._turn.release()

    def close(self) -> None:
        """Ends the child, or the start that is going on; the manager cannot be used again."""
        self._closing.set()
        with self._turn:
            if self._child is not None:
                self._child.end()
                self._child = None

    def _ensure_alone(self, on_progress: OnProgress, abort: threading.Event) -> Address:
        died = self._child is not None and self.pid is None
        if self._child is not None and not died:
            return Address(self._child.url, self._child.key)

        def report(progress: Progress) -> None:
            if self._closing.is_set() or abort.is_set():
                raise stopped()
            self._latest = progress
            on_progress(progress)

        report(Progress("checking"))
        gguf = ensure_weights(self._settings, report, abort)
        try:
            child = Child(gguf)
        except OSError as problem:
            message = N_("No process can be started for the built-in model: {reason}.")
            raise LocalModelError(message, reason=problem.strerror) from problem
        try:
            child.wait_until_ready(lambda: report(Progress("starting")))
        except BaseException:
            child.end()
            raise
        if self._child is not None:
            self._child.end()
        self._child = child
        return Address(child.url, child.key, restarted=died)
