"""How a run ended, as a code with its values."""

from __future__ import annotations

from collections.abc import Sequence

from nim_core.errors import CallError, LocalModelError, NimLabError, StoreError
from nim_core.values.events import Ended, Refusal
from nim_core.values.generation import Generation

PARKED_REST_S = 20 * 60.0
"""Repeated refusals by the hosted catalog's rate limit lock a model out for 20 minutes or more."""

STOPPED = Ended("stopped", "stopped")
PROGRAM_FAILED = Ended("failed", "program_failed")


def failed(fault: StoreError | LocalModelError) -> Ended:
    """The store or the built-in model failed."""
    return Ended("failed", "store_failed" if isinstance(fault, StoreError) else "model_failed", detail=str(fault))


def not_begun(fault: NimLabError) -> Ended:
    """The run could not begin: nothing was sent."""
    return Ended("failed", "store_unusable" if isinstance(fault, StoreError) else "not_begun", detail=str(fault))


def spent(limit: int, wait_s: float) -> Ended:
    """The visitor's requests of this hour with the operator's key are used up."""
    return Ended("parked", "hour_spent", hourly=limit, resume_after_s=wait_s)


def refused_or_parked(error: CallError) -> Ended:
    """A refusal that every further call would meet."""
    if error.kind.key == "rate_limited":
        return Ended("parked", "rate_limited", resume_after_s=PARKED_REST_S)
    return Ended("refused", "refused", refusal=Refusal(error.kind.key, error.detail, error.fields))


def done(failures: int) -> Ended:
    """Every cell has its row."""
    return Ended("done", "all_in", failures=failures)


def all_in(ended: Ended, generations: Sequence[Generation]) -> Ended:
    """The end of a run that leaves no cell to resume: what it did not finish, another run has.

    A refusal that stands in a row is told all the same.
    """
    failures = sum(each.status == "error" for each in generations)
    if ended.outcome == "stopped":
        return Ended("stopped", "stopped_complete")
    return done(failures) if ended.outcome in ("parked", "failed") or not failures else ended
