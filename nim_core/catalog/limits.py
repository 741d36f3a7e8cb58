"""What each parameter may be on one model, with the reason where it is narrower than usual."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from nim_core.errors import InputError
from nim_core.values.endpoints import Endpoint
from nim_core.values.parameter_field import ParameterField, plain
from nim_core.values.parameters import FIELD, FIELDS
from nim_core.values.sets import ParameterSet

from .facts import Facts

if TYPE_CHECKING:
    from nim_core.history.sightings import SeenModel

_NOT_AT_ALL = re.compile(
    r"unsupported|not support|not permitted|forbidden|unexpected|unrecogni[sz]ed|unknown|not allowed", re.IGNORECASE
)
"""Wordings of a server that refuses a parameter whatever its value."""

_PENALTIES = ("frequency_penalty", "presence_penalty")


@dataclass(frozen=True, slots=True)
class Limit:
    """One parameter on one model: its range, the model's own default, and why it is so.

    `minimum` and `maximum` are None for stop, which has none; `default` is None where it is not known.
    `refused` says why the model takes no such parameter at all, None where it may; `note` is what else is
    known of its range, and from where.
    """

    minimum: float | None = None
    maximum: float | None = None
    default: float | None = None
    refused: str | None = None
    note: str | None = None

    def fields(self) -> dict[str, Any]:
        """The limit as plain values."""
        return asdict(self)


def limits_of(
    model_id: str, endpoint: Endpoint, facts: Facts | None, seen: SeenModel | None, context: int | None = None
) -> dict[str, Limit]:
    """What every parameter may be on a model, by parameter.

    `facts` counts for the hosted catalog alone; `seen` is what this installation met; `context` is the
    context length in tokens, where it is known. What is not known keeps the usual range.

    >>> from nim_core.values.endpoints import resolve
    >>> from .facts import facts_of
    >>> model = "meta/llama-3.2-1b-instruct"
    >>> limits = limits_of(model, resolve("nvidia"), facts_of(model), None)
    >>> limits["temperature"].maximum, limits["seed"].refused is not None
    (1.0, True)
    """
    hosted = endpoint.name == "nvidia"
    limits = {field.key: _documented(field, facts if hosted else None, model_id) for field in FIELDS}
    if hosted and facts is None:
        usual = limits["temperature"]
        note = "Most models of the hosted catalog refuse more than 1; this model's own limit is not known."
        limits["temperature"] = replace(usual, note=note)
    if endpoint.is_local:
        # What is not sent to the built-in model does nothing.
        for field in FIELDS:
            limits[field.key] = replace(limits[field.key], default=field.neutral, note=_penalty_note(field.key))
    most = limits["max_tokens"]
    if context and most.maximum and context < most.maximum:
        note = f"The model's context is {context:,} tokens, for the prompt and the answer together."
        limits["max_tokens"] = replace(most, maximum=context, note=note)
    for key, said in (seen.refused if seen else {}).items():
        if key in limits:
            limits[key] = _refused(limits[key], key, said)
    return limits


def check_sets(sets: Iterable[ParameterSet], limits: Mapping[str, Limit]) -> None:
    """Raise InputError for the first value that a model is known to refuse, naming its set.

    >>> from nim_core.values.parameters import grid
    >>> check_sets(grid(temperature=[0.5]), {"temperature": Limit(0, 1)})
    """
    for each in sets:
        for key, value in each.parameters.sent().items():
            limit = limits.get(key)
            if limit is None:
                continue
            if limit.refused:
                raise InputError(f"The set {each.name!r} sends {FIELD[key].label.lower()}. {limit.refused}", field=key)
            if isinstance(value, int | float) and _is_outside(value, limit):
                raise InputError(
                    f"The set {each.name!r} has {FIELD[key].label.lower()} {plain(value)}, but this model allows "
                    f"{plain(limit.minimum)} to {plain(limit.maximum)}.",
                    field=key,
                )


def _is_outside(value: float, limit: Limit) -> bool:
    below = limit.minimum is not None and value < limit.minimum
    return below or (limit.maximum is not None and value > limit.maximum)


def fitted(values: Mapping[str, float], limits: Mapping[str, Limit]) -> tuple[dict[str, float], tuple[str, ...]]:
    """Values moved into a model's ranges, and a sentence for each that was moved.

    >>> fitted({"temperature": 1.5}, {"temperature": Limit(0, 1)})
    ({'temperature': 1}, ('Temperature was moved from 1.5 to 1: this model allows 0 to 1.',))
    """
    moved, said = dict(values), []
    for key, value in values.items():
        limit = limits.get(key)
        if limit is None or limit.minimum is None or limit.maximum is None or limit.refused:
            continue
        inside = min(max(value, limit.minimum), limit.maximum)
        if inside != value:
            inside = int(inside) if FIELD[key].kind == "whole" else inside
            moved[key] = inside
            allowed = f"this model allows {plain(float(limit.minimum))} to {plain(float(limit.maximum))}"
            said.append(
                f"{FIELD[key].label} was moved from {plain(float(value))} to {plain(float(inside))}: {allowed}."
            )
    return moved, tuple(said)


def _documented(field: ParameterField, facts: Facts | None, model_id: str) -> Limit:
    if facts is None:
        return Limit(field.minimum, field.maximum)
    key = field.key
    source = f"NVIDIA's reference for {model_id}, {facts.date}"
    named = facts.penalties if key in _PENALTIES else {"seed": facts.seed, "stop": facts.stop}.get(key)
    if named is False:
        refused = f"This model takes no {field.label.lower()} ({source})."
        return Limit(field.minimum, field.maximum, refused=refused)
    if key == "temperature" and facts.temperature_max is not None:
        low = facts.temperature_min if facts.temperature_min is not None else field.minimum
        return Limit(low, facts.temperature_max, facts.temperature_default, note=source)
    if key == "top_p":
        return Limit(field.minimum, field.maximum, facts.top_p_default)
    if key == "max_tokens" and facts.max_tokens_max is not None:
        return Limit(field.minimum, facts.max_tokens_max, facts.max_tokens_default, note=source)
    return Limit(field.minimum, field.maximum)


def _penalty_note(key: str) -> str | None:
    used = "The built-in model counts the prompt's tokens as used, not those of the answer alone."
    return used if key in _PENALTIES else None


def _refused(limit: Limit, key: str, said: str) -> Limit:
    """What a refusal met here adds: the parameter is out, or only the value that was sent."""
    if _NOT_AT_ALL.search(said):
        return replace(limit, refused=f"This model refused {FIELD[key].label.lower()} when it was last sent: {said}")
    return replace(limit, note=f"This model refused a value of {FIELD[key].label.lower()}: {said}")
