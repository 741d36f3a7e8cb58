"""One database behind a SQLAlchemy URL: opened, its tables made, every failure turned into a sentence."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Executable, Table, create_engine, event, true
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SAWarning, SQLAlchemyError
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from nim_core.errors import StoreError
from nim_core.foreign import is_text, quoted
from nim_core.words import N_, Sentence

from .faults import explained
from .migrations import bring_up_to_date

LOCK_PATIENCE_S = 30.0

_MUST_BE = N_(
    "NIM_LAB_STORE must be a SQLAlchemy URL, such as sqlite:///history.sqlite3 or "
    "postgresql+psycopg://user@host/database."
)
Columns = ReadOnlyColumnCollection[str, Any]
GivesWay = Callable[[Columns, Columns], ColumnElement[bool]]
"""From the columns of a row that stands and of the new one: the condition that it gives way."""

_INSERT: dict[str, Callable[[Table], sqlite.Insert | postgresql.Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}


class Database:
    """A pool of connections; safe to use from several threads and processes.

    Raises StoreError, with a sentence that says what to do, when it cannot be opened, read or written.
    """

    def __init__(self, url: str) -> None:
        self.url = _url(url)
        try:
            self._engine = _engine(self.url)
            self._engine.connect().close()  # only now is read what the address asks of its driver
        except DBAPIError as error:
            raise self._unusable(error) from None
        except (SQLAlchemyError, ImportError, OSError, ValueError, TypeError, OverflowError, SAWarning) as error:
            why = " ".join(str(error).split()).rstrip(".")
            raise _not_opened(self.url, why) from None
        self._mine = threading.local()
        with self.connection() as connection:
            bring_up_to_date(connection)

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection in a transaction that is committed at the end; inside another one of this thread, that one."""
        if (open_ := getattr(self._mine, "connection", None)) is not None:
            yield open_
            return
        try:
            with self._engine.begin() as connection:
                self._mine.connection = connection
                yield connection
        except SQLAlchemyError as error:
            raise self._unusable(error) from None
        finally:
            self._mine.connection = None

    def _unusable(self, error: SQLAlchemyError) -> StoreError:
        message = N_("The store {store} cannot be used: {explained}")
        return StoreError(message, store=_shown(self.url), explained=explained(error))

    @property
    def folder(self) -> Path | None:
        """The folder of an SQLite file, None for a store that is no file."""
        return _folder(self.url)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()


def put(connection: Connection, table: Table, values: Mapping[str, Any], gives_way: GivesWay | None = None) -> bool:
    """Insert a row, or give the row with its primary key these values; whether they stand there now.

    A row that does not give way keeps its own. No other process can come between.
    """
    statement = _upsert(connection.dialect.name, table, tuple(values), gives_way)
    return connection.execute(statement, values).rowcount > 0


@cache  # making the statement takes longer than the database takes to carry it out
def _upsert(dialect: str, table: Table, columns: tuple[str, ...], gives_way: GivesWay | None) -> Executable:
    keys = [column.name for column in table.primary_key]
    statement = _INSERT[dialect](table)
    changed = {name: statement.excluded[name] for name in columns if name not in keys}
    where = gives_way(table.c, statement.excluded) if gives_way else None
    upsert = statement.on_conflict_do_update(index_elements=keys, set_=changed, where=where)
    return upsert.execution_options(preserve_rowcount=True)


def put_if_new(connection: Connection, table: Table, values: Mapping[str, Any]) -> None:
    """Insert a row unless its primary key is there already; no other process can come between."""
    connection.execute(_INSERT[connection.dialect.name](table).values(values).on_conflict_do_nothing())


def belongs_to(table: Table, workspace: str | None) -> ColumnElement[bool]:
    """The condition that a row of a table with an owner belongs to a workspace; every row does to None."""
    return true() if workspace is None else table.c.owner == workspace


def _url(text: str) -> URL:
    with suppress(ArgumentError, ValueError):  # whose words may hold a password
        if is_text(text):
            return make_url(text)
    message = N_("The store cannot be opened: this is no address of one. {advice}")
    raise StoreError(message, advice=Sentence(_MUST_BE))


def _not_opened(url: URL, reason: str | Sentence) -> StoreError:
    message = N_("The store {store} cannot be opened: {reason}. {advice}")
    return StoreError(message, store=_shown(url), reason=reason, advice=Sentence(_MUST_BE))


def _engine(url: URL) -> Engine:
    match url.drivername:
        case "sqlite" | "sqlite+pysqlite":
            return _sqlite(url)
        case "postgresql+psycopg":
            return _postgresql(url)
        case other:
            raise _not_opened(
                url, Sentence(N_("{name} is no database that it can be kept in"), {"name": quoted(other)})
            )


def _postgresql(url: URL) -> Engine:
    from .postgres import keep_text_exact

    engine = create_engine(url, pool_pre_ping=True)
    event.listen(engine, "connect", lambda connection, _record: keep_text_exact(connection))
    return engine


def _sqlite(url: URL) -> Engine:
    if any((url.username, url.password, url.host, url.port)):
        raise _not_opened(url, Sentence(N_("an SQLite file has no host; its path follows after three slashes")))
    if (folder := _folder(url)) is not None:
        folder.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings(action="error", category=SAWarning):  # it warns of what it does not understand
        engine = create_engine(url, connect_args={} if "timeout" in url.query else {"timeout": LOCK_PATIENCE_S})

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: object) -> None:
        # WAL lets pages read while the worker writes; NORMAL still survives the kill of any process.
        if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
            connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        if not connection.execute("PRAGMA database_list").fetchone()[2]:
            in_memory = N_("it names no file, and in memory each connection would have a store of its own")
            raise _not_opened(url, Sentence(in_memory))

    return engine


def _folder(url: URL) -> Path | None:
    # SQLite's own form of address, as file:/path?mode=ro, names the file too.
    path = (url.database or "").removeprefix("file:")
    return Path(path).parent if url.get_backend_name() == "sqlite" and path not in ("", ":memory:") else None


def _shown(url: URL) -> str:
    """The address without its password; what it asks of its driver may hold another."""
    return url.set(query={}).render_as_string(hide_password=True)
