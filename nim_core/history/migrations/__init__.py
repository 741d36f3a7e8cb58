"""The store's shape over time: one script a change, applied when a database opens.

How a change is made: change nim_core/history/tables.py, or declare a measure that is counted on texts, then

    python -m nim_core.history.migrations.make "what changes"
    ruff format nim_core/history/migrations

writes the next script into versions/ from the difference. Read it: it must keep every row that stands, so a
new column is nullable or has a server default. tests/history/test_migrations.py fails while the tables and the scripts
differ, and opens a store of each earlier shape, which tests/data/make_store.py makes before the tables change. A script
that has been released is never changed again.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection

from nim_core.errors import StoreError
from nim_core.words import N_

HERE = Path(__file__).parent
REVISIONS = tuple(sorted(path.name[:4] for path in (HERE / "versions").glob("[0-9]*.py")))
"""The revisions that this version knows, oldest first: the numbers before the names of the scripts."""

_LOCK = 0x4E494D4C  # any number, the same in every process


def bring_up_to_date(connection: Connection) -> None:
    """Apply the scripts that a store has not seen; safe when several processes open it at once.

    Works in the connection's transaction. Raises StoreError for a store that a newer version has written.
    """
    if _is_up_to_date(connection):
        return
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    if _is_up_to_date(connection):  # another process has done it while this one waited
        return
    # Imported here: nearly every store is up to date, and alembic takes as long to load as all else.
    from alembic import command

    from .make import configuration

    command.upgrade(configuration(connection), "head")


def _is_up_to_date(connection: Connection) -> bool:
    if not inspect(connection).has_table("alembic_version"):
        return False
    revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if revision is not None and revision not in REVISIONS:
        raise StoreError(
            N_(
                "This store was written by a newer version of NIM Lab (its shape is {shape}, this version knows "
                "shapes up to {newest}). Update NIM Lab, or name another store in NIM_LAB_STORE."
            ),
            shape=str(revision),
            newest=REVISIONS[-1],
        )
    return bool(revision == REVISIONS[-1])
