"""What an error body says, in whatever shape: JSON of many kinds, JSON or Python in a string, HTML, plain text."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nim_core.call.sse import read_json

MAX_SHOWN = 500
# More than this of a server's own words tells nothing new, and costs the patterns much.
_MAX_WORDING = 4000
_MAX_DEPTH = 12
_MAX_PYTHON = 32 * 1024
_SAID = (
    "message",
    "msg",
    "detail",
    "details",
    "error",
    "errors",
    "error_description",
    "description",
    "reason",
    "title",
)
# An error may echo the request: what the user wrote must not be taken for the server's words.
_ECHOES = {"input", "ctx", "url", "instance", "messages", "body", "request", "requestId", "request_id"}
_NAMING = ("param", "parameter", "field", "loc")


@dataclass(frozen=True, slots=True)
class Envelope:
    """An error body as read: `shown` for a person, `wording` (lower case) to classify by.

    `statements` are the sentences it makes, `located` the names that it points at by its structure,
    `status` the status that it gives itself.
    """

    shown: str
    wording: str
    statements: tuple[str, ...]
    located: tuple[str, ...]
    status: int | None
    is_html: bool

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing at all."""
        return not self.wording


def read_envelope(text: str, content_type: str = "") -> Envelope:
    """Read an error body.

    >>> read_envelope('data:{"status": 429, "title": "Too Many Requests"}').shown
    'Too Many Requests'
    """
    text = text.lstrip("\ufeff").strip()
    if prefix := re.match(r"(event:\s*\w+\s+)?data:\s*", text):
        # An event where a plain body belongs: what follows it, as [DONE], says nothing.
        text = re.split(r"\r?\n\r?\n", text[prefix.end() :], maxsplit=1)[0]
    if text.startswith("<") or (text and "text/html" in content_type):
        return _html(text[:_MAX_WORDING])
    body = _unpacked(text)
    statements = tuple(dict.fromkeys(said[:_MAX_WORDING] for said in _said(body, 0) if said))
    words = list(_words(body, 0))
    return Envelope(
        shown=shortened("; ".join(statements) or "; ".join(words)),
        wording=" | ".join(words)[:_MAX_WORDING].lower(),
        statements=statements,
        located=tuple(dict.fromkeys(_located(body, 0))),
        status=_status(body),
        is_html=False,
    )


def shortened(text: str) -> str:
    """A text on one line, at most MAX_SHOWN characters long."""
    line = " ".join(text.split())
    return line if len(line) <= MAX_SHOWN else line[: MAX_SHOWN - 1] + "…"


def _html(page: str) -> Envelope:
    title = re.search(r"<(title|h1)[^>]*>(.*?)</\1>", page, re.IGNORECASE | re.DOTALL)
    text = title[2] if title else re.sub(r"<(script|style).*?</\1>|<[^>]*>", " ", page, flags=re.DOTALL)
    shown = shortened(re.sub(r"<[^>]*>", " ", text))
    return Envelope(f"an HTML page ({shown})" if shown else "an HTML page", shown.lower(), (), (), None, is_html=True)


def _unpacked(text: str) -> Any:
    """A string as the JSON or the Python value that it spells, else as it is."""
    stripped = text.strip()
    start = re.match(r"^[^{\[]{0,80}?(?=[{\[]\s*[{'\"\[])", stripped)
    if not stripped.startswith(("{", "[", '"')) and start is None:
        return text
    packed = stripped[start.end() :] if start else stripped
    value = read_json(packed.encode("utf-8", "replace"))
    if value is None and len(packed) <= _MAX_PYTHON:
        try:
            value = ast.literal_eval(packed)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            return text
    if not isinstance(value, dict | list | tuple | str):
        return text
    return [start[0].rstrip(" :"), value] if start and start[0] else value


def _said(value: Any, depth: int) -> Iterator[str]:
    """The sentences for a person: of each object the most telling member only."""
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, str):
        inner = _unpacked(value)
        if isinstance(inner, str):
            yield inner.strip()
        else:
            yield from _said(inner, depth + 1)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _said(each, depth + 1)
    elif isinstance(value, dict):
        said = next((list(_said(value[key], depth + 1)) for key in _SAID if value.get(key)), [])
        where = ".".join(str(step) for step in value["loc"]) if isinstance(value.get("loc"), list | tuple) else ""
        yield from (f"{where}: {each}" if where else each for each in said)


def _words(value: Any, depth: int) -> Iterator[str]:
    """Every text in the envelope, codes and types included, echoes of the request left out."""
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, str):
        inner = _unpacked(value)
        if isinstance(inner, str):
            if inner.strip():
                yield inner.strip()
        else:
            yield from _words(inner, depth + 1)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _words(each, depth + 1)
    elif isinstance(value, dict):
        for key, each in value.items():
            if key not in _ECHOES and key not in _NAMING:
                yield from _words(each, depth + 1)


def _located(value: Any, depth: int) -> Iterator[str]:
    """The names that members such as `loc` and `param` point at."""
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, str):
        inner = _unpacked(value)
        if not isinstance(inner, str):
            yield from _located(inner, depth + 1)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _located(each, depth + 1)
    elif isinstance(value, dict):
        for key, each in value.items():
            if key in _NAMING and each:
                steps = each if isinstance(each, list | tuple) else re.split(r"[.\[/]|->", str(each))
                names = [str(step).strip() for step in steps if str(step).strip() not in ("", "body", "query", "$")]
                yield from names[:1]
            elif key not in _ECHOES:
                yield from _located(each, depth + 1)


def _status(value: Any) -> int | None:
    """The HTTP status that the envelope gives itself, in `status`, `code` or `error.code`."""
    if isinstance(value, list | tuple) and value:
        value = value[0]
    if not isinstance(value, dict):
        return None
    for key in ("status", "code", "status_code", "statusCode"):
        if re.fullmatch(r"[45]\d\d", str(value.get(key))):
            return int(value[key])
    return _status(value.get("error"))
