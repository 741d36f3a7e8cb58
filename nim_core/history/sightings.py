"""What this installation has seen of each model: when it answered, how fast, and what it refused."""

from __future__ import annotations

import re
import statistics
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Boolean, Table, bindparam, delete, insert, select

from nim_core.values.clock import utc_now
from nim_core.values.model import Model

from .database import Database
from .tables import LISTS, SIGHTINGS

KEPT_EACH = 9
"""Successes and failures that are kept of a model: enough for a typical first-token time."""

REFUSAL_LASTS = timedelta(days=30)
"""A server may have learnt a parameter since."""

NOT_THE_MODEL = ("cancelled", "key_missing", "key_refused", "credits_exhausted", "network", "not_openai")
"""Outcomes that say nothing of the model."""


_ALIKE = (
    (SIGHTINGS.c.endpoint == bindparam("endpoint"))
    & (SIGHTINGS.c.fingerprint == bindparam("fingerprint"))
    & (SIGHTINGS.c.model == bindparam("model"))
    & ((SIGHTINGS.c.outcome == "ok") == bindparam("answered", type_=Boolean))
)
_NEWEST = select(SIGHTINGS.c.id).where(_ALIKE).order_by(SIGHTINGS.c.id.desc()).limit(KEPT_EACH)
_NOTE = insert(SIGHTINGS)
_FORGET = delete(SIGHTINGS).where(_ALIKE & SIGHTINGS.c.id.not_in(_NEWEST))
"""Made once: making a statement takes longer than carrying it out, and these follow every call."""


@dataclass(frozen=True, slots=True)
class SeenModel:
    """What is known of one model from its last calls; moments are UTC, ISO 8601.

    `failure` is the error kind of the last call, None when it answered; `detail` is the server's wording.
    `ttft_s` is the median first-token time in seconds. `refused` gives each refused parameter the
    server's wording.
    """

    answered_at: str | None = None
    failed_at: str | None = None
    failure: str | None = None
    detail: str = ""
    ttft_s: float | None = None
    refused: Mapping[str, str] = field(default_factory=dict)

    @property
    def retired_on(self) -> str | None:
        """The date that a retired model's server named, None where it named none."""
        date = re.search(r"\d{4}-\d{2}-\d{2}", self.detail)
        return date[0] if self.failure == "model_retired" and date else None


@dataclass(frozen=True, slots=True)
class SeenList:
    """The last list of models that an endpoint sent, and when (UTC, ISO 8601)."""

    models: tuple[Model, ...]
    at: str


class Sightings:
    """Keeps the last calls of each model, apart by endpoint and by the fingerprint of the key (see Credits)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(
        self,
        endpoint: str,
        fingerprint: str,
        model: str,
        outcome: str,
        *,
        ttft_s: float | None = None,
        refused: Collection[str] = (),
        detail: str = "",
    ) -> None:
        """Keep how one call went: `outcome` is ok, cancelled or an error kind, `refused` the parameters it names."""
        if outcome in NOT_THE_MODEL:
            return
        call = {"endpoint": endpoint, "fingerprint": fingerprint, "model": model}
        told = {"outcome": outcome, "ttft_s": ttft_s, "refused": orjson.dumps(list(refused)).decode(), "detail": detail}
        with self._database.connection() as connection:
            connection.execute(_NOTE, call | told | {"at": utc_now()})
            connection.execute(_FORGET, call | {"answered": outcome == "ok"})

    def models(self, endpoint: str, fingerprint: str) -> dict[str, SeenModel]:
        """What is known of every model that was called at an endpoint with a key, by model id."""
        return self._read(_of(SIGHTINGS, endpoint, fingerprint))

    def model(self, endpoint: str, fingerprint: str, model: str) -> SeenModel | None:
        """What is known of one model, None when it was never called."""
        return self._read(_of(SIGHTINGS, endpoint, fingerprint) & (SIGHTINGS.c.model == model)).get(model)

    def keep_list(self, endpoint: str, fingerprint: str, models: Iterable[Model]) -> None:
        """Keep the list that an endpoint sent, in place of an earlier one."""
        body = orjson.dumps([asdict(model) for model in models]).decode()
        mine = _of(LISTS, endpoint, fingerprint)
        with self._database.connection() as connection:
            connection.execute(delete(LISTS).where(mine))
            connection.execute(
                insert(LISTS).values(endpoint=endpoint, fingerprint=fingerprint, at=utc_now(), models=body)
            )

    def last_list(self, endpoint: str, fingerprint: str) -> SeenList | None:
        """The last list that an endpoint sent to this key, None when there was none."""
        query = select(LISTS).where(_of(LISTS, endpoint, fingerprint)).order_by(LISTS.c.id.desc()).limit(1)
        with self._database.connection() as connection:
            row = connection.execute(query).first()
        return SeenList(tuple(Model(**each) for each in orjson.loads(row.models)), row.at) if row else None

    def knows(self, endpoint: str) -> bool:
        """Whether this installation has ever had a list or an outcome of a call from an endpoint, with whatever key."""
        with self._database.connection() as connection:
            return any(
                connection.scalar(select(table.c.id).where(table.c.endpoint == endpoint).limit(1)) is not None
                for table in (LISTS, SIGHTINGS)
            )

    def _read(self, which: Any) -> dict[str, SeenModel]:
        calls: dict[str, list[Any]] = {}
        with self._database.connection() as connection:
            for row in connection.execute(select(SIGHTINGS).where(which).order_by(SIGHTINGS.c.id)):
                calls.setdefault(row.model, []).append(row)
        return {model: _summary(rows) for model, rows in calls.items()}


def _of(table: Table, endpoint: str, fingerprint: str) -> Any:
    return (table.c.endpoint == endpoint) & (table.c.fingerprint == fingerprint)


def _summary(rows: Sequence[Any]) -> SeenModel:
    """What a model's kept calls, oldest first, come to."""
    answers = [row for row in rows if row.outcome == "ok"]
    failures = [row for row in rows if row.outcome != "ok"]
    times = [row.ttft_s for row in answers if row.ttft_s is not None]
    last = rows[-1]
    since = (datetime.now(UTC) - REFUSAL_LASTS).isoformat()
    return SeenModel(
        answered_at=answers[-1].at if answers else None,
        failed_at=failures[-1].at if failures else None,
        failure=None if last.outcome == "ok" else last.outcome,
        detail="" if last.outcome == "ok" else last.detail,
        ttft_s=statistics.median(times) if times else None,
        refused={name: row.detail for row in failures if row.at > since for name in orjson.loads(row.refused)},
    )
