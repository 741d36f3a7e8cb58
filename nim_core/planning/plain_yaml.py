"""YAML as far as it is plain: texts, numbers, true, false and nothing, in lists and under names."""

from __future__ import annotations

from typing import Any

import yaml
from yaml.constructor import ConstructorError

from nim_core.errors import InputError
from nim_core.foreign import quoted

MAX_BYTES = 1_000_000
MAX_VALUES = 40_000
MAX_DEPTH = 50
MAX_DIGITS = 400
"""The longest that a number can be written out and still be one that a float holds."""

_TAG = "tag:yaml.org,2002:"
_PLAIN = ("null", "bool", "int", "float", "str", "seq", "map")


def read_plain_yaml(text: str, source: str) -> object:
    """The value that a YAML text holds; `source` is what its errors call it.

    Raises InputError, with the place, for what is no YAML or more than plain: an alias (a few of them can stand for
    a value beyond all memory), a date, a tag of another kind, more than MAX_VALUES values or MAX_DEPTH levels.

    >>> read_plain_yaml("grid: {temperature: [0, 1]}", "The file")
    {'grid': {'temperature': [0, 1]}}
    """
    try:
        return _Loader(text).get_single_data()
    # The parser lets through what Python says of characters and versions that there are not.
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise InputError(f"{source} is no valid YAML: {' '.join(str(error).split())}", field="--spec") from None


class _Loader(yaml.SafeLoader):
    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.name = "the text"
        self._values = self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        self._values += 1
        self._depth += 1
        if isinstance(event, yaml.AliasEvent):
            raise _refusal("aliases are not read; write the value out", event)
        if self._values > MAX_VALUES:
            raise _refusal(f"it holds more than {MAX_VALUES:,} values", event)
        if self._depth > MAX_DEPTH:
            raise _refusal(f"it is more than {MAX_DEPTH} levels deep", event)
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        kind = node.tag.removeprefix(_TAG)
        if kind not in _PLAIN:
            raise _refusal(f"this is of the kind {quoted(kind)}, which is not read; in double quotes it is text", node)
        if kind in ("int", "float") and len(node.value) > MAX_DIGITS:
            raise _refusal(f"a number has more than {MAX_DIGITS} digits", node)
        try:
            return super().construct_object(node, deep)
        except (ValueError, ArithmeticError, LookupError):  # "!!int abc", which it takes at its word
            raise _refusal(f"{quoted(node.value)} is no {kind}", node) from None


def _refusal(problem: str, at: Any) -> ConstructorError:
    """An error at the place of an event or a node."""
    return ConstructorError(None, None, problem, at.start_mark)
