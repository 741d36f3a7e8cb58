"""The process that the runner lives in, for the dashboard: `python -m nim_core.worker PARENT`.

Orders come as JSON lines on stdin, events go as JSON lines to stdout. When stdin closes, or PARENT is no longer
this process's parent, every run is stopped and the process ends. A key comes with its run, stays in memory for
that run, and is written nowhere.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import queue
import sys
import threading
from collections.abc import Callable
from functools import partial

from nim_core.children import watch_parent
from nim_core.errors import NimLabError
from nim_core.history import History, open_history
from nim_core.logs import guard_logs
from nim_core.run.connections import Connections
from nim_core.run.endings import PROGRAM_FAILED, STOPPED, not_begun
from nim_core.run.runner import Run
from nim_core.settings import Settings
from nim_core.values.events import Arrived, Ended, Event
from nim_core.values.piece import Piece, joined

from .orders import StartOrder, StopOrder, decode_order, encode_event

FLUSH_S = 0.1
LINE_LIMIT = 256 * 1024 * 1024


class Outbox:
    """Collects events and writes them from its own thread, so that a slow reader delays no time stamp.

    Pieces of one answer that arrive within FLUSH_S become one event.
    """

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._pieces: dict[tuple[str, str, int], list[Piece]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._thread = threading.Thread(target=self._write_all, name="outbox", daemon=True)
        self._thread.start()

    def put(self, experiment_id: str, event: Event) -> None:
        """Send an event, or hold it briefly when it is a piece of an answer."""
        if isinstance(event, Arrived):
            self._pieces.setdefault((experiment_id, event.set, event.repeat), []).append(event.piece)
            if self._timer is None:
                self._timer = asyncio.get_running_loop().call_later(FLUSH_S, self._flush)
            return
        self._flush()
        self._lines.put(encode_event(experiment_id, event))

    def close(self) -> None:
        """Write what is left and end the thread."""
        self._flush()
        self._lines.put(None)
        self._thread.join(timeout=5)

    def _flush(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        lines = [
            encode_event(experiment_id, Arrived(set_, repeat, joined(pieces)))
            for (experiment_id, set_, repeat), pieces in self._pieces.items()
        ]
        if lines:
            self._lines.put(b"".join(lines))  # together, so that the thread is woken once
        self._pieces.clear()

    def _write_all(self) -> None:
        while (line := self._lines.get()) is not None:
            try:
                self._write(line)
            except OSError:
                return


class Worker:
    """Takes orders and keeps the runs that are going on."""

    def __init__(self, settings: Settings, outbox: Outbox) -> None:
        self._connections = Connections(settings)
        self._history: asyncio.Task[History] | None = None
        self._settings = settings
        self._outbox = outbox
        self._runs: dict[str, Run] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def take(self, line: bytes) -> None:
        """Carry out one order."""
        order = decode_order(line)
        if isinstance(order, StopOrder):
            self._stop(order.experiment_id)
        elif order.experiment.id not in self._tasks:
            task = self._tasks[order.experiment.id] = asyncio.create_task(self._run(order))
            task.add_done_callback(partial(self._over, order.experiment.id))

    async def close(self) -> None:
        """Stop every run, keep what has arrived, and end the built-in model."""
        tasks = dict(self._tasks)
        for experiment_id in tasks:
            self._stop(experiment_id)
        if tasks:
            await asyncio.wait(tasks.values(), timeout=10)
        await self._connections.close()

    def _stop(self, experiment_id: str) -> None:
        """Stop a run, also one whose store is still being opened."""
        if run := self._runs.get(experiment_id):
            run.stop()
        elif task := self._tasks.get(experiment_id):
            task.cancel()

    def _over(self, experiment_id: str, task: asyncio.Task[None]) -> None:
        del self._tasks[experiment_id]
        if task.cancelled():
            self._outbox.put(experiment_id, STOPPED)

    async def _run(self, order: StartOrder) -> None:
        experiment = order.experiment

        def emit(event: Event) -> None:
            if isinstance(event, Ended) and event.outcome == "failed":
                # A shared server's visitors are not told the words of a fault of the store.
                logging.getLogger(__name__).error(event.detail)
            self._outbox.put(experiment.id, event)

        try:
            history = (await self._open_history()).of(order.visitor.workspace)
            access = self._connections.access(experiment.endpoint, order.key)
            run = Run(experiment, access, self._connections, history, emit, visitor=order.visitor)
            self._runs[experiment.id] = run
            await run.go()
        except NimLabError as error:
            emit(not_begun(error))
        except Exception:  # one run's fault must end neither the worker nor other runs
            logging.getLogger(__name__).exception("A run ended by a fault of this program")
            self._outbox.put(experiment.id, PROGRAM_FAILED)
        finally:
            self._runs.pop(experiment.id, None)

    async def _open_history(self) -> History:
        """The history; while it is opened, which may take as long as somebody locks it, other runs go on."""
        if self._history is None or (self._history.done() and self._history.exception()):
            self._history = asyncio.create_task(asyncio.to_thread(open_history, self._settings))
        return await asyncio.shield(self._history)


async def _main() -> None:
    guard_logs()
    loop = asyncio.get_running_loop()
    stdin = asyncio.StreamReader(limit=LINE_LIMIT)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(stdin), sys.stdin.buffer)
    outbox = Outbox(_write_to_stdout)
    worker = Worker(Settings(), outbox)
    # What is loaded by now stays: a full collection over it would stop the clock of every call for 40 ms.
    gc.collect()
    gc.freeze()
    gone = asyncio.Event()
    watch_parent(int(sys.argv[1]), lambda: loop.call_soon_threadsafe(gone.set))
    ends = [asyncio.create_task(_take_orders(worker, stdin)), asyncio.create_task(gone.wait())]
    ended, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    await worker.close()
    outbox.close()
    for each in ended:
        each.result()


async def _take_orders(worker: Worker, stdin: asyncio.StreamReader) -> None:
    while line := await stdin.readline():
        worker.take(line)


def _write_to_stdout(line: bytes) -> None:
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()


def main() -> None:
    """Take orders until stdin closes or the parent is gone."""
    asyncio.run(_main())
