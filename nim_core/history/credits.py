"""The meter of calls and credits: every request sent is one row; what is left is counted here, not by NVIDIA."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Column, Integer, String, Table, Text, func, insert, select

from nim_core.experiment import utc_now

from .database import METADATA, Database

STARTING_CREDITS = 1_000
"""What an account of the hosted catalog used to begin with, one credit a request."""

_REQUESTS = Table(
    "requests",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("endpoint", Text, nullable=False),
    Column("fingerprint", String(32), nullable=False, index=True),
    Column("model", Text, nullable=False),
    Column("at", String(32), nullable=False, index=True),
    Column("outcome", String(32), nullable=False),
    Column("request_id", Text),
)

_ALLOWANCES = Table(
    "allowances",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("fingerprint", String(32), nullable=False, index=True),
    Column("credits", Integer, nullable=False),
    Column("after", Integer, nullable=False),
    Column("at", String(32), nullable=False),
)

_COUNT = insert(_REQUESTS)


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """One request that was sent: `outcome` is ok, cancelled or an error kind."""

    endpoint: str
    fingerprint: str
    model: str
    outcome: str
    request_id: str | None


@dataclass(frozen=True, slots=True)
class Usage:
    """How many requests went to one model on one day (UTC)."""

    day: str
    model: str
    requests: int


@dataclass(frozen=True, slots=True)
class Reading:
    """The meter for one key: credits left of the credits the user named, and calls in the last minute and hour."""

    credits: int
    left: int
    last_minute: int
    last_hour: int


class Credits:
    """Counts requests per key, known only by a keyed fingerprint; each workspace has a count of its own."""

    def __init__(self, database: Database, secret: bytes, workspace: str | None = None) -> None:
        self._database = database
        self._secret = secret
        self._workspace = workspace

    def fingerprint(self, key: str | None) -> str:
        """A hash of a key within the workspace, keyed with the store's secret: nobody can turn it into the key."""
        whose = f"{self._workspace}\0" if self._workspace is not None else ""
        return hmac.new(self._secret, f"{whose}{key or ''}".encode(), hashlib.sha256).hexdigest()[:32]

    def add(self, record: RequestRecord) -> None:
        """Count one request; an account without credits is set to zero."""
        with self._database.connection() as connection:
            connection.execute(_COUNT, asdict(record) | {"at": utc_now()})
        if record.outcome == "credits_exhausted":
            self.set_credits(record.fingerprint, 0)

    def set_credits(self, fingerprint: str, credits_: int) -> None:
        """Note how many credits the user says there are now."""
        # Told apart by number, not by time: a clock that is set back would leave later requests uncounted.
        last = select(func.coalesce(func.max(_REQUESTS.c.id), 0)).scalar_subquery()
        values = {"fingerprint": fingerprint, "credits": credits_, "after": last, "at": utc_now()}
        with self._database.connection() as connection:
            connection.execute(insert(_ALLOWANCES).values(values))

    def read(self, fingerprint: str) -> Reading:
        """What the meter shows for a key."""
        requests, allowances = _REQUESTS.c, _ALLOWANCES.c
        mine = select(func.count()).select_from(_REQUESTS).where(requests.fingerprint == fingerprint)
        newest = (
            select(allowances.credits, allowances.after)
            .where(allowances.fingerprint == fingerprint)
            .order_by(allowances.id.desc())
            .limit(1)
        )
        with self._database.connection() as connection:
            named = connection.execute(newest).first()
            credits_, after = (named.credits, named.after) if named else (STARTING_CREDITS, 0)
            used = connection.scalar(mine.where(requests.id > after)) or 0
            last_minute = connection.scalar(mine.where(requests.at > _ago(timedelta(minutes=1)))) or 0
            last_hour = connection.scalar(mine.where(requests.at > _ago(timedelta(hours=1)))) or 0
        return Reading(credits_, max(credits_ - used, 0), last_minute, last_hour)

    def sent_in_the_last_hour(self, fingerprint: str) -> list[float]:
        """When the requests of the last hour with a key were over, as Unix time in seconds, oldest first."""
        query = (
            select(_REQUESTS.c.at)
            .where(_REQUESTS.c.fingerprint == fingerprint, _REQUESTS.c.at > _ago(timedelta(hours=1)))
            .order_by(_REQUESTS.c.at)
        )
        with self._database.connection() as connection:
            return [datetime.fromisoformat(at).timestamp() for at in connection.scalars(query)]

    def per_day(self, fingerprint: str) -> list[Usage]:
        """Requests per day and model, oldest day first."""
        day = func.substr(_REQUESTS.c.at, 1, 10).label("day")
        query = (
            select(day, _REQUESTS.c.model, func.count().label("requests"))
            .where(_REQUESTS.c.fingerprint == fingerprint)
            .group_by(day, _REQUESTS.c.model)
            .order_by(day)
        )
        with self._database.connection() as connection:
            return [Usage(row.day, row.model, row.requests) for row in connection.execute(query)]


def _ago(time: timedelta) -> str:
    return (datetime.now(UTC) - time).isoformat(timespec="milliseconds")
