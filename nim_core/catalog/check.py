"""Is this key good? Read from a trial, which the worker sends: the hosted list of models answers any key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nim_core.errors import KINDS
from nim_core.worker.view import RunView

Verdict = Literal["good", "good_not_served", "refused", "no_credits", "not_known"]

_NOT_SERVED = ("model_unknown", "model_not_entitled", "model_retired")
_ACCEPTED = ("bad_parameter", "context_overflow", "empty_reply")


@dataclass(frozen=True, slots=True)
class KeyCheck:
    """What one call with one token told about a key, as a verdict and a sentence."""

    verdict: Verdict
    sentence: str


def judged(trial: RunView) -> KeyCheck:
    """The verdict on the key that a trial, which has ended, was sent with."""
    model, finished = trial.experiment.model, trial.newest
    outcome = finished.generation.error if finished else None
    if finished is None or finished.generation.status == "cancelled":
        return KeyCheck("not_known", f"Not known: {unanswered(trial)}")
    if outcome is None or outcome in _ACCEPTED:
        return KeyCheck("good", f"The key is good: {model} answered.")
    if outcome in _NOT_SERVED:
        return KeyCheck(
            "good_not_served",
            f"The key is good, but {model} is not served to it. Choose another model on the Models page.",
        )
    if outcome == "key_missing":
        return KeyCheck("refused", "The server asks for a key and none was sent. Paste one above.")
    if outcome == "key_refused":
        return KeyCheck("refused", _refusal(finished.http_status))
    advice = KINDS[outcome].advice
    if outcome == "credits_exhausted":
        return KeyCheck("no_credits", f"The key is good, but its account has no credits left. {advice}")
    if outcome == "rate_limited":
        return KeyCheck(
            "not_known",
            "Not known: the server takes no more requests from this key for now. Wait some minutes before you check "
            "again, since each try makes the wait longer.",
        )
    return KeyCheck("not_known", f"Not known: {finished.generation.error_text} {advice}")


def unanswered(trial: RunView) -> str:
    """Why a trial, which has ended, brought no answer and no refusal."""
    assert trial.ended is not None
    if trial.ended.outcome == "stopped":
        return "Stopped before an answer came."
    if trial.ended.outcome == "interrupted":
        return "The process that asked ended before an answer came. Try again."
    return trial.ended.sentence


def _refusal(status: int | None) -> str:
    if status == 401:
        return "The key was refused as malformed: it was probably not copied whole. Copy it again and paste it above."
    return (
        "The key was refused: it is wrong, revoked or expired. "
        "Make a new one at https://build.nvidia.com/settings/api-keys."
    )
