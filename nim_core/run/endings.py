"""How a run ended, in words for the person who waits for it."""

from __future__ import annotations

from collections.abc import Sequence

from nim_core.errors import CallError, LocalModelError, StoreError
from nim_core.values.events import Ended
from nim_core.values.generation import Generation

PARKED_REST_S = 20 * 60.0
"""Repeated refusals by the hosted catalog's rate limit lock a model out for 20 minutes or more."""

STOPPED = Ended("stopped", "Stopped. The finished answers are kept; Resume runs the missing ones.")


def failed(fault: StoreError | LocalModelError) -> Ended:
    """The store or the built-in model failed."""
    return Ended("failed", f"{fault} The finished answers are kept; Resume runs the missing ones.")


def spent(limit: int, wait_s: float) -> Ended:
    """The visitor's requests of this hour with the operator's key are used up."""
    return Ended(
        "parked",
        f"The key of this server's operator gives each visitor {limit:,} requests an hour, and yours are used up. "
        f"The finished answers are kept: resume in about {max(wait_s / 60, 1):.0f} minutes, or enter a key of your "
        "own on the Connect page.",
        wait_s,
    )


def refused_or_parked(error: CallError) -> Ended:
    """A refusal that every further call would meet."""
    if error.kind.key == "rate_limited":
        return Ended(
            "parked",
            "The server allows no more requests for now, so the run is parked. The finished answers are kept. "
            f"Asking again soon makes the wait longer: resume in about {PARKED_REST_S / 60:.0f} minutes.",
            PARKED_REST_S,
        )
    return Ended("refused", f"{error} {error.kind.advice}")


def done(failures: int) -> Ended:
    """Every cell has its row."""
    if failures:
        return Ended("done", f"The run is over. Calls that failed: {failures}; each row says why.")
    return Ended("done", "All answers are in.")


def all_in(ended: Ended, generations: Sequence[Generation]) -> Ended:
    """The end of a run that leaves no cell to resume: what it did not finish, another run has.

    A refusal that stands in a row is told all the same.
    """
    failures = sum(each.status == "error" for each in generations)
    if ended.outcome == "stopped":
        return Ended("stopped", "Stopped. No answer is missing.")
    return done(failures) if ended.outcome in ("parked", "failed") or not failures else ended
