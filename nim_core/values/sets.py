"""Parameter sets: what is compared."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from nim_core.errors import InputError
from nim_core.foreign import is_text, quoted
from nim_core.words import N_

from .parameter_field import each_of
from .parameters import GenerationParameters, parameters_from

MAX_SETS = 1_000
"""The most sets of a comparison."""


@dataclass(frozen=True, slots=True)
class ParameterSet:
    """Named parameters: one column of a comparison."""

    name: str
    parameters: GenerationParameters

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise InputError(N_("A parameter set has an empty name; give it one."), field="name")
        if not is_text(self.name):
            raise InputError(
                N_("The set name {name} holds broken characters; write it anew."), field="name", name=quoted(self.name)
            )


def grid(base: GenerationParameters | None = None, /, **values: Iterable[Any]) -> list[ParameterSet]:
    """Every combination of the listed values, as parameter sets named after what varies.

    `base` holds parameters that all sets share. Raises InputError for an unknown parameter, an empty list,
    a bad value, or more than MAX_SETS combinations, before any is made.

    >>> [each.name for each in grid(temperature=[0, 0.5], top_p=[0.9])]
    ['temperature=0, top_p=0.9', 'temperature=0.5, top_p=0.9']
    """
    axes = {key: _listed(key, given) for key, given in values.items()}
    check_count(math.prod(len(listed) for listed in axes.values()))
    sets = []
    for combination in itertools.product(*axes.values()):
        varied = parameters_from(dict(zip(axes, combination, strict=True)))
        sets.append(ParameterSet(varied.label(), replace(base, **_set_only(varied)) if base else varied))
    return sets


def check_count(sets: int) -> None:
    """Raise InputError when a comparison would have more than MAX_SETS sets."""
    if sets > MAX_SETS:
        raise InputError(
            N_("These are {count} parameter sets, and a comparison has at most {most}. List fewer values."),
            field="sets",
            count=sets,
            most=MAX_SETS,
        )


def _listed(key: str, given: object) -> list[Any]:
    """The values of one axis, whether several were given or one."""
    listed = each_of(given)
    if not listed or given is None:
        raise InputError(N_("The grid names {key} but lists no value for it."), field=key, key=quoted(key))
    return listed


def _set_only(parameters: GenerationParameters) -> dict[str, Any]:
    return {key: getattr(parameters, key) for key in parameters.sent()}
