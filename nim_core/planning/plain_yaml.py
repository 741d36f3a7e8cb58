"""YAML as far as it is plain: texts, numbers, true, false and nothing, in lists and under names."""

from __future__ import annotations

from typing import Any

import yaml

from nim_core.errors import InputError
from nim_core.foreign import quoted
from nim_core.words import N_, Sentence

MAX_BYTES = 1_000_000
MAX_VALUES = 40_000
MAX_DEPTH = 50
MAX_DIGITS = 400
"""The longest that a number can be written out and still be one that a float holds."""

_TAG = "tag:yaml.org,2002:"
_PLAIN = ("null", "bool", "int", "float", "str", "seq", "map")


def read_plain_yaml(text: str, source: str | Sentence) -> object:
    """The value that a YAML text holds; `source` is what its errors call it.

    Raises InputError, with the place, for what is no YAML or more than plain: an alias (a few of them can stand for
    a value beyond all memory), a date, a tag of another kind, more than MAX_VALUES values or MAX_DEPTH levels.

    >>> read_plain_yaml("grid: {temperature: [0, 1]}", "The file")
    {'grid': {'temperature': [0, 1]}}
    """
    try:
        return _Loader(text).get_single_data()
    except _NotPlainError as error:
        raise InputError(
            N_("{source} cannot be read at line {line}, column {column}: {problem}"),
            field="--spec",
            source=source,
            line=error.at.line + 1,
            column=error.at.column + 1,
            problem=error.problem,
        ) from None
    # The parser lets through what Python says of characters and versions that there are not.
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise InputError(
            N_("{source} is no valid YAML: {detail}"),
            field="--spec",
            source=source,
            detail=" ".join(str(error).split()),
        ) from None


class _NotPlainError(Exception):
    """YAML that is more than plain, at the place of an event or a node."""

    def __init__(self, at: Any, problem: str, **values: object) -> None:
        super().__init__(problem)
        self.at: yaml.Mark = at.start_mark
        self.problem = Sentence(problem, values)


class _Loader(yaml.SafeLoader):
    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.name = "YAML"
        self._values = self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        self._values += 1
        self._depth += 1
        if isinstance(event, yaml.AliasEvent):
            raise _NotPlainError(event, N_("Aliases are not read; write the value out."))
        if self._values > MAX_VALUES:
            raise _NotPlainError(event, N_("The file holds more than {most} values."), most=MAX_VALUES)
        if self._depth > MAX_DEPTH:
            raise _NotPlainError(event, N_("The file is more than {most} levels deep."), most=MAX_DEPTH)
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        kind = node.tag.removeprefix(_TAG)
        if kind not in _PLAIN:
            raise _NotPlainError(
                node, N_("Values of the kind {kind} are not read; in double quotes this is text."), kind=quoted(kind)
            )
        if kind in ("int", "float") and len(node.value) > MAX_DIGITS:
            raise _NotPlainError(node, N_("A number has more than {most} digits."), most=MAX_DIGITS)
        try:
            return super().construct_object(node, deep)
        except (ValueError, ArithmeticError, LookupError):  # "!!int abc", which it takes at its word
            raise _NotPlainError(node, N_("{given} is no {kind}."), given=quoted(node.value), kind=kind) from None
