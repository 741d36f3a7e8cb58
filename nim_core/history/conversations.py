"""Conversations: trees of turns, of which one path is shown; asking again or editing adds a branch.

A turn is an experiment of one cell. What follows the same turn are versions of one another: the same
question asked again, or the question edited. Nothing is overwritten, so every version can be shown again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, insert, or_, select, update

from nim_core.values.clock import utc_now
from nim_core.values.experiment import Experiment

from .database import Database, belongs_to
from .experiments import Experiments
from .tables import CONVERSATIONS, EXPERIMENTS, GENERATIONS, TURNS

TITLE_CHARACTERS = 60
KEPT_AFTER_DELETION = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Conversation:
    """One entry of the list; `changed_at` is UTC, ISO 8601."""

    id: str
    title: str
    changed_at: str


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of the path that is shown.

    `parent` is the turn before it, None for the first. `versions` are the ids of all turns with that
    parent, oldest first, this one among them.
    """

    id: str
    parent: str | None
    prompt: str
    versions: tuple[str, ...]


class Conversations:
    """The conversations of a workspace; safe to use from several threads and processes.

    Every method raises StoreError when the database cannot be read or written.
    """

    def __init__(self, database: Database, store: Experiments, workspace: str | None = None) -> None:
        self._database = database
        self._store = store
        self._workspace = workspace

    def add(self, turn: Experiment, *, parent: str | None) -> None:
        """Save a turn that follows `parent`; the conversation then shows it."""
        self._store.save(turn)
        assert turn.conversation is not None
        values = {"shown": turn.id, "changed_at": utc_now(), "deleted_at": None}
        with self._database.connection() as connection:
            connection.execute(
                insert(TURNS).values(id=turn.id, conversation=turn.conversation, parent=parent, prompt=turn.prompt)
            )
            here = self._mine(turn.conversation)
            if not connection.execute(update(CONVERSATIONS).where(here).values(values)).rowcount:
                title = _title(turn.prompt)
                connection.execute(
                    insert(CONVERSATIONS).values(
                        id=turn.conversation, owner=self._workspace or "", title=title, **values
                    )
                )

    def path(self, conversation: str) -> tuple[Turn, ...]:
        """The turns that are shown, oldest first; none for an unknown or a deleted conversation."""
        with self._database.connection() as connection:
            shown = connection.scalar(
                select(CONVERSATIONS.c.shown).where(self._mine(conversation), CONVERSATIONS.c.deleted_at.is_(None))
            )
            rows = connection.execute(
                select(TURNS).where(TURNS.c.conversation == conversation).order_by(TURNS.c.number)
            ).all()
        by_id = {row.id: row for row in rows}
        found: list[Turn] = []
        while shown is not None and (row := by_id.get(shown)):
            versions = tuple(each.id for each in rows if each.parent == row.parent)
            found.append(Turn(row.id, row.parent, row.prompt, versions))
            shown = row.parent
        return tuple(reversed(found))

    def show(self, turn: str) -> None:
        """Show the path through a turn, and from there on always the newest version."""
        with self._database.connection() as connection:
            conversation = connection.scalar(select(TURNS.c.conversation).where(TURNS.c.id == turn))
            rows = connection.execute(
                select(TURNS.c.id, TURNS.c.parent).where(TURNS.c.conversation == conversation).order_by(TURNS.c.number)
            ).all()
            newest_after = {row.parent: row.id for row in rows}
            end = turn
            while end in newest_after:
                end = newest_after[end]
            connection.execute(update(CONVERSATIONS).where(self._mine(conversation)).values(shown=end))

    def listed(self, search: str = "", *, limit: int = 30) -> list[Conversation]:
        """The conversations whose title, questions or answers hold every word of the search, newest first."""
        table = CONVERSATIONS.c
        query = select(CONVERSATIONS).where(table.deleted_at.is_(None), belongs_to(CONVERSATIONS, self._workspace))
        for word in search.split():
            query = query.where(or_(table.title.icontains(word, autoescape=True), table.id.in_(_speaking_of(word))))
        with self._database.connection() as connection:
            rows = connection.execute(query.order_by(table.changed_at.desc()).limit(limit)).all()
        return [_conversation(row) for row in rows]

    def find(self, conversation: str) -> Conversation | None:
        """One entry of the list, also of a deleted conversation that can still be brought back."""
        with self._database.connection() as connection:
            row = connection.execute(select(CONVERSATIONS).where(self._mine(conversation))).first()
        return _conversation(row) if row else None

    def rename(self, conversation: str, title: str) -> None:
        """Give a conversation another title; an empty one changes nothing."""
        if title.strip():
            self._set(conversation, title=_title(title))

    def delete(self, conversation: str) -> None:
        """Take a conversation out of sight; it can be brought back for an hour, then the next deletion erases it."""
        self._erase_older_than(datetime.now(UTC) - KEPT_AFTER_DELETION)
        self._set(conversation, deleted_at=utc_now())

    def bring_back(self, conversation: str) -> None:
        """Undo a deletion."""
        self._set(conversation, deleted_at=None)

    def _set(self, conversation: str, **values: Any) -> None:
        with self._database.connection() as connection:
            connection.execute(update(CONVERSATIONS).where(self._mine(conversation)).values(values))

    def _mine(self, conversation: str | None) -> ColumnElement[bool]:
        """The condition that a row is this conversation and belongs to the workspace."""
        return (CONVERSATIONS.c.id == conversation) & belongs_to(CONVERSATIONS, self._workspace)

    def _erase_older_than(self, moment: datetime) -> None:
        deleted = select(CONVERSATIONS.c.id).where(CONVERSATIONS.c.deleted_at < moment.isoformat())
        turns = select(TURNS.c.id).where(TURNS.c.conversation.in_(deleted))
        with self._database.connection() as connection:
            connection.execute(delete(GENERATIONS).where(GENERATIONS.c.experiment_id.in_(turns)))
            connection.execute(delete(EXPERIMENTS).where(EXPERIMENTS.c.id.in_(turns)))
            connection.execute(delete(TURNS).where(TURNS.c.conversation.in_(deleted)))
            connection.execute(delete(CONVERSATIONS).where(CONVERSATIONS.c.deleted_at < moment.isoformat()))


def _speaking_of(word: str) -> Any:
    """The conversations with a question or an answer that holds a word."""
    said = TURNS.outerjoin(GENERATIONS, GENERATIONS.c.experiment_id == TURNS.c.id)
    return (
        select(TURNS.c.conversation)
        .select_from(said)
        .where(
            or_(
                TURNS.c.prompt.icontains(word, autoescape=True),
                GENERATIONS.c.text.icontains(word, autoescape=True),
            )
        )
    )


def _conversation(row: Row[Any]) -> Conversation:
    return Conversation(row.id, row.title, row.changed_at)


def _title(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= TITLE_CHARACTERS else f"{line[: TITLE_CHARACTERS - 1]}…"
