"""An event loop whose clock stands still while anything happens, and jumps to the next timer when nothing does."""

from __future__ import annotations

import asyncio
import selectors


class _Skipping(selectors.SelectSelector):
    """Waits for nothing: a time-out has passed at once."""

    now = 0.0

    def select(self, timeout=None):
        found = super().select(0 if timeout is not None else None)
        if not found and timeout:
            self.now += timeout
        return found


class VirtualTime(asyncio.SelectorEventLoop):
    """A minute of waiting takes no time, and what happens after it happens at exactly that moment."""

    def __init__(self) -> None:
        self._skipping = _Skipping()
        super().__init__(self._skipping)

    def time(self) -> float:
        return self._skipping.now
