"""A model's state here, and where a list comes from, in sentences."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from nim_core.errors import KINDS

from .available import Listing
from .entry import Entry

if TYPE_CHECKING:
    from nim_core.history.sightings import SeenModel


def state_of(entry: Entry, now: datetime | None = None) -> str:
    """Whether the model has answered here, when, and how fast; or why it did not."""
    now = now or datetime.now(UTC)
    seen = entry.seen
    if entry.retired_on:
        return f"Retired on {entry.retired_on}: it will not come back."
    if seen is None:
        return "Not called from here yet."
    if seen.failure is None:
        return _answered(seen, now)
    when = ago(seen.failed_at, now)
    before = f" {_answered(seen, now)}" if seen.answered_at else ""
    if seen.failure == "model_retired":
        return "Retired: it will not come back."
    if seen.failure == "model_not_entitled":
        return f"Not open to this account, as it said {when}.{before}"
    return f"Failed {when}: {KINDS[seen.failure].title[0].lower()}{KINDS[seen.failure].title[1:]}.{before}"


def line_of(entry: Entry) -> str:
    """The few words that stand beside a model in a list: kind, size, context, and that it answered before."""
    words = [entry.model.kind, *(variant for variant in entry.name.variants if variant not in ("instruct", "chat"))]
    if entry.size_b is not None:
        active = f", {entry.name.active_b:g} B active" if entry.name.active_b else ""
        words.append(f"{entry.size_b:g} B{active}")
    if entry.context:
        words.append(f"{entry.context // 1000:,}k context")
    if entry.retired_on:
        words.append(f"retired on {entry.retired_on}")
    elif entry.answered:
        words.append("answered before")
    return ", ".join(words)


def source_sentence(listing: Listing, now: datetime | None = None) -> str:
    """Which list is shown in place of the server's own, and how old it is; empty for the server's own."""
    if listing.source == "seen":
        when = ago(listing.at, now or datetime.now(UTC))
        return f"This is the list that the server last sent, {when}; models may have come and gone since."
    if listing.source == "shipped":
        return f"These are models known to this program in {listing.at}; some may be gone, and newer ones are missing."
    return ""


def ago(at: str | None, now: datetime) -> str:
    """How long ago a moment (UTC, ISO 8601) was, in words.

    >>> ago("2026-01-01T00:00:00Z", datetime(2026, 1, 1, 0, 3, tzinfo=UTC))
    '3 minutes ago'
    """
    if at is None:
        return "at a time not known"
    seconds = (now - datetime.fromisoformat(at)).total_seconds()
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        count = int(seconds // length)
        if count >= 1:
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"


def _answered(seen: SeenModel, now: datetime) -> str:
    first = f", first token after {seen.ttft_s:.1f} s" if seen.ttft_s is not None else ""
    return f"Answered {ago(seen.answered_at, now)}{first}."
