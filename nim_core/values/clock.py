"""The present time, as every record carries it."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> str:
    """The present time in UTC, ISO 8601 with milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
