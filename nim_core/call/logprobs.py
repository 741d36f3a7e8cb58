"""What a server tells of an answer's tokens and their probabilities."""

from __future__ import annotations

from typing import Any

from nim_core.values.piece import Token

from .sse import read_count

_MINUS_INFINITY = -9999
"""What some servers write for it, since JSON has no word for it."""


def read_tokens(logprobs: object) -> list[Token]:
    """The tokens in a choice's `logprobs`, in their order; what cannot be read is unknown or left out.

    >>> read_tokens({"content": [{"token": "Hi", "logprob": -0.5, "bytes": [72, 105], "top_logprobs": []}]})
    [Token(id=None, text=b'Hi', logprob=-0.5, alternatives=())]
    """
    return _tokens(logprobs.get("content")) if isinstance(logprobs, dict) else []


def _tokens(entries: object) -> list[Token]:
    if not isinstance(entries, list):
        return []
    return [
        Token(
            read_count(entry.get("id")),
            _text(entry),
            _logprob(entry.get("logprob")),
            tuple(_tokens(entry.get("top_logprobs"))),
        )
        for entry in entries
        if isinstance(entry, dict)
    ]


def _text(entry: dict[str, Any]) -> bytes:
    """The token's bytes; those of its text where they are missing or are none."""
    values, text = entry.get("bytes"), entry.get("token")
    if isinstance(values, list) and values and all(type(each) is int and 0 <= each < 256 for each in values):
        return bytes(values)
    return text.encode() if isinstance(text, str) else b""


def _logprob(value: object) -> float | None:
    if not isinstance(value, int | float) or isinstance(value, bool) or not value <= 0:
        return None
    return float("-inf") if value <= _MINUS_INFINITY else float(value)
