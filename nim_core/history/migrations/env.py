"""What alembic runs: the scripts, on the connection that it was handed."""

from __future__ import annotations

from alembic import context

from nim_core.history.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,  # SQLite changes a column only by copying its table
)
with context.begin_transaction():
    context.run_migrations()
