"""The meter of credits and calls for the chosen endpoint."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from nim_core.history.meter import Meter
from nim_core.values.endpoints import Endpoint
from nim_core.words import N_, _, number
from pages.parts.drawing.guard import Guard
from pages.parts.visitor.session import Session


@dataclass(frozen=True, slots=True)
class Budget:
    """How many requests can still go out by the count here, of `total`, and what they are called."""

    left: int
    total: int
    unit: str


def budget(mine: Session, place: Endpoint, credits_: Meter) -> Budget | None:
    """What is left for an endpoint: credits, or a share of the operator's key; None where nothing is counted."""
    key = mine.key_for(place.name)
    if key is None:
        return None
    reading = credits_.read(place.name, credits_.fingerprint(key))
    hourly = mine.visitor(place.name).hourly
    if hourly is not None:
        return Budget(max(hourly - reading.last_hour, 0), hourly, N_("requests left for you this hour"))
    if reading.left is None or reading.credits is None:
        return None
    return Budget(reading.left, reading.credits, N_("credits left"))


def meter(mine: Session, place: Endpoint, credits_: Meter, guarded: Guard) -> None:
    """Show what is left and what went out in the last minute; all counted here, not by NVIDIA."""
    fingerprint = credits_.fingerprint(mine.key)
    reading, counted = credits_.read(place.name, fingerprint), budget(mine, place, credits_)
    borrowed = mine.borrows_key(place.name)
    left, minute = st.columns(2)
    if counted is None:
        why = _("Credits belong to a key.") if place.needs_key else _("This endpoint has no credits.")
        left.metric(_("Credits left"), "—", help=why)
    else:
        left.metric(_("Your requests left this hour") if borrowed else _("Credits left"), number(counted.left))
        left.progress(min(counted.left / counted.total, 1.0) if counted.total else 0.0)
    calls = number(reading.last_minute)
    if place.rpm:
        calls = _("{calls} of about {limit}", calls=calls, limit=number(place.rpm))
    minute.metric(_("Calls in the last minute"), calls)
    if not place.needs_key:
        st.caption(_("This endpoint has no credits and no limit of requests that is known here."))
        return
    if counted is None:
        st.caption(_("Credits belong to a key: enter yours, and its requests are counted here."))
        return
    if borrowed:
        st.caption(
            _(
                "The operator's key lets each visitor send {count} requests an hour. With a key of your own there is "
                "no such limit.",
                count=counted.total,
            )
        )
        return
    st.caption(
        _(
            "Counted here, not by NVIDIA, whose site alone shows the true number. Every request counts: Chat, Compare "
            "and Check key."
        )
    )
    if counted.left == 0:
        st.warning(_("No credits are left by this count. Ask NVIDIA for more, or choose the built-in model."))
    with st.expander(_("Set my credits, and see where they went")):
        st.number_input(
            _("Credits I have now"),
            0,
            10_000_000,
            counted.left,
            key=f"meter_credits_{fingerprint[:8]}",
            on_change=guarded(
                lambda: credits_.set_credits(fingerprint, mine.widget(f"meter_credits_{fingerprint[:8]}"))
            ),
        )
        usage = credits_.per_day(place.name, fingerprint)
        if usage:
            from nim_core.charts.usage import usage_chart

            st.plotly_chart(usage_chart(usage), key="meter_chart", alt=_("Requests per day and model"))
