"""All that is kept on disk, opened together: experiments, conversations and the meter of requests."""

from __future__ import annotations

from dataclasses import dataclass

from nim_core.settings import Settings

from .conversations import Conversations
from .credits import Credits
from .database import Database
from .seen import Seen
from .shelf import Shelf
from .store import Store


@dataclass(frozen=True, slots=True)
class History:
    """The store, the conversations and the meter on one database."""

    store: Store
    conversations: Conversations
    credits: Credits
    seen: Seen
    shelf: Shelf
    database: Database

    def close(self) -> None:
        """Close all connections."""
        self.database.close()


def open_history(settings: Settings) -> History:
    """Open the database that the settings name. Raises StoreError when it cannot be."""
    database = Database(settings.store_url)
    store = Store(database)
    return History(store, Conversations(database, store), Credits(database), Seen(database), Shelf(database), database)
