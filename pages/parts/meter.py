"""The meter of credits and calls for the chosen endpoint."""

from __future__ import annotations

import streamlit as st

from nim_core.endpoints import Endpoint
from nim_core.history.credits import Credits
from pages.parts.session import Session


def meter(mine: Session, place: Endpoint, credits_: Credits) -> None:
    """Show what is left and what went out in the last minute; all counted here, not by NVIDIA."""
    fingerprint = credits_.fingerprint(mine.key)
    reading = credits_.read(fingerprint)
    left, minute = st.columns(2)
    if place.needs_key:
        left.metric("Credits left", f"{reading.left:,}")
        left.progress(min(reading.left / reading.credits, 1.0) if reading.credits else 0.0)
    else:
        left.metric("Credits left", "—", help="This endpoint has no credits.")
    limit = f" of about {place.rpm:g}" if place.rpm else ""
    minute.metric("Calls in the last minute", f"{reading.last_minute}{limit}")
    if not place.needs_key:
        st.caption("This endpoint has no credits and no limit of requests that is known here.")
        return
    st.caption(
        "Counted here, not by NVIDIA, whose site alone shows the true number. Every request counts: "
        "Chat, Compare and Check key."
    )
    if reading.left == 0:
        st.warning("No credits are left by this count. Ask NVIDIA for more, or choose the built-in model.")
    with st.expander("Set my credits, and see where they went"):
        st.number_input(
            "Credits I have now",
            0,
            10_000_000,
            reading.left,
            key=f"meter_credits_{fingerprint[:8]}",
            on_change=lambda: credits_.set_credits(fingerprint, mine.widget(f"meter_credits_{fingerprint[:8]}")),
        )
        usage = credits_.per_day(fingerprint)
        if usage:
            from nim_core.charts.usage import usage_chart

            st.plotly_chart(usage_chart(usage), key="meter_chart", alt="Requests per day and model")
