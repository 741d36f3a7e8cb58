"""Times as the visitor's own clock shows them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st


def local_time(stamp: str) -> str:
    """A UTC time stamp in the zone of the visitor's browser, to the minute; in UTC where that tells none."""
    try:
        zone = ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo("UTC")
    return f"{datetime.fromisoformat(stamp).astimezone(zone):%Y-%m-%d %H:%M}"
