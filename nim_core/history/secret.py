"""The secret of one store: made once, known to every server that uses the store."""

from __future__ import annotations

import secrets

from platformdirs import user_data_path
from sqlalchemy import select

from .database import Database, put_if_new
from .tables import SECRETS


def secret_of(database: Database, name: str) -> bytes:
    """The secret of that name, 32 bytes; made when there is none, alike for all who ask at once."""
    value = select(SECRETS.c.value).where(SECRETS.c.name == name)
    with database.connection() as connection:
        found = connection.scalar(value)
    if found is None:
        with database.connection() as connection:
            made = _of_the_first_shape(database) or secrets.token_bytes(32)
            put_if_new(connection, SECRETS, {"name": name, "value": made.hex()})
            found = connection.scalar(value)
    assert isinstance(found, str)
    return bytes.fromhex(found)


def _of_the_first_shape(database: Database) -> bytes | None:
    """The secret that a store of the first shape has in a file beside it: the meter goes on with it."""
    try:
        return ((database.folder or user_data_path("nim-lab")) / "fingerprint-secret").read_bytes()
    except OSError:
        return None
