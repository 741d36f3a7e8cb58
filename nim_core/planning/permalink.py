"""A comparison's plan as text for an address: prompt, sets, repeats, model; never a key, never a server's address."""

from __future__ import annotations

import base64
import binascii
import zlib
from dataclasses import dataclass

import orjson

from nim_core.errors import InputError
from nim_core.values.endpoints import NAMED
from nim_core.values.experiment import MAX_REPEATS, Experiment
from nim_core.values.parameters import parameters_from
from nim_core.values.sets import ParameterSet, check_count
from nim_core.words import N_

VERSION = "1"
LONGEST = 8_000
"""Characters that every browser and server takes in an address."""

MOST_BYTES = 1_000_000


OTHER = "other"
"""Where the model of a link is whose endpoint has no name."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a permalink carries; `kind` is where its model is, None in links that do not tell."""

    prompt: str
    system: str
    sets: tuple[ParameterSet, ...]
    repeats: int
    seeded: bool
    model: str
    kind: str | None = None


def kind_of_endpoint(name: str) -> str:
    """What a link may tell of an endpoint: the address of a server stays with its owner.

    >>> kind_of_endpoint("http://10.0.0.1/v1")
    'other'
    """
    return name if name in NAMED else OTHER


def encode(experiment: Experiment) -> str | None:
    """The plan of an experiment as text; None when it is too long for an address."""
    plan = {
        "prompt": experiment.prompt,
        "system": experiment.system or "",
        "sets": [[each.name, each.parameters.sent()] for each in experiment.sets],
        "repeats": experiment.repeats,
        "seeded": experiment.seed is not None,
        "model": experiment.model,
        "kind": kind_of_endpoint(experiment.endpoint),
    }
    packed = base64.urlsafe_b64encode(zlib.compress(orjson.dumps(plan), 9)).decode().rstrip("=")
    return f"{VERSION}.{packed}" if len(packed) < LONGEST else None


def decode(text: str) -> Plan:
    """The plan that a permalink carries.

    Raises InputError for a link of another version, a damaged one, or one whose values cannot be sent.
    """
    version, dot, packed = text.partition(".")
    if not dot or version != VERSION:
        raise InputError(N_("This link was made by another version of NIM Lab and cannot be read here."), field="link")
    try:
        unpacker = zlib.decompressobj()
        raw = unpacker.decompress(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)), MOST_BYTES)
        plan = orjson.loads(raw)
        check_count(len(plan["sets"]))
        found = Plan(
            prompt=_text(plan["prompt"]),
            system=_text(plan["system"]),
            sets=tuple(ParameterSet(_text(name), parameters_from(values)) for name, values in plan["sets"]),
            repeats=int(plan["repeats"]),
            seeded=bool(plan["seeded"]),
            model=_text(plan["model"]),
            kind=plan["kind"] if plan.get("kind") in (*NAMED, OTHER) else None,
        )
    except InputError as error:
        raise InputError(
            N_("This link holds a value that cannot be sent: {reason}"), field="link", reason=error
        ) from None
    except (ValueError, TypeError, KeyError, AttributeError, zlib.error, binascii.Error):
        raise InputError(
            N_("This link is damaged: it was cut or changed on its way. Ask for it again."), field="link"
        ) from None
    if not 1 <= found.repeats <= MAX_REPEATS or not found.sets:
        raise InputError(N_("This link is damaged: it names no set, or an impossible number of repeats."), field="link")
    return found


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value
