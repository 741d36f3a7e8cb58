"""Writes the next script from the difference between the scripts and the tables."""

from __future__ import annotations

import sys

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine
from sqlalchemy.engine import Connection

from . import HERE, REVISIONS


def configuration(connection: Connection) -> Config:
    """Alembic's configuration for these scripts on an open connection."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    return config


def make(message: str) -> None:
    """Write the next script; it lives in versions/ under the next number."""
    with create_engine("sqlite://").connect() as connection:
        config = configuration(connection)
        command.upgrade(config, "head")
        number = int(REVISIONS[-1]) + 1 if REVISIONS else 1
        command.revision(config, message, autogenerate=True, rev_id=f"{number:04d}")


if __name__ == "__main__":
    make(sys.argv[1])
