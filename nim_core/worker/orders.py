"""What passes between the dashboard and its worker: orders one way, events the other, a line of JSON each."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import orjson
from pydantic import ConfigDict, TypeAdapter

from nim_core.values.events import Arrived, Event
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
# The bytes of a token are not always text, and a probability may be minus infinity.
_VALUES = ConfigDict(ser_json_bytes="hex", val_json_bytes="hex", ser_json_inf_nan="constants")
_EVENTS: dict[str, TypeAdapter[Any]] = {
    event.__name__: TypeAdapter(tuple[str, str, event], config=_VALUES)  # type: ignore[valid-type]  # known when it runs
    for event in get_args(Event)
}


_NAME = re.compile(rb'\["[^"\\]*","(\w+)",')


def encode_order(order: StartOrder | StopOrder) -> bytes:
    """An order as one JSON line."""
    return orjson.dumps(order, option=orjson.OPT_APPEND_NEWLINE)


def decode_order(line: bytes) -> StartOrder | StopOrder:
    """The order that a line holds."""
    return _ORDER.validate_json(line)


def encode_event(experiment_id: str, event: Event) -> bytes:
    """An event as one line: the experiment's id, the event's name and its values, as a JSON list."""
    name = type(event).__name__
    # A long answer takes a fraction of the memory with orjson, which cannot write what tokens hold.
    if isinstance(event, Arrived) and event.piece.tokens:
        return _EVENTS[name].dump_json((experiment_id, name, event)) + b"\n"
    return orjson.dumps([experiment_id, name, event], option=orjson.OPT_APPEND_NEWLINE)


def decode_event(line: bytes) -> tuple[str, Event]:
    """The experiment's id and the event that a line holds. Raises ValueError for a line of another form."""
    named = _NAME.match(line)
    if named is None:
        raise ValueError("the line holds no event")
    experiment_id, _, event = _EVENTS[named[1].decode()].validate_json(line)
    return experiment_id, event
