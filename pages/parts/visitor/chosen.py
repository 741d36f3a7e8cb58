"""What is known of the model that the visitor has chosen."""

from __future__ import annotations

from nim_core.catalog import Model
from nim_core.catalog.available import LOCAL_CONTEXT
from nim_core.catalog.entry import Entry, entries_of
from nim_core.history import History
from pages.parts.visitor.session import Session


def model_of(mine: Session, history: History) -> Entry | None:
    """What is known of the chosen model, None when none is chosen."""
    if not mine.model:
        return None
    fingerprint = history.meter.fingerprint(mine.key)
    last = history.sightings.last_list(mine.endpoint, fingerprint)
    unlisted = Model(mine.model, None, "chat", LOCAL_CONTEXT if mine.place.is_local else None)
    model = next((each for each in last.models if each.id == mine.model), unlisted) if last else unlisted
    return entries_of([model], mine.place, history.sightings.models(mine.endpoint, fingerprint))[0]
