"""Times as the visitor's own clock shows them."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from nim_core.words import moment


def local_time(stamp: str) -> str:
    """A UTC time stamp in the zone of the visitor's browser, to the minute; in UTC where that tells none."""
    try:
        zone = ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo("UTC")
    return moment(stamp, zone)
