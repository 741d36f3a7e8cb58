"""The history: experiments and generations. A finished generation is written here before it is told."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

import orjson
from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Row, and_, or_, select, update

from nim_core.errors import RETRIED
from nim_core.measures import COUNTED
from nim_core.values.events import Ended
from nim_core.values.experiment import Experiment
from nim_core.values.generation import Generation, TextMeasures, Timing, Usage
from nim_core.values.parameters import GenerationParameters

from .database import Columns, Database, belongs_to, put
from .tables import EXPERIMENTS, GENERATIONS

_PARAMETERS = TypeAdapter(GenerationParameters)
_EXPERIMENT = TypeAdapter(Experiment)
_ENDED = TypeAdapter(Ended)
_NESTED = {"timing": Timing, "usage": Usage}
_WRITTEN = ("parameters", "measures", "error_fields", "error_told", *_NESTED)
"""Fields that do not stand in a column of their name as they are."""

_PLAIN = tuple(each.name for each in fields(Generation) if each.name not in _WRITTEN)


class Experiments:
    """Experiments and their generations in a database; safe to use from several threads and processes.

    Within a workspace only that workspace's experiments are there. Every method raises StoreError when the database
    cannot be read or written.
    """

    def __init__(self, database: Database, workspace: str | None = None) -> None:
        self._database = database
        self._workspace = workspace

    def save(self, experiment: Experiment) -> None:
        """Write an experiment, or its new version under the same id; how an earlier run ended is forgotten."""
        values = {
            "created_at": experiment.created_at,
            "conversation": experiment.conversation,
            "prompt": experiment.prompt,
            "model": experiment.model,
            "spec": orjson.dumps(experiment).decode(),
            "outcome": None,
            "outcome_sentence": None,
            "ending": None,
        }
        if self._workspace is not None:
            values["owner"] = self._workspace
        with self._database.connection() as connection:
            put(connection, EXPERIMENTS, {"id": experiment.id, **values})

    def add(self, generation: Generation) -> Generation:
        """Write a generation and give the one of its cell that then stands, for another runner may have been there.

        An answer never gives way, an error that sending again does not mend only to an answer, anything else to
        whatever comes later.
        """
        row = _to_row(generation)
        with self._database.connection() as connection:
            if put(connection, GENERATIONS, row, _gives_way):
                return generation
            cell = and_(*(column == row[column.name] for column in GENERATIONS.primary_key))
            return _from_row(connection.execute(select(GENERATIONS).where(cell)).one())

    def end(self, experiment_id: str, ended: Ended) -> None:
        """Note how the last run of an experiment ended."""
        values = {"outcome": ended.outcome, "outcome_sentence": None, "ending": orjson.dumps(ended).decode()}
        with self._database.connection() as connection:
            connection.execute(update(EXPERIMENTS).where(EXPERIMENTS.c.id == experiment_id).values(values))

    def experiment(self, experiment_id: str) -> Experiment | None:
        """The experiment of that id, None when there is none."""
        with self._database.connection() as connection:
            spec = connection.scalar(select(EXPERIMENTS.c.spec).where(EXPERIMENTS.c.id == experiment_id, self._mine()))
        return _EXPERIMENT.validate_json(spec) if spec else None

    def ended(self, experiment_id: str) -> Ended | None:
        """How the last run of an experiment ended, None when it has not.

        A store of a shape before 0003 kept a sentence: that is told as it is.
        """
        columns = (EXPERIMENTS.c.outcome, EXPERIMENTS.c.outcome_sentence, EXPERIMENTS.c.ending)
        with self._database.connection() as connection:
            row = connection.execute(select(*columns).where(EXPERIMENTS.c.id == experiment_id, self._mine())).first()
        if row and row.ending:
            return _ENDED.validate_json(row.ending)
        return Ended(row.outcome, "told", detail=row.outcome_sentence) if row and row.outcome else None

    def comparisons(self, *, limit: int = 50) -> list[Experiment]:
        """The experiments that are no chat turns, newest first."""
        query = (
            select(EXPERIMENTS.c.spec)
            .where(EXPERIMENTS.c.conversation.is_(None), self._mine())
            .order_by(EXPERIMENTS.c.created_at.desc())
            .limit(limit)
        )
        return self._experiments(query)

    def turns(self, conversation: str) -> list[Experiment]:
        """The turns of one conversation, oldest first."""
        query = (
            select(EXPERIMENTS.c.spec)
            .where(EXPERIMENTS.c.conversation == conversation, self._mine())
            .order_by(EXPERIMENTS.c.created_at)
        )
        return self._experiments(query)

    def generations(self, experiment_id: str) -> list[Generation]:
        """All generations of an experiment, in the order of sending."""
        query = select(GENERATIONS).where(GENERATIONS.c.experiment_id == experiment_id).order_by(GENERATIONS.c.order)
        if self._workspace is not None:
            query = query.where(GENERATIONS.c.experiment_id.in_(select(EXPERIMENTS.c.id).where(self._mine())))
        with self._database.connection() as connection:
            return [_from_row(row) for row in connection.execute(query)]

    def _mine(self) -> ColumnElement[bool]:
        """The condition that an experiment belongs to the workspace."""
        return belongs_to(EXPERIMENTS, self._workspace)

    def _experiments(self, query: Any) -> list[Experiment]:
        with self._database.connection() as connection:
            return [_EXPERIMENT.validate_json(spec) for spec in connection.scalars(query)]


def _gives_way(stands: Columns, comes: Columns) -> ColumnElement[bool]:
    """Whether one generation of a cell gives way to another: none that is lasting does, but to something better."""
    mended = or_(stands.error.is_(None), stands.error.in_(RETRIED), comes.status == "ok")
    return and_(stands.status != "ok", mended)


def _to_row(generation: Generation) -> dict[str, Any]:
    row = {name: getattr(generation, name) for name in _PLAIN}
    row["parameters"] = orjson.dumps(generation.parameters).decode()
    row["error_fields"] = orjson.dumps(generation.error_fields).decode()
    row["error_text"] = generation.error_told
    for name in _NESTED:
        row |= asdict(getattr(generation, name))
    row["repetition_unit"] = generation.measures.repetition_unit
    return row | {measure.key: generation.measures[measure.key] for measure in COUNTED}


def _from_row(row: Row[Any]) -> Generation:
    values = row._mapping
    nested = {
        name: made(**{field.name: values[field.name] for field in fields(made)}) for name, made in _NESTED.items()
    }
    counted = {measure.key: values[measure.key] for measure in COUNTED if values[measure.key] is not None}
    return Generation(
        **{name: values[name] for name in _PLAIN},
        parameters=_PARAMETERS.validate_json(values["parameters"]),
        measures=TextMeasures(counted, values["repetition_unit"]),
        error_fields=tuple(orjson.loads(values["error_fields"] or "[]")),
        error_told=values["error_text"],
        **nested,
    )
