"""Repetition inside one text: repeated n-grams, the longest repeat, distinct bigrams."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .declaration import Measure

REPETITION = Measure(
    key="repetition",
    label="Repetition",
    unit="share of n-grams",
    better="lower",
    scale="linear",
    decimals=3,
    family="repetition",
    help="The share of short word sequences (4 words, or 8 characters in Korean, Japanese and Chinese) that the "
    "answer has used before: 0 is none, near 1 is a loop.",
)
LONGEST_REPEAT = Measure(
    key="longest_repeat",
    label="Longest repeat",
    unit="share of the answer",
    better="lower",
    scale="linear",
    decimals=3,
    family="repetition",
    help="The longest passage that occurs twice without overlap, as a share of the answer: 0.5 is a text said twice.",
)
DISTINCT_2 = Measure(
    key="distinct_2",
    label="Distinct pairs",
    unit="share of pairs",
    better="higher",
    scale="linear",
    decimals=3,
    family="repetition",
    help="Distinct-2: the share of neighbouring pairs of words (or characters) that are different from one another. "
    "It falls as answers grow longer, so compare answers of like length.",
)


def repetition(items: Sequence[str], n: int) -> float | None:
    """The share of n-grams that are repeats: 1 - distinct n-grams / n-grams (seq-rep-n).

    None below n units. Source: Welleck et al. 2020, "Neural Text Generation with Unlikelihood Training",
    section 6, equation for seq-rep-n.

    >>> repetition("a b c d a b c d".split(), 4)
    0.2
    """
    total = len(items) - n + 1
    return (total - distinct_ngrams(items, n)) / total if total > 0 else None


def distinct_2(items: Sequence[str]) -> float | None:
    """Distinct bigrams / bigrams; None below two units.

    Source: Li et al. 2016, "A Diversity-Promoting Objective Function for Neural Conversation Models",
    section 5.1, which divides by the number of words; here the denominator is the number of bigrams,
    so that 1 is reached when no pair occurs twice.

    >>> distinct_2("a b a b".split())
    0.6666666666666666
    """
    total = len(items) - 1
    return distinct_ngrams(items, 2) / total if total > 0 else None


def distinct_ngrams(items: Sequence[str], n: int) -> int:
    """How many different n-grams stand in a sequence.

    >>> distinct_ngrams("abab", 2)
    2
    """
    return len(set(zip(*(items[start:] for start in range(n)), strict=False)))


def longest_repeat(clusters: Sequence[str]) -> float | None:
    """Length of the longest substring that occurs twice without overlap / length of the text, in graphemes.

    0 when nothing occurs twice, None for an empty text.

    >>> longest_repeat("abcXabcY")
    0.375
    """
    return longest_repeat_length(clusters) / len(clusters) if clusters else None


def longest_repeat_length(clusters: Sequence[str]) -> int:
    """Graphemes of the longest substring that occurs twice without overlap, in O(n log² n).

    Equal blocks of length 1, 2, 4, … get equal names (Karp, Miller and Rosenberg 1972, "Rapid identification
    of repeated patterns in strings, trees and arrays"), as long as some block occurs twice without overlap;
    the rest of the length is added by halves in the same way. Whatever cannot be part of a longer repeat is
    dropped on the way, which leaves little of an ordinary text.

    >>> longest_repeat_length("aaaaa"), longest_repeat_length("abc")
    (2, 0)
    """
    names, places = _repeated(_codes(clusters), np.arange(len(clusters), dtype=np.int64), 1, len(clusters))
    if not places.size:
        return 0
    powers, length, best, best_places = [names], 1, names, places
    while True:
        named, found = _joined(best, best, best_places, length, length)
        if not found.size:
            break
        best, best_places, length = named, found, 2 * length
        powers.append(best)
    for exponent in reversed(range(len(powers) - 1)):
        named, found = _joined(best, powers[exponent], best_places, length, 2**exponent)
        if found.size:
            best, best_places, length = named, found, length + 2**exponent
    return length


_Integers = np.ndarray[tuple[int], np.dtype[np.int64]]


def _codes(clusters: Sequence[str]) -> _Integers:
    text = "".join(clusters)
    if len(text) == len(clusters):
        return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.int64)
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(each, len(numbers)) for each in clusters], dtype=np.int64)


def _joined(
    first: _Integers, second: _Integers, places: _Integers, length: int, more: int
) -> tuple[_Integers, _Integers]:
    """Names and places of the blocks of `length + more` that repeat, from the names of their two parts."""
    size = len(first)
    places = places[places + length + more <= size]
    after = second[places + length]
    places, after = places[after >= 0], after[after >= 0]
    return _repeated(first[places] * size + after, places, length + more, size)


def _repeated(keys: _Integers, places: _Integers, length: int, size: int) -> tuple[_Integers, _Integers]:
    """Number the equal keys whose first and last places are at least `length` apart.

    Returns the names of all `size` places, -1 where a block does not repeat, and the places that have a name.
    """
    names = np.full(size, -1, dtype=np.int64)
    if not places.size:
        return names, places
    order = np.argsort(keys)
    keys, places = keys[order], places[order]
    starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    counts = np.diff(starts, append=keys.size)
    apart = np.maximum.reduceat(places, starts) - np.minimum.reduceat(places, starts) >= length
    kept = np.repeat(apart, counts)
    named = np.repeat(np.arange(starts.size), counts)[kept]
    places = places[kept]
    names[places] = named
    return names, places
