"""The options by which `chat` takes parameters, made from their declarations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from nim_core.values.parameter_field import ParameterField
from nim_core.values.parameters import FIELDS

from .helps import option

F = TypeVar("F", bound=Callable[..., Any])


def parameter_options(command: F) -> F:
    """Give a command one option for each parameter; what is not named is None or ()."""
    for field in reversed(FIELDS):
        command = _option(field)(command)
    return command


def _option(field: ParameterField) -> Callable[[F], F]:
    flag = f"--{field.key.replace('_', '-')}"
    match field.kind:
        case "number":
            return option(flag, type=float, metavar="X", help=field.help)
        case "whole":
            return option(flag, type=int, metavar="N", help=field.help)
        case "texts":
            return option(flag, multiple=True, metavar="TEXT", help=field.help)
        case "choice":
            return option(flag, metavar="|".join(field.choices), help=field.help)
        case "switch":
            return option(f"{flag}/--no-{flag[2:]}", default=None, help=field.help)
        case "json":
            return option(flag, metavar="JSON", help=field.help)
