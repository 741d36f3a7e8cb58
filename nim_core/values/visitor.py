"""Who asks for a run: what they share with others, and what is theirs alone."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Visitor:
    """One browser tab as the worker knows it.

    `session` takes turns with other sessions at a key's pace. `workspace` owns all that is kept of the run; None on a
    server of one person, who sees everything. `hourly` is how many requests an hour this visitor may send with a key
    that is not their own, None for no limit.
    """

    session: str = ""
    workspace: str | None = None
    hourly: int | None = None
