"""A piece of an answer, as it arrives: its text, its thinking, and what a server tells of its tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Token:
    """A token as a server tells it; `alternatives` are those that could have stood in its place.

    `text` is its bytes, which may be a part of a character; `id` is None where the server tells none. `logprob` is
    the natural logarithm of its probability, minus infinity where it had none, None where it is unknown.
    """

    id: int | None
    text: bytes
    logprob: float | None
    alternatives: tuple[Token, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """What has arrived since the piece before.

    `tokens` have an order of their own: servers send them with other pieces than their text, leave some out, and
    tell of such as are in no text.
    """

    text: str = ""
    thinking: str = ""
    tokens: tuple[Token, ...] = ()


def joined(pieces: Sequence[Piece]) -> Piece:
    """Pieces that follow one another, as one.

    >>> joined([Piece("", "Hm."), Piece("Yes"), Piece("!")])
    Piece(text='Yes!', thinking='Hm.', tokens=())
    """
    return Piece(
        "".join([each.text for each in pieces]),
        "".join([each.thinking for each in pieces]),
        tuple([token for each in pieces for token in each.tokens]),
    )
