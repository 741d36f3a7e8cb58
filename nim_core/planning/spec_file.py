"""The same as the options of `compare`, as a YAML file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nim_core.errors import InputError
from nim_core.foreign import quoted
from nim_core.values.parameters import GenerationParameters, parameters_from
from nim_core.values.sets import ParameterSet, check_count, grid
from nim_core.words import N_, Sentence

from .notation import parse_set, parse_values

# By the first word of what pydantic calls a mistake, such as int_parsing; another is a number beyond all bounds.
_TYPES = {
    "string": N_("a text"),
    "int": N_("a whole number"),
    "bool": N_("true or false"),
}


@dataclass(frozen=True, slots=True)
class Spec:
    """A spec file: the options of `compare` under the same names; None where the file names none."""

    prompt: str | None = None
    system: str | None = None
    endpoint: str | None = None
    model: str | None = None
    repeats: int | None = None
    concurrency: int | None = None
    rpm: float | None = None
    seed: int | None = None
    warmup: int | None = None
    stream: bool | None = None
    sets: tuple[ParameterSet, ...] = ()


def read_spec(path: Path) -> Spec:
    """Read a spec file. Raises InputError for a file that cannot be read, an unknown key or a bad value."""
    from .plain_yaml import MAX_BYTES, read_plain_yaml

    try:
        with path.open("rb") as file:
            read = file.read(MAX_BYTES + 1)
        text = read.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            N_("The spec file {path} cannot be read: {reason}."), field="--spec", path=path, reason=error
        ) from None
    if len(read) > MAX_BYTES:
        raise InputError(
            N_("The spec file {path} is larger than {most} bytes; shorten it."),
            field="--spec",
            path=path,
            most=MAX_BYTES,
        )
    content = read_plain_yaml(text, Sentence(N_("The spec file {path}"), {"path": path}))
    if not isinstance(content, dict):
        raise InputError(N_("The spec file {path} must hold keys such as prompt and sets."), field="--spec", path=path)
    known = {*Spec.__dataclass_fields__, "grid"}
    for key in content:
        if key not in known:
            raise InputError(
                N_("The spec file {path} has the unknown key {key}; known are: {known}."),
                field="--spec",
                path=path,
                key=quoted(key),
                known=", ".join(sorted(known)),
            )
    sets = [*_spec_sets(content.pop("sets", None)), *_spec_grid(content.pop("grid", None))]
    return Spec(sets=tuple(sets), **_typed(content))


def _typed(content: Mapping[str, Any]) -> dict[str, Any]:
    """The plain options of a spec file, each of its own type."""
    from pydantic import TypeAdapter, ValidationError

    try:
        read = TypeAdapter(Spec).validate_python(dict(content), strict=False)
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(
            N_("The spec file's {key} is {given}, but it must be {allowed}."),
            field="--spec",
            key=first["loc"][0],
            given=quoted(first["input"]),
            allowed=Sentence(_TYPES.get(first["type"].partition("_")[0], N_("a number"))),
        ) from None
    return {key: getattr(read, key) for key in content}


def _spec_sets(value: object) -> list[ParameterSet]:
    if value is None:
        return []
    if isinstance(value, dict | list):
        check_count(len(value))
    if isinstance(value, dict):
        return [ParameterSet(str(name), _spec_parameters(each)) for name, each in value.items()]
    if isinstance(value, list):
        return [parse_set(each) if isinstance(each, str) else _named_set(each) for each in value]
    raise InputError(N_("The spec file's sets must be a list, or names with their parameters."), field="--spec")


def _named_set(value: object) -> ParameterSet:
    if not isinstance(value, dict):
        raise InputError(
            N_("The spec file's set {given} must hold parameters such as temperature: 0.2."),
            field="--spec",
            given=quoted(value),
        )
    parameters = _spec_parameters({key: each for key, each in value.items() if key != "name"})
    return ParameterSet(str(value.get("name", parameters.label())), parameters)


def _spec_parameters(value: object) -> GenerationParameters:
    if not isinstance(value, dict):
        raise InputError(
            N_("The spec file's set {given} must hold parameters such as temperature: 0.2."),
            field="--spec",
            given=quoted(value),
        )
    return parameters_from({str(key): each for key, each in value.items()})


def _spec_grid(value: object) -> list[ParameterSet]:
    if value is None:
        return []
    if not isinstance(value, dict) or not value:
        raise InputError(N_("The spec file's grid must list values, such as temperature: [0, 0.5, 1]."), field="--spec")
    axes = {str(key): parse_values(each) if isinstance(each, str) else each for key, each in value.items()}
    return grid(**axes)
