"""Is this key good? Read from a trial, which the worker sends: the hosted list of models answers any key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nim_core.values.events import Ended
from nim_core.values.generation import Generation
from nim_core.worker.view import RunView

Verdict = Literal[
    "good", "good_not_served", "no_credits", "missing", "malformed", "refused", "too_many", "failed", "unanswered"
]

_VERDICTS: dict[str, Verdict] = {
    "bad_parameter": "good",
    "context_overflow": "good",
    "empty_reply": "good",
    "model_unknown": "good_not_served",
    "model_not_entitled": "good_not_served",
    "model_retired": "good_not_served",
    "credits_exhausted": "no_credits",
    "key_missing": "missing",
    "key_refused": "refused",
    "rate_limited": "too_many",
}
"""What an error kind tells about the key; any other tells nothing."""


@dataclass(frozen=True, slots=True)
class KeyCheck:
    """What one call with one token told about a key.

    The key is known for good or not with every verdict but "too_many", "failed" (`failure` says how) and "unanswered"
    (`ended` says why).
    """

    verdict: Verdict
    model: str
    failure: Generation | None = None
    ended: Ended | None = None


def judged(trial: RunView) -> KeyCheck:
    """The verdict on the key that a trial, which has ended, was sent with."""
    model, finished = trial.experiment.model, trial.newest
    if finished is None or finished.generation.status == "cancelled":
        return KeyCheck("unanswered", model, ended=trial.ended)
    error = finished.generation.error
    if error is None:
        return KeyCheck("good", model)
    if error == "key_refused" and finished.http_status == 401:
        return KeyCheck("malformed", model)
    verdict = _VERDICTS.get(error, "failed")
    return KeyCheck(verdict, model, failure=finished.generation if verdict == "failed" else None)
