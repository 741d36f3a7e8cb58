"""${message.rstrip(".").capitalize()}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Bring a store from the shape before to this one."""
    ${upgrades if upgrades else "pass"}
