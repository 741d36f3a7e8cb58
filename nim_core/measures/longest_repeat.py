"""The longest passage that stands twice in a text, in little more memory than the text itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from .segmentation import Numbers

_STRETCH = 1 << 16
_MOST_BITS = 5
"""A long text's blocks are compared in up to 2^5 parts, so that few are held at a time."""

_BASE = 0x9E3779B97F4A7C15
_64_BITS = 1 << 64

_Hashes = np.ndarray[tuple[int], np.dtype[np.uint64]]
_Places = np.ndarray[tuple[int], np.dtype[np.int32]]
_Alike = tuple[_Hashes, _Places, _Places]


def longest_repeat(graphemes: Numbers) -> float | None:
    """Length of the longest substring that occurs twice without overlap / length of the text, in graphemes.

    0 when nothing occurs twice, None for an empty text.

    >>> longest_repeat(grapheme_numbers("abcXabcY"))
    0.375
    """
    return longest_repeat_length(graphemes) / len(graphemes) if len(graphemes) else None


def longest_repeat_length(graphemes: Numbers) -> int:
    """Graphemes of the longest substring that occurs twice without overlap.

    Where a block of some length repeats, so does one of each smaller length: the length is found by halves,
    each time by comparing the hashes of all blocks of one length (Karp and Rabin 1987, "Efficient randomized
    pattern-matching algorithms"). Few lengths are tried, and most of those that repeat show it at once.

    >>> longest_repeat_length(grapheme_numbers("aaaaa")), longest_repeat_length(grapheme_numbers("abc"))
    (2, 0)
    """
    low, high = 0, len(graphemes) // 2 + 1
    while high - low > 1:
        middle = min(2 * low + 1, (low + high) // 2)
        if _repeats(graphemes, middle):
            low = middle
        else:
            high = middle
    return low


def _repeats(text: Numbers, length: int) -> bool:
    """Whether a block of this length occurs twice without overlap."""
    bits = min((len(text) // _STRETCH).bit_length(), _MOST_BITS)
    for part in range(1 << bits):
        found: list[_Alike] = []
        for hashes, places in _blocks(text, length):
            if bits:
                chosen = np.flatnonzero(hashes >> np.uint64(64 - bits) == part)
                hashes, places = hashes[chosen], places[chosen]
            if len(hashes):
                found.append(_alike(hashes, places, places))
                if _apart(text, length, *found[-1]):
                    return True
        if len(found) > 1 and _apart(text, length, *_alike(*_taken_together(found))):
            return True
    return False


def _blocks(text: Numbers, length: int) -> Iterator[tuple[_Hashes, _Places]]:
    """The hash of the block at every place, stretch by stretch: its numbers times the powers of the base, added up."""
    with np.errstate(over="ignore"):
        first = np.uint64(0)
        for start in range(0, length, _STRETCH):
            some = text[start : min(start + _STRETCH, length)]
            first += np.uint64(pow(_BASE, start, _64_BITS)) * (some * _POWERS[: len(some)]).sum(dtype=np.uint64)
        ahead = np.uint64(pow(_BASE, length, _64_BITS))
        last = len(text) - length
        for start in range(0, last + 1, _STRETCH):
            size = min(_STRETCH, last - start)
            change = text[start + length : start + length + size] * ahead - text[start : start + size]
            hashes = np.concatenate(([first], first + np.cumsum(change * _POWERS[:size]))) * _INVERSES[: size + 1]
            first = hashes[-1]
            hashes = hashes[:_STRETCH]
            yield hashes, np.arange(start, start + len(hashes), dtype=np.int32)


def _taken_together(found: list[_Alike]) -> _Alike:
    hashes, first, last = map(np.concatenate, zip(*found, strict=True))
    found.clear()  # to hold them twice would be much
    return hashes, first, last


def _alike(hashes: _Hashes, first: _Places, last: _Places) -> _Alike:
    """Every hash once, with the first and the last place where it stands."""
    order = np.argsort(hashes)
    hashes = hashes[order]
    starts = np.flatnonzero(np.concatenate(([True], hashes[1:] != hashes[:-1])))
    return hashes[starts], np.minimum.reduceat(first[order], starts), np.maximum.reduceat(last[order], starts)


def _apart(text: Numbers, length: int, _hashes: _Hashes, first: _Places, last: _Places) -> bool:
    """Whether two blocks of the same hash that do not overlap are really equal."""
    clear = last - first >= length
    return any(
        np.array_equal(text[one : one + length], text[other : other + length])
        for one, other in zip(first[clear], last[clear], strict=True)
    )


def _powers(base: int) -> _Hashes:
    factors: Any = np.full(_STRETCH + 1, base, np.uint64)
    factors[0] = 1
    return np.multiply.accumulate(factors)


_POWERS = _powers(_BASE)
_INVERSES = _powers(pow(_BASE, -1, _64_BITS))
