"""Endings, failures, waits and notices in words: inside they are codes with values, and whoever shows one asks here.

What was stored long ago is told in the words of today.
"""

from __future__ import annotations

from nim_core.errors import KINDS, CallError, call_sentence
from nim_core.values.events import Ended, Ending, Notice, Refusal, Waiting
from nim_core.values.generation import Generation
from nim_core.words import N_, _, _n, said, seconds

_ENDINGS: dict[Ending, str] = {
    "stopped": N_("Stopped. The finished answers are kept; Resume runs the missing ones."),
    "stopped_complete": N_("Stopped. No answer is missing."),
    "rate_limited": N_(
        "The server allows no more requests for now, so the run is parked. The finished answers are kept. "
        "Asking again soon makes the wait longer: resume in about {wait}."
    ),
    "hour_spent": N_(
        "The key of this server's operator gives each visitor {hourly} requests an hour, and yours are used up. The "
        "finished answers are kept: resume in about {wait}, or enter a key of your own on the Connect page."
    ),
    "store_failed": N_("{detail} The finished answers are kept; Resume runs the missing ones."),
    "model_failed": N_("{detail} The finished answers are kept; Resume runs the missing ones."),
    "store_unusable": "{detail}",
    "not_begun": "{detail}",
    "program_failed": N_("The run ended by a fault of this program; its log holds the details. Resume it."),
    "worker_gone": N_("The process that ran this comparison ended. Finished answers are kept; Resume runs the others."),
    "told": "{detail}",
}


def ending_sentence(ended: Ended) -> str:
    """How a run ended, what it means and what to do.

    >>> ending_sentence(Ended("parked", "hour_spent", hourly=60, resume_after_s=300))[:66]
    "The key of this server's operator gives each visitor 60 requests a"
    """
    if ended.code == "all_in":
        return _all_in(ended.failures)
    if ended.refusal is not None:
        return _refused(ended.refusal)
    wait = _n("{count} minute", "{count} minutes", max(round((ended.resume_after_s or 0.0) / 60), 1))
    return said(_ENDINGS[ended.code], hourly=ended.hourly, wait=wait, detail=ended.detail)


def notice_sentence(notice: Notice) -> str:
    """What the person who watches a run should know."""
    return {"local_model_restarted": _("The built-in model had stopped; it was started again.")}[notice.code]


def waiting_sentence(waiting: Waiting) -> str:
    """Why a call waits before it is sent again, and how long.

    >>> waiting_sentence(Waiting("default", 1, 4.2, "server_error"))
    'The server failed: trying again in 4 s.'
    """
    failure = said(KINDS[waiting.kind].title)
    return _("{failure}: trying again in {wait}.", failure=failure, wait=seconds(waiting.seconds))


def failure_sentence(generation: Generation) -> str:
    """What happened to a generation that failed; of a failure stored as a sentence, that sentence.

    >>> from nim_core.values.parameters import GenerationParameters
    >>> failed = Generation("e", "s", 1, 1, "local", "m", GenerationParameters(), "error", "", error="network")
    >>> failure_sentence(failed)
    'The server could not be reached.'
    """
    if generation.error_told is not None:
        return generation.error_told
    assert generation.error is not None
    return call_sentence(KINDS[generation.error], generation.error_detail or "", generation.error_fields).said()


def failure_with_advice(generation: Generation) -> str:
    """What happened to a generation that failed, and what to do."""
    assert generation.error is not None
    return f"{failure_sentence(generation)} {said(KINDS[generation.error].advice)}"


def error_with_advice(error: CallError) -> str:
    """What happened to a call that failed, and what to do."""
    return f"{error.said()} {said(error.kind.advice)}"


def _all_in(failures: int) -> str:
    if failures:
        return _("The run is over. Calls that failed: {failures}; each row says why.", failures=failures)
    return _("All answers are in.")


def _refused(refusal: Refusal) -> str:
    kind = KINDS[refusal.kind]
    return f"{call_sentence(kind, refusal.detail, refusal.fields).said()} {said(kind.advice)}"
