"""The one way from ordinary code into an event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from contextvars import copy_context
from typing import Any, TypeVar

T = TypeVar("T")


def run_in_loop(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in a thread with an event loop of its own, and wait for what it gives or raises.

    So it also works where a loop runs already, as in a notebook. An interrupt (Ctrl-C) cancels the coroutine: what
    it still gives is returned, else KeyboardInterrupt is raised.

    >>> run_in_loop(asyncio.sleep(0, "done"))
    'done'
    """
    begun: Future[Callable[[], object]] = Future()
    ended: Future[T] = Future()

    async def main() -> T:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        begun.set_result(lambda: loop.call_soon_threadsafe(task.cancel))
        return await work

    def run() -> None:
        try:
            ended.set_result(asyncio.run(main()))
        except BaseException as error:  # noqa: BLE001  # it is raised where the work was asked for
            ended.set_exception(error)

    try:
        # In here, since most of a start is spent waiting, and an interrupt may come while the work goes on already.
        # What is said in there is said in the language that is spoken here.
        threading.Thread(target=copy_context().run, args=(run,), name="loop").start()
        return ended.result()
    except KeyboardInterrupt:
        with suppress(RuntimeError):  # it may just have come to its end, and its loop is closed
            begun.result()()
    try:
        return ended.result()
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
