"""What a plan will send, what that costs and what it can show, in sentences."""

from __future__ import annotations

from nim_core.analysis.intervals import change_shown
from nim_core.values.endpoints import Endpoint
from nim_core.words import _, _n, percent, said, seconds
from pages.parts.drawing.credits_meter import Budget

MANY_REQUESTS = 1_000


def size(sets: int, repeats: int) -> str:
    """How large a comparison is.

    >>> size(3, 1)
    '3 sets × 1 repeat'
    """
    return _(
        "{sets} × {repeats}",
        sets=_n("{count} set", "{count} sets", sets),
        repeats=_n("{count} repeat", "{count} repeats", repeats),
    )


def cost_line(sets: int, repeats: int, place: Endpoint, rpm: float | None, left: Budget | None) -> str:
    """What a run will send, what it costs, how long it takes at the pace's limit, and what it can show."""
    requests = sets * repeats
    sent = requests + 1
    told = [
        _n(
            "{size} = {count} request + 1 warm-up.",
            "{size} = {count} requests + 1 warm-up.",
            requests,
            size=size(sets, repeats),
        )
    ]
    if left is not None:
        told.append(
            _("It takes about {requests} of {left} {unit}.", requests=sent, left=left.left, unit=said(left.unit))
        )
    if rpm is not None:
        told.append(_("At {rpm} a minute it takes about {duration}.", rpm=rpm, duration=_duration(sent * 60 / rpm)))
    elif place.is_local:
        told.append(_("It is answered here, at no cost."))
    return " ".join([*told, _can_show(repeats)])


def asks_first(requests: int, left: Budget | None) -> str | None:
    """The sentence to confirm before many requests or more than are left."""
    if left is not None and requests > left.left:
        return _(
            "This sends {requests} requests, and by the count here there are only {left} {unit}.",
            requests=requests,
            left=left.left,
            unit=said(left.unit),
        )
    if requests > MANY_REQUESTS:
        return _(
            "This sends {requests} requests. It can be stopped at any time, and finished answers are kept.",
            requests=requests,
        )
    return None


def _can_show(repeats: int) -> str:
    shown = change_shown(repeats)
    if shown is None:
        return _("One repeat cannot tell a parameter from luck.")
    return _(
        "{repeats} repeats show differences of about {share} or more, where answers vary as usual.",
        repeats=repeats,
        share=percent(shown),
    )


def _duration(length: float) -> str:
    return seconds(length) if length < 120 else _n("{count} minute", "{count} minutes", round(length / 60))
