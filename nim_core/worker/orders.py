"""What passes between the dashboard and its worker: orders one way, events the other, one JSON line each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import orjson
from pydantic import ConfigDict, TypeAdapter

from nim_core.values.events import Event
from nim_core.values.experiment import Experiment
from nim_core.values.visitor import Visitor


@dataclass(frozen=True, slots=True)
class StartOrder:
    """Run an experiment's missing cells for a visitor."""

    experiment: Experiment
    visitor: Visitor
    key: str | None = field(default=None, repr=False)
    do: Literal["start"] = "start"


@dataclass(frozen=True, slots=True)
class StopOrder:
    """Stop the run of an experiment."""

    experiment_id: str
    do: Literal["stop"] = "stop"


# An order that cannot be read ends the worker with an error, which must not show the key in it.
_ORDER: TypeAdapter[StartOrder | StopOrder] = TypeAdapter(
    StartOrder | StopOrder, config=ConfigDict(hide_input_in_errors=True)
)
_EVENTS: dict[str, TypeAdapter[Any]] = {event.__name__: TypeAdapter(event) for event in get_args(Event)}


def encode_order(order: StartOrder | StopOrder) -> bytes:
    """An order as one JSON line."""
    return orjson.dumps(order, option=orjson.OPT_APPEND_NEWLINE)


def decode_order(line: bytes) -> StartOrder | StopOrder:
    """The order that a line holds."""
    return _ORDER.validate_json(line)


def encode_event(experiment_id: str, event: Event) -> bytes:
    """An event as one JSON line."""
    return orjson.dumps([experiment_id, type(event).__name__, event], option=orjson.OPT_APPEND_NEWLINE)


def decode_event(line: bytes) -> tuple[str, Event]:
    """The experiment's id and the event that a line holds."""
    experiment_id, name, values = orjson.loads(line)
    return experiment_id, _EVENTS[name].validate_python(values)
