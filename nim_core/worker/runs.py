"""The dashboard's side of the worker: start a run, watch it, stop it, find it again."""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from functools import cache

from nim_core.children import child_environment
from nim_core.errors import WorkerError
from nim_core.settings import Settings
from nim_core.values.experiment import Experiment
from nim_core.values.visitor import Visitor
from nim_core.words import N_

from .orders import StartOrder, StopOrder, decode_event, encode_order
from .view import RunView

KEPT_VIEWS = 200
"""Beyond so many, views of runs that have ended are forgotten."""


@dataclass(frozen=True, slots=True)
class _Watched:
    """The view of a run, and the worker process that it was given to."""

    view: RunView
    process: subprocess.Popen[bytes]

    @property
    def goes_on(self) -> bool:
        return self.view.ended is None and self.process.poll() is None


class Runs:
    """One worker process and a view of each of its runs; safe to use from all sessions' threads.

    The worker is started when first needed and again when it has died. `shared`: the server is for several people,
    and the worker holds their calls to its rules.
    """

    def __init__(self, *, shared: bool = False) -> None:
        self._shared = shared
        self._lock = threading.RLock()
        self._process: subprocess.Popen[bytes] | None = None
        self._watched: dict[str, _Watched] = {}

    def start_worker(self) -> subprocess.Popen[bytes]:
        """The worker process, started if it is not running. Raises WorkerError when it cannot be started."""
        with self._lock:
            if self._process is not None and self._process.poll() is None:
                return self._process
            try:
                process = subprocess.Popen(  # noqa: S603  # our own program, called with a number
                    [sys.executable, "-P", "-m", "nim_core.worker", str(os.getpid())],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    env=child_environment() | ({"NIM_LAB_SHARED": "1"} if self._shared else {}),
                    start_new_session=True,  # Ctrl-C in the terminal reaches the server alone, which then ends it
                )
            except OSError as error:
                raise WorkerError(
                    N_("The process that sends the prompts cannot be started: {reason}. Start the dashboard again."),
                    reason=error,
                ) from None
            self._process = process
            threading.Thread(target=self._listen, args=(process,), name="worker-events", daemon=True).start()
            return process

    def start(self, experiment: Experiment, *, total: int, key: str | None, visitor: Visitor) -> RunView:
        """Run an experiment's missing cells, `total` of them; a run that is going on is found, not started again."""
        with self._lock:
            earlier = self._watched.get(experiment.id)
            if earlier and earlier.goes_on:
                return earlier.view
            process = self.start_worker()
            if earlier:
                del self._watched[experiment.id]
                earlier.view.interrupt()  # its worker may be dead without anybody having been told
            view = RunView(experiment, total)
            self._watched[experiment.id] = _Watched(view, process)
            self._forget_ended()
            self._order(StartOrder(experiment, visitor, key))
        return view

    def stop(self, experiment_id: str) -> None:
        """Ask the worker to stop a run; its view tells when it has."""
        with self._lock:
            self._order(StopOrder(experiment_id))

    def view(self, experiment_id: str) -> RunView | None:
        """The view of a run that is going on or ended since the server started."""
        watched = self._watched.get(experiment_id)
        return watched.view if watched else None

    @property
    def worker_pid(self) -> int | None:
        """The worker's process id, None when it does not run."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def close(self) -> None:
        """End the worker; it stops its runs and keeps what has arrived."""
        with self._lock:
            process, self._process = self._process, None
        if process is None or process.stdin is None:
            return
        process.stdin.close()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()

    def _forget_ended(self) -> None:
        """Forget the oldest views of runs that have ended, beyond KEPT_VIEWS."""
        ended = [id_ for id_, each in self._watched.items() if each.view.ended is not None]
        for id_ in ended[: max(len(self._watched) - KEPT_VIEWS, 0)]:
            del self._watched[id_]

    def _order(self, order: StartOrder | StopOrder) -> None:
        if self._process is None or self._process.stdin is None:
            return
        try:
            self._process.stdin.write(encode_order(order))
            self._process.stdin.flush()
        except OSError:
            self._interrupt(self._process)

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            if not line.endswith(b"\n"):
                break  # killed in the middle of a line
            experiment_id, event = decode_event(line)
            watched = self._watched.get(experiment_id)
            if watched and watched.process is process:
                watched.view.take(event)
        # Its pipe closes a moment before it is gone: until then it would be taken for alive.
        process.wait()
        self._interrupt(process)

    def _interrupt(self, process: subprocess.Popen[bytes]) -> None:
        """Tell those who watch a run of a dead worker that it has ended."""
        with self._lock:
            views = [each.view for each in self._watched.values() if each.process is process]
        for view in views:
            view.interrupt()


@cache
def runs_of(settings: Settings) -> Runs:
    """The one Runs of this process for these settings."""
    runs = Runs(shared=settings.shared)
    atexit.register(runs.close)
    return runs
