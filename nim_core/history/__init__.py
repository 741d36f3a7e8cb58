"""All that is kept on disk, opened together: experiments, conversations and the meter of requests."""

from __future__ import annotations

from dataclasses import dataclass, field

from nim_core.settings import Settings

from .conversations import Conversations
from .database import Database
from .experiments import Store
from .meter import Credits
from .secret import secret_of
from .shelf import Shelf
from .sightings import Seen


@dataclass(frozen=True, slots=True)
class History:
    """The store, the conversations and the meter on one database, as one workspace sees them."""

    store: Store
    conversations: Conversations
    credits: Credits
    seen: Seen
    shelf: Shelf
    database: Database
    secret: bytes = field(repr=False)

    def of(self, workspace: str | None) -> History:
        """The same database with nothing in reach but what belongs to a workspace; None reaches everything."""
        return _history(self.database, self.secret, workspace)

    def close(self) -> None:
        """Close all connections."""
        self.database.close()


def open_history(settings: Settings) -> History:
    """Open the database that the settings name, everything in reach. Raises StoreError when it cannot be."""
    database = Database(settings.store_url)
    return _history(database, secret_of(database, "fingerprints"), None)


def _history(database: Database, secret: bytes, workspace: str | None) -> History:
    store = Store(database, workspace)
    return History(
        store,
        Conversations(database, store, workspace),
        Credits(database, secret, workspace),
        Seen(database),
        Shelf(database, workspace),
        database,
        secret,
    )
