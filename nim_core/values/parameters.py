"""What can be set on a generation: one typed value, where None means "not sent"."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from numbers import Real
from typing import Any

from nim_core.errors import InputError
from nim_core.foreign import is_text, quoted


@dataclass(frozen=True, slots=True)
class ParameterField:
    """The declaration of one parameter: its name, range and the help that stands beside its widget."""

    key: str
    label: str
    help: str
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    minimum_excluded: bool = False
    whole: bool = False


FIELDS: tuple[ParameterField, ...] = (
    ParameterField(
        "temperature",
        "Temperature",
        "How freely the model picks its next token. Near 0 it nearly always takes the likeliest, so answers repeat "
        "from run to run; above 1 unlikely tokens get a real chance. Example: 0.2 for facts, 0.9 for stories.",
        minimum=0,
        maximum=2,
        step=0.05,
    ),
    ParameterField(
        "top_p",
        "Top p",
        "Nucleus sampling: only the likeliest tokens that together reach this probability may be picked; 1 allows "
        "all. Change this or temperature, rarely both. Example: 0.5 cuts off every unlikely token.",
        minimum=0,
        maximum=1,
        step=0.05,
        minimum_excluded=True,
    ),
    ParameterField(
        "frequency_penalty",
        "Frequency penalty",
        "Lowers a token's chance each time it is used, so the more often, the lower. Negative values raise it "
        "instead. Example: 0.5 makes word-for-word loops rarer; above 1 ordinary words start to go missing.",
        minimum=-2,
        maximum=2,
        step=0.1,
    ),
    ParameterField(
        "presence_penalty",
        "Presence penalty",
        "Lowers a token's chance once, as soon as it has been used at all. Negative values raise it instead. "
        "Example: 0.5 pushes the answer towards new words and new topics.",
        minimum=-2,
        maximum=2,
        step=0.1,
    ),
    ParameterField(
        "max_tokens",
        "Max tokens",
        "The most tokens the answer may have. The model does not plan for it and is cut off there, even in "
        "mid-sentence. "
        "Example: 256 tokens are about 190 English words.",
        minimum=1,
        maximum=1_000_000,
        step=1,
        whole=True,
    ),
    ParameterField(
        "stop",
        "Stop sequences",
        "The answer ends just before any of these texts would appear. The text itself is left out. "
        "Example: a blank line as the stop sequence ends the answer after its first paragraph.",
    ),
    ParameterField(
        "seed",
        "Seed",
        "The start of the random choices: with the same seed and parameters many servers give the same answer. "
        "Some hosted models refuse it. Example: send 42 twice, and see whether the answers agree.",
        minimum=0,
        maximum=2**32 - 2,
        step=1,
        whole=True,
    ),
)
FIELD: dict[str, ParameterField] = {field.key: field for field in FIELDS}


@dataclass(frozen=True, slots=True)
class GenerationParameters:
    """The parameters of one call; None is "not sent".

    temperature 0 to 2, top_p above 0 to 1, penalties -2 to 2, max_tokens from 1, stop a tuple of texts.
    Raises InputError for a value outside its range or of another type.

    >>> GenerationParameters(temperature=0.5).sent()
    {'temperature': 0.5}
    """

    temperature: float | None = None
    top_p: float | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    max_tokens: int | None = None
    stop: tuple[str, ...] | None = None
    seed: int | None = None

    def __post_init__(self) -> None:
        for field in FIELDS:
            given = getattr(self, field.key)
            if given is not None:
                checked = _checked_stop(given) if field.key == "stop" else _checked_number(field, given)
                object.__setattr__(self, field.key, checked)

    def sent(self) -> dict[str, Any]:
        """The parameters as the request body carries them: only those that are set."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {key: list(value) if key == "stop" else value for key, value in values.items() if value is not None}

    def label(self) -> str:
        """The parameters as a set's name.

        >>> GenerationParameters(temperature=0.5, top_p=0.9).label()
        'temperature=0.5, top_p=0.9'
        """
        return ", ".join(f"{key}={plain(value)}" for key, value in self.sent().items()) or "default"


def parameters_from(values: Mapping[str, object]) -> GenerationParameters:
    """Read parameters from foreign input such as a file or a table row.

    Raises InputError for an unknown name or a bad value.

    >>> parameters_from({"temperature": 0.2}).temperature
    0.2
    """
    for key in values:
        if key not in FIELD:
            known = ", ".join(FIELD)
            raise InputError(
                f"There is no parameter called {quoted(key)}. The known ones are: {known}.", field=str(key)
            )
    return GenerationParameters(**values)  # type: ignore[arg-type]  # __post_init__ checks each value


def each_of(given: object) -> list[Any]:
    """What was given, as a list: several things, or one."""
    if isinstance(given, Iterable) and not isinstance(given, str | bytes | Mapping):
        return list(given)
    return [given]


def plain(value: object) -> str:
    """A parameter's value as text: plain decimals, lists as JSON.

    >>> plain(1.0), plain(1e-05), plain(("a",))
    ('1', '0.00001', '["a"]')
    """
    if isinstance(value, float):
        text = format(Decimal(repr(value)), "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, list | tuple):
        import json

        return json.dumps(list(value), ensure_ascii=False)
    return str(value)


def _checked_number(field: ParameterField, given: object) -> float | int:
    number = _finite(given)
    if number is None:
        raise InputError(f"{field.key} is {quoted(given)}, but it must be a number.", field=field.key)
    if field.whole and number != int(number):
        raise InputError(f"{field.key} is {plain(number)}, but it must be a whole number.", field=field.key)
    assert field.minimum is not None
    assert field.maximum is not None
    too_low = number <= field.minimum if field.minimum_excluded else number < field.minimum
    if too_low or number > field.maximum:
        low = f"more than {plain(field.minimum)}" if field.minimum_excluded else f"at least {plain(field.minimum)}"
        raise InputError(
            f"{field.key} is {plain(number)}, but it must be {low} and at most {plain(field.maximum)}.",
            field=field.key,
        )
    return int(number) if field.whole else number


def _finite(given: object) -> float | None:
    """A number as a float; None for what is none, and for one beyond what a float holds."""
    if isinstance(given, bool) or not isinstance(given, Real):
        return None
    try:
        number = float(given)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _checked_stop(given: object) -> tuple[str, ...] | None:
    texts = each_of(given)
    if not all(isinstance(text, str) and text for text in texts):
        raise InputError(
            f"stop is {quoted(given)}, but it must be one text or a list of texts, none of them empty.", field="stop"
        )
    if not all(is_text(text) for text in texts):
        raise InputError(f"stop is {quoted(given)}, which holds broken characters; write it anew.", field="stop")
    return tuple(texts) or None


STARTING = GenerationParameters(temperature=0.25, top_p=0.75, max_tokens=1025)
"""What is sent before anybody touches a parameter; penalties, stop and seed are not."""
