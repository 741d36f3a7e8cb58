"""The meter of calls and credits: every request sent is one row; what is left is counted here, not by NVIDIA."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Select, false, func, insert, select, update

from nim_core.values.clock import utc_now
from nim_core.values.endpoints import NVIDIA

from .database import Database
from .tables import ALLOWANCES, REQUESTS

HOSTED = NVIDIA.name
"""The endpoint whose requests cost credits; every allowance in the store is one of its keys'."""

STARTING_CREDITS = 1_000
"""What an account of the hosted catalog used to begin with, one credit a request."""


_COUNT = insert(REQUESTS)


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """One request that was sent: `outcome` is ok, cancelled or an error kind."""

    endpoint: str
    fingerprint: str
    model: str
    outcome: str
    request_id: str | None


@dataclass(frozen=True, slots=True)
class DailyRequests:
    """How many requests went to one model on one day (UTC)."""

    day: str
    model: str
    requests: int


@dataclass(frozen=True, slots=True)
class Balance:
    """The meter for one key at one endpoint: credits left of the credits the user named, and calls lately.

    `credits` and `left` are None for an endpoint whose requests cost none.
    """

    credits: int | None
    left: int | None
    last_minute: int
    last_hour: int


class Meter:
    """Counts requests per endpoint and key, known only by a keyed fingerprint; each workspace has its own count."""

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
        if record.outcome == "credits_exhausted" and record.endpoint == HOSTED:
            self.set_credits(record.fingerprint, 0)

    def check(self) -> None:
        """Raise StoreError when a request that goes out now could not be counted."""
        with self._database.connection() as connection:
            connection.execute(update(REQUESTS).where(false()).values(outcome=""))  # takes the lock, changes nothing

    def set_credits(self, fingerprint: str, credits_: int) -> None:
        """Note how many credits of the hosted catalog the user says there are now."""
        # Told apart by number, not by time: a clock that is set back would leave later requests uncounted.
        last = select(func.coalesce(func.max(REQUESTS.c.id), 0)).scalar_subquery()
        values = {"fingerprint": fingerprint, "credits": credits_, "after": last, "at": utc_now()}
        with self._database.connection() as connection:
            connection.execute(insert(ALLOWANCES).values(values))

    def read(self, endpoint: str, fingerprint: str) -> Balance:
        """What the meter shows for a key at an endpoint."""
        mine = select(func.count()).select_from(REQUESTS).where(_with(endpoint, fingerprint))
        with self._database.connection() as connection:
            last_minute = connection.scalar(mine.where(REQUESTS.c.at > _ago(timedelta(minutes=1)))) or 0
            last_hour = connection.scalar(mine.where(REQUESTS.c.at > _ago(timedelta(hours=1)))) or 0
            if endpoint != HOSTED:
                return Balance(None, None, last_minute, last_hour)
            named = connection.execute(_newest(fingerprint)).first()
            credits_, after = (named.credits, named.after) if named else (STARTING_CREDITS, 0)
            used = connection.scalar(mine.where(REQUESTS.c.id > after)) or 0
        return Balance(credits_, max(credits_ - used, 0), last_minute, last_hour)

    def sent_in_the_last_hour(self, endpoint: str, fingerprint: str) -> list[float]:
        """When the last hour's requests with a key at an endpoint were over: Unix time in seconds, oldest first."""
        query = (
            select(REQUESTS.c.at)
            .where(_with(endpoint, fingerprint), REQUESTS.c.at > _ago(timedelta(hours=1)))
            .order_by(REQUESTS.c.at)
        )
        with self._database.connection() as connection:
            return [datetime.fromisoformat(at).timestamp() for at in connection.scalars(query)]

    def per_day(self, endpoint: str, fingerprint: str) -> list[DailyRequests]:
        """Requests with a key at an endpoint per day and model, oldest day first."""
        day = func.substr(REQUESTS.c.at, 1, 10).label("day")
        query = (
            select(day, REQUESTS.c.model, func.count().label("requests"))
            .where(_with(endpoint, fingerprint))
            .group_by(day, REQUESTS.c.model)
            .order_by(day)
        )
        with self._database.connection() as connection:
            return [DailyRequests(row.day, row.model, row.requests) for row in connection.execute(query)]


def _with(endpoint: str, fingerprint: str) -> ColumnElement[bool]:
    # No key has a fingerprint too, the same at every endpoint.
    return (REQUESTS.c.endpoint == endpoint) & (REQUESTS.c.fingerprint == fingerprint)


def _newest(fingerprint: str) -> Select[tuple[int, int]]:
    """The credits that were named last, and the last request before."""
    named = ALLOWANCES.c
    return select(named.credits, named.after).where(named.fingerprint == fingerprint).order_by(named.id.desc()).limit(1)


def _ago(time: timedelta) -> str:
    return (datetime.now(UTC) - time).isoformat(timespec="milliseconds")
