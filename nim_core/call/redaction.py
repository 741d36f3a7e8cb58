"""The key of a call, taken out of what its server sends back: a server may repeat it anywhere."""

from __future__ import annotations

from typing import overload

SHORTEST = 16
"""Characters below which a key is left in an answer: it could be a word that the model means."""


@overload
def redacted(text: str, key: str | None) -> str: ...
@overload
def redacted(text: None, key: str | None) -> None: ...
def redacted(text: str | None, key: str | None) -> str | None:
    """A text with every occurrence of the key shortened.

    >>> redacted("your key nvapi-FAKE-FAKE-FAKE is fine", "nvapi-FAKE-FAKE-FAKE")
    'your key nvapi-… is fine'
    """
    if text is None or key is None or len(key) < SHORTEST:
        return text
    return text.replace(key, "nvapi-…" if key.startswith("nvapi-") else "…")


class Redactor:
    """Takes a key out of a text that comes in pieces; what may be its beginning is held back.

    >>> redactor = Redactor("nvapi-FAKE-FAKE-FAKE")
    >>> redactor.feed("a nvapi-FA"), redactor.feed("KE-FAKE-FAKE b"), redactor.close()
    ('a ', 'nvapi-… b', '')
    """

    def __init__(self, key: str | None) -> None:
        self._key = key if key is not None and len(key) >= SHORTEST else None
        self._held = ""

    def feed(self, piece: str) -> str:
        """The text that this piece makes certain."""
        if self._key is None or not piece:
            return piece
        text = redacted(self._held + piece, self._key)
        self._held = self._beginning_in(text)
        return text[: len(text) - len(self._held)]

    def close(self) -> str:
        """What was held back and was no key."""
        held, self._held = self._held, ""
        return held

    def _beginning_in(self, text: str) -> str:
        """The longest end of a text with which the key begins."""
        assert self._key is not None
        at = text.find(self._key[0], max(len(text) - len(self._key) + 1, 0))
        while at >= 0:
            if self._key.startswith(text[at:]):
                return text[at:]
            at = text.find(self._key[0], at + 1)
        return ""
