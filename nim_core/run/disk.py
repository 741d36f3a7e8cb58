"""The thread that a run writes from."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from nim_core.errors import StoreError

T = TypeVar("T")


class Disk:
    """Does a run's work with the store in a thread of its own, so that the disk never delays a time stamp.

    After a StoreError nothing more is tried: a locked store lets each write wait for long, and those
    that queue behind it would wait in turn.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store")
        self._fault: StoreError | None = None

    async def do(self, work: Callable[..., T], *arguments: object) -> T:
        """Do one piece of work after those before it. Raises StoreError, the first one again and again."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._try, work, *arguments)

    def close(self) -> None:
        """Take no more work."""
        self._thread.shutdown(wait=False)

    def _try(self, work: Callable[..., T], *arguments: object) -> T:
        if self._fault:
            raise self._fault
        try:
            return work(*arguments)
        except StoreError as fault:
            self._fault = fault
            raise
