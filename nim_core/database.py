"""One database behind a SQLAlchemy URL: opened, its tables made, every failure turned into a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, create_engine, event
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.schema import CreateIndex, CreateTable

from .errors import StoreError

METADATA = MetaData()
"""Every table of the history registers here."""


class Database:
    """A pool of connections; safe to use from several threads and processes.

    Raises StoreError, with a sentence that says what to do, when it cannot be opened, read or written.
    """

    def __init__(self, url: str) -> None:
        try:
            self.url = make_url(url)
            self._engine = _engine(self.url)
        except (ArgumentError, ModuleNotFoundError, OSError) as error:
            raise StoreError(
                f"The store {_shown(url)} cannot be opened: {error}. NIM_LAB_STORE must be a SQLAlchemy URL, "
                "such as sqlite:///history.sqlite3 or postgresql+psycopg://user@host/database."
            ) from None
        with self.connection() as connection:
            # IF NOT EXISTS in the database itself: the dashboard and its worker may open a new store at once.
            for table in METADATA.sorted_tables:
                connection.execute(CreateTable(table, if_not_exists=True))
                for index in table.indexes:
                    connection.execute(CreateIndex(index, if_not_exists=True))

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection in a transaction that is committed at the end."""
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            cause = str(error.orig) if isinstance(error, DBAPIError) and error.orig else type(error).__name__
            raise StoreError(
                f"The store {_shown(str(self.url))} cannot be used: {cause}. Check that its folder exists, that the "
                "disk is not full and that it may be written, or name another one in NIM_LAB_STORE."
            ) from None

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()


def _engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: object) -> None:
        # WAL lets pages read while the worker writes; NORMAL still survives the kill of any process.
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")

    return engine


def _shown(url: str) -> str:
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return "in NIM_LAB_STORE"
