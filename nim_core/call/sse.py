"""Server-sent events: bytes as they arrive, split anywhere, to the JSON values that they carry."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import orjson

MAX_LINE_BYTES = 32 * 1024 * 1024
MAX_COUNT = 2**31 - 1
"""What every database keeps as a whole number, and more than any model can read or write."""

_MAX_PENDING_BYTES = 64 * 1024
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_FIELDS = (b":", b"event", b"id", b"retry", b"data")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The data of an event that is no JSON object."""

    text: str


class Done:
    """The event `[DONE]`, with which a stream says that it is whole."""


DONE = Done()
Event = dict[str, Any] | Unreadable | Done


class EventReader:
    r"""Reads the events out of a stream of bytes.

    A `data:` line that is a JSON object is handed over at once, without waiting for the blank line
    after it; an object spread over several `data:` lines is put together. `stray` is the first line
    that belongs to no event, as a page or a plain text would have; `overlong` says that a line grew
    past MAX_LINE_BYTES.

    >>> reader = EventReader()
    >>> reader.feed(b'data: {"a"'), reader.feed(b": 1}\r\n")
    ([], [{'a': 1}])
    """

    def __init__(self) -> None:
        self.stray: bytes | None = None
        self.events = 0
        self.overlong = False
        self._rest = bytearray()
        self._pending = b""
        self._names_error = False

    def feed(self, chunk: bytes) -> list[Event]:
        """The events that this chunk completes."""
        found: list[Event] = []
        for line in self._lines(chunk):
            if line.startswith(b"data:"):
                self._data(line[5:].strip(), found)
            elif not line:
                self._blank(found)
            elif line.startswith(b"event:"):
                self._names_error = line[6:].strip() == b"error"
            elif self.stray is None and not line.startswith(_FIELDS):
                self.stray = line[:2000]
        self.events += len(found)
        return found

    def close(self) -> list[Event]:
        """The events in what is left once the stream has ended, perhaps without a last line end."""
        return self.feed(b"\n\n")

    def _lines(self, chunk: bytes) -> list[bytes]:
        rest = self._rest
        if b"\n" not in chunk and b"\r" not in chunk and not rest.endswith(b"\r"):
            rest += chunk
            self.overlong |= len(rest) > MAX_LINE_BYTES
            return []
        data = bytes(rest) + chunk if rest else chunk
        # A \r at the very end may be the first half of \r\n: it waits for the next byte.
        cut = max(data.rfind(b"\n"), data.rfind(b"\r", 0, -1)) + 1
        self._rest = bytearray(data[cut:])
        lines = data[:cut].splitlines()
        if not self.events and lines:
            lines[0] = lines[0].removeprefix(_BYTE_ORDER_MARK)
        return lines

    def _data(self, payload: bytes, found: list[Event]) -> None:
        if payload == b"[DONE]":
            found.append(DONE)
        elif payload:
            value = read_json(self._pending + payload)
            if isinstance(value, dict):
                found.append({"error": value} if self._names_error and "error" not in value else value)
                self._pending = b""
            else:
                self._pending += payload + b"\n"
                if len(self._pending) > _MAX_PENDING_BYTES:
                    self._blank(found)

    def _blank(self, found: list[Event]) -> None:
        if self._pending:
            text = self._pending[:2000].decode("utf-8", "replace").strip()
            found.append({"error": text} if self._names_error else Unreadable(text))
            self._pending = b""
        self._names_error = False


def read_json(data: bytes) -> Any:
    r"""The JSON value in some bytes, or None when there is none.

    Broken UTF-8 and halves of surrogate pairs, which some servers send, become U+FFFD.

    >>> read_json(b'"\\ud83d"')
    '�'
    """
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        try:
            return _mended(json.loads(data.decode("utf-8", "replace")))
        except (ValueError, RecursionError):
            return None


def read_count(value: object) -> int | None:
    """A count of tokens as a server tells it; None for what cannot be one, such as an unsigned -1.

    >>> read_count(7), read_count(-1), read_count(2**64 - 1), read_count(True)
    (7, None, None, None)
    """
    return value if type(value) is int and 0 <= value <= MAX_COUNT else None


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_mended(each) for each in value]
    if isinstance(value, dict):
        return {_mended(key): _mended(each) for key, each in value.items()}
    return value
