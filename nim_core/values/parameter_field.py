"""What a parameter says of itself: its kind, its range, where it is sent, and how it is shown and written."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from numbers import Real
from typing import Any, Literal

from nim_core.errors import InputError
from nim_core.foreign import is_text, quoted
from nim_core.words import N_

Kind = Literal["number", "whole", "texts", "choice", "switch", "json"]


@dataclass(frozen=True, slots=True)
class ParameterField:
    """The declaration of one parameter; panel, tables, terminal, notation, exports and charts follow from it.

    `kind`: a number and a whole one have a range (`minimum` to `maximum`, the lower end left out where
    `minimum_excluded`), a choice has its `choices`; texts are held as a tuple, a switch as True or False, a JSON object
    as its text. `unit` is what a number counts. `neutral` is the value that does nothing. `swept`: a chart may have it
    as an axis. `path` leads to it in the request body, its key at the top level unless given. `in_openai`: the `openai`
    package takes it as an argument, else in `extra_body`. `in_langchain` is what ChatNVIDIA calls it, None where it
    goes into `model_kwargs`. `key` is the name of the attribute that is declared.
    """

    label: str
    help: str
    kind: Kind = "number"
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    minimum_excluded: bool = False
    unit: str = ""
    neutral: float | None = None
    choices: tuple[str, ...] = ()
    swept: bool = False
    path: tuple[str, ...] = ()
    in_openai: bool = False
    in_langchain: str | None = None
    key: str = ""

    @property
    def numeric(self) -> bool:
        """Whether its values are numbers, from `minimum` to `maximum`."""
        return self.kind in ("number", "whole")

    def checked(self, given: object) -> Any:
        """A value as it is held: immutable, and of the parameter's own type; None for an empty list of texts.

        Raises InputError for a value of another type or outside the range.

        >>> ParameterField("Size", "", "whole", 1, 9, key="size").checked(3.0)
        3
        """
        match self.kind:
            case "number" | "whole":
                return self._checked_number(given)
            case "texts":
                return self._checked_texts(given)
            case "choice":
                if given not in self.choices:
                    known = ", ".join(self.choices)
                    raise self._wrong(given, N_("{name} is {given}, but it must be one of {known}."), known=known)
            case "switch":
                if not isinstance(given, bool):
                    raise self._wrong(given, N_("{name} is {given}, but it must be true or false."))
            case "json":
                return self._checked_json(given)
        return given

    def given(self, held: Any) -> Any:
        """A value that is held, as plain data: texts as a list, a JSON object as what it says."""
        if self.kind == "texts":
            return list(held)
        return json.loads(held) if self.kind == "json" else held

    def put(self, value: object, body: dict[str, Any]) -> None:
        """Write a value where it stands in a request body.

        >>> body = {}
        >>> ParameterField("Size", "", path=("image", "size")).put(3, body)
        >>> body
        {'image': {'size': 3}}
        """
        *outer, name = self.path or (self.key,)
        for each in outer:
            body = body.setdefault(each, {})
        body[name] = value

    def _checked_number(self, given: object) -> float | int:
        number = _finite(given)
        if number is None:
            raise self._wrong(given, N_("{name} is {given}, but it must be a number."))
        whole = self.kind == "whole"
        if whole and number != int(number):
            raise self._wrong(number, N_("{name} is {given}, but it must be a whole number."))
        assert self.minimum is not None
        assert self.maximum is not None
        too_low = number <= self.minimum if self.minimum_excluded else number < self.minimum
        if too_low or number > self.maximum:
            raise self._wrong(
                number,
                N_("{name} is {given}, but it must be more than {low} and at most {high}.")
                if self.minimum_excluded
                else N_("{name} is {given}, but it must be at least {low} and at most {high}."),
                low=plain(self.minimum),
                high=plain(self.maximum),
            )
        return int(number) if whole else number

    def _checked_texts(self, given: object) -> tuple[str, ...] | None:
        texts = each_of(given)
        if not all(isinstance(text, str) and text for text in texts):
            raise self._wrong(
                given, N_("{name} is {given}, but it must be one text or a list of texts, none of them empty.")
            )
        if not all(is_text(text) for text in texts):
            raise self._wrong(given, N_("{name} is {given}, which holds broken characters; write it anew."))
        return tuple(texts) or None

    def _checked_json(self, given: object) -> str:
        try:
            value = json.loads(given) if isinstance(given, str) else given
            text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        except (ValueError, TypeError, RecursionError):
            raise self._wrong(given, N_("{name} is {given}, but it must be a JSON object.")) from None
        if not isinstance(value, Mapping) or not is_text(text):
            raise self._wrong(given, N_("{name} is {given}, but it must be a JSON object."))
        return text

    def _wrong(self, given: object, refusal: str, **values: object) -> InputError:
        shown = plain(given) if isinstance(given, float) else quoted(given)
        return InputError(refusal, field=self.key, name=self.key, given=shown, **values)


def each_of(given: object) -> list[Any]:
    """What was given, as a list: several things, or one.

    >>> each_of((1, 2)), each_of("END")
    ([1, 2], ['END'])
    """
    if isinstance(given, Iterable) and not isinstance(given, str | bytes | Mapping):
        return list(given)
    return [given]


def plain(value: object) -> str:
    """A parameter's value as text: plain decimals, everything that is no number and no text as JSON.

    >>> plain(1.0), plain(1e-05), plain(("a",)), plain(True)
    ('1', '0.00001', '["a"]', 'true')
    """
    if isinstance(value, float):
        text = format(Decimal(repr(value)), "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, bool | list | tuple | Mapping):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _finite(given: object) -> float | None:
    """A number as a float; None for what is none, and for one beyond what a float holds."""
    if isinstance(given, bool) or not isinstance(given, Real):
        return None
    try:
        number = float(given)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
