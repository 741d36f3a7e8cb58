"""The experiments as their owner keeps them: newest first, with a name and a note, found again, put away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pydantic import TypeAdapter
from sqlalchemy import delete, or_, select

from nim_core.values.clock import utc_now
from nim_core.values.experiment import Experiment

from .database import Database, belongs_to, put
from .tables import EXPERIMENTS, GENERATIONS, SHELF

KEPT_AFTER_DELETION = timedelta(hours=1)
"""How long a deletion can be undone; later deletions clear it away for good."""


_EXPERIMENT = TypeAdapter(Experiment)


@dataclass(frozen=True, slots=True)
class ShelfEntry:
    """One experiment with the name and the note (Markdown) that it was given; both empty at first."""

    experiment: Experiment
    name: str
    note: str

    @property
    def title(self) -> str:
        """The name, else the beginning of the prompt."""
        prompt = " ".join(self.experiment.prompt.split())
        return self.name or (prompt if len(prompt) <= 80 else f"{prompt[:79]}…")


class Shelf:
    """Names, notes and deletions of a workspace's experiments; raises StoreError when the database cannot be used."""

    def __init__(self, database: Database, workspace: str | None = None) -> None:
        self._database = database
        self._workspace = workspace

    def entries(self, search: str = "", *, limit: int = 20) -> list[ShelfEntry]:
        """The comparisons that are not deleted, newest first; each word of `search` must stand somewhere."""
        experiments = EXPERIMENTS.c
        query = (
            select(experiments.spec, SHELF.c.name, SHELF.c.note)
            .join_from(EXPERIMENTS, SHELF, experiments.id == SHELF.c.experiment_id, isouter=True)
            .where(experiments.conversation.is_(None), SHELF.c.deleted_at.is_(None))
            .where(belongs_to(EXPERIMENTS, self._workspace))
            .order_by(experiments.created_at.desc())
            .limit(limit)
        )
        for word in search.split():
            texts = (experiments.prompt, experiments.model, SHELF.c.name, SHELF.c.note)
            query = query.where(or_(*(text.icontains(word, autoescape=True) for text in texts)))
        with self._database.connection() as connection:
            rows = connection.execute(query).all()
        return [ShelfEntry(_EXPERIMENT.validate_json(row.spec), row.name or "", row.note or "") for row in rows]

    def describe(self, experiment_id: str, *, name: str, note: str) -> None:
        """Give an experiment a name and a note."""
        with self._database.connection() as connection:
            put(connection, SHELF, {"experiment_id": experiment_id, "name": name.strip(), "note": note})

    def delete(self, experiment_id: str) -> None:
        """Put an experiment away; `restore` brings it back within the hour."""
        with self._database.connection() as connection:
            put(connection, SHELF, {"experiment_id": experiment_id, "deleted_at": utc_now()})
        self._clear()

    def restore(self, experiment_id: str) -> None:
        """Undo a deletion."""
        with self._database.connection() as connection:
            put(connection, SHELF, {"experiment_id": experiment_id, "deleted_at": None})

    def _clear(self) -> None:
        """Remove for good what was deleted longer ago than a deletion can be undone."""
        before = (datetime.now(UTC) - KEPT_AFTER_DELETION).isoformat(timespec="milliseconds")
        gone = select(SHELF.c.experiment_id).where(SHELF.c.deleted_at < before)
        with self._database.connection() as connection:
            connection.execute(delete(GENERATIONS).where(GENERATIONS.c.experiment_id.in_(gone)))
            connection.execute(delete(EXPERIMENTS).where(EXPERIMENTS.c.id.in_(gone)))
            connection.execute(delete(SHELF).where(SHELF.c.deleted_at < before))
