"""All that is kept on disk, opened together: experiments, conversations and the meter of requests."""

from __future__ import annotations

from dataclasses import dataclass, field

from nim_core.settings import Settings

from .conversations import Conversations
from .database import Database
from .experiments import Experiments
from .meter import Meter
from .secret import secret_of
from .shelf import Shelf
from .sightings import Sightings


@dataclass(frozen=True, slots=True)
class History:
    """The experiments, the conversations and the meter on one database, as one workspace sees them."""

    experiments: Experiments
    conversations: Conversations
    meter: Meter
    sightings: Sightings
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
    experiments = Experiments(database, workspace)
    return History(
        experiments,
        Conversations(database, experiments, workspace),
        Meter(database, secret, workspace),
        Sightings(database),
        Shelf(database, workspace),
        database,
        secret,
    )
