"""Parameter sets as a person writes them: `NAME: temperature=0.2`, `temperature=0,0.5,1`, `temperature=0:1:0.25`."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from nim_core.errors import InputError
from nim_core.foreign import quoted
from nim_core.values.parameters import FIELD, parameters_from
from nim_core.values.sets import MAX_SETS, ParameterSet, grid
from nim_core.words import N_

_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"\s*")
_NAME = re.compile(r"(\w+)\s*=")
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
_RANGE = re.compile(r"\s*([^:,\s]+):([^:,\s]+):([^:,\s]+)\s*$")


def parse_set(text: str) -> ParameterSet:
    r"""Read `NAME: temperature=0.2, stop=["\n"]`; without a name the set is called after its parameters.

    Raises InputError that says what is wrong and where.

    >>> parse_set("cool: temperature=0.2, top_p=0.9").parameters.top_p
    0.9
    """
    name, colon, rest = text.partition(":")
    if not colon or "=" in name:
        name, rest = "", text
    elif not name.strip():
        raise InputError(N_("The set {given} has an empty name before its colon."), field="--set", given=quoted(text))
    values: dict[str, object] = {}
    position = _past_space(rest, 0)
    while position < len(rest):
        match = _NAME.match(rest, position)
        if not match:
            raise InputError(
                N_("The set {given} cannot be read at {rest}; write it as NAME: temperature=0.2, top_p=0.9"),
                field="--set",
                given=quoted(text),
                rest=quoted(rest[position:].strip()),
            )
        if match[1] in values:
            raise InputError(
                N_("The set {given} names {key} twice."), field="--set", given=quoted(text), key=quoted(match[1])
            )
        values[match[1]], position = _value(rest, match.end(), text)
        position = _past_comma(rest, position, text)
    if not values and not name:
        raise InputError(N_("The set is empty; write it as NAME: temperature=0.2, top_p=0.9"), field="--set")
    parameters = parameters_from(values)
    return ParameterSet(name.strip() or parameters.label(), parameters)


def parse_axis(text: str) -> tuple[str, list[Any]]:
    """Read one grid axis: `temperature=0,0.5,1.0` or `temperature=0:1:0.25` (a range, end included).

    >>> parse_axis("temperature=0:1:0.25")
    ('temperature', [0.0, 0.25, 0.5, 0.75, 1.0])
    """
    key, equals, rest = text.partition("=")
    key = key.strip()
    if not equals or not rest.strip():
        raise InputError(
            N_("The grid {given} cannot be read; write it as temperature=0,0.5,1.0"), field="--grid", given=quoted(text)
        )
    if key not in FIELD:
        raise InputError(
            N_("The grid names {key}; the known parameters are: {known}."),
            field="--grid",
            key=quoted(key),
            known=", ".join(FIELD),
        )
    return key, parse_values(rest)


def parse_values(text: str) -> list[Any]:
    """Read a list such as `0, 0.5, 1` or a range such as `0:1:0.25`, end included. Raises InputError."""
    if match := _RANGE.match(text):
        return _range(text, *match.groups())
    values: list[Any] = []
    position = _past_space(text, 0)
    while position < len(text):
        value, position = _value(text, position, text)
        values.append(value)
        position = _past_comma(text, position, text)
    if not values:
        raise InputError(
            N_("{given} lists no value; write 0, 0.5, 1 or a range such as 0:1:0.25"),
            field="--grid",
            given=quoted(text),
        )
    return values


def parameter_sets(sets: Iterable[str], axes: Iterable[str]) -> list[ParameterSet]:
    """The exact sets, then the product of the axes."""
    exact = [parse_set(text) for text in sets]
    values: dict[str, list[Any]] = {}
    for text in axes:
        key, listed = parse_axis(text)
        if key in values:
            raise InputError(N_("The grid names {key} twice; list all its values at once."), field="--grid", key=key)
        values[key] = listed
    return exact + (grid(**values) if values else [])


def _past_space(text: str, position: int) -> int:
    space = _SPACE.match(text, position)
    return space.end() if space else position


def _value(text: str, position: int, whole: str) -> tuple[Any, int]:
    position = _past_space(text, position)
    if match := _NUMBER.match(text, position):
        return float(match[0]), match.end()
    try:
        return _DECODER.raw_decode(text, position)
    except (ValueError, RecursionError):  # the second for brackets in thousands of brackets
        raise InputError(
            N_("{given} cannot be read at {rest}; values are numbers, or texts in double quotes."),
            field="--set",
            given=quoted(whole),
            rest=quoted(text[position:].strip()),
        ) from None


def _past_comma(text: str, position: int, whole: str) -> int:
    """Where the next value begins; the end of the text after the last."""
    position = _past_space(text, position)
    if position == len(text):
        return position
    following = _past_space(text, position + 1)
    if text[position] != "," or following == len(text):
        raise InputError(
            N_("{given} cannot be read at {rest}; separate values by commas."),
            field="--set",
            given=quoted(whole),
            rest=quoted(text[position:].strip()),
        )
    return following


def _range(text: str, first: str, last: str, step: str) -> list[Any]:
    try:
        low, high, by = Decimal(first), Decimal(last), Decimal(step)
    except InvalidOperation:
        raise InputError(
            N_("The range {given} is not made of three numbers, such as 0:1:0.25"), field="--grid", given=quoted(text)
        ) from None
    finite = all(number.is_finite() and math.isfinite(float(number)) for number in (low, high, by))
    if not finite or by <= 0 or high < low:
        raise InputError(
            N_("The range {given} must go up: first:last:step with a step above 0."), field="--grid", given=quoted(text)
        )
    # By multiplication: what a division gives may be too large to be counted.
    if high - low >= by * MAX_SETS:
        raise InputError(
            N_("The range {given} has more than {most} values, and at most {most} can run."),
            field="--grid",
            given=quoted(text),
            most=MAX_SETS,
        )
    return [float(low + by * index) for index in range(int((high - low) / by) + 1)]
