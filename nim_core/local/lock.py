"""A lock between processes that ends with its holder, however that ends."""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _take(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


_HELD = (errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK)


@contextmanager
def locked(path: Path, wait: Callable[[], None]) -> Iterator[None]:
    """Holds the lock file at `path`, calling `wait` between tries while another holds it.

    The file is made if need be and stays, empty: removing it could let two holders in.
    `wait` must pause, and may raise to give up. Raises OSError where the file system cannot lock.
    """
    with path.open("ab") as file:
        while not _taken(file.fileno()):
            wait()
        yield


def _taken(descriptor: int) -> bool:
    try:
        _take(descriptor)
    except OSError as problem:
        if problem.errno in _HELD:
            return False
        raise
    return True
