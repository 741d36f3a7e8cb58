"""Where an answer repeats itself, and where it differs from another: texts cut into marked and plain spans."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from nim_core.measures.segmentation import N_OF_UNIT, fold, graphemes, places, unit_of

LONGEST_COMPARED = 4_000
"""Words of each text that are compared; the rest of a longer one stays plain."""

_WORD_AND_REST = re.compile(r"\s*\S+\s*")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text, marked or not."""

    text: str
    marked: bool


def repeated(text: str) -> list[Span]:
    """The text with every sequence of units marked that has occurred before in it.

    The sequences are those that the measure `repetition` counts, so a text is marked where that is above 0
    and nowhere else: four words, or eight characters where Korean, Japanese or Chinese prevails.

    >>> [span.text for span in repeated("a b c d, and a b c d") if span.marked]
    ['a b c d']
    """
    clusters = graphemes(text)
    # Folded one by one, so that the place of each folded character in the text is known.
    folds = [fold(cluster) for cluster in clusters]
    folded, origin = "".join(folds), [index for index, each in enumerate(folds) for _ in each]
    n, where = N_OF_UNIT[unit_of(folded)], places(folded)
    keys = [folded[start:end] for start, end in where]
    marked = [False] * len(clusters)
    seen: set[tuple[str, ...]] = set()
    for start in range(len(keys) - n + 1):
        sequence = tuple(keys[start : start + n])
        if sequence in seen:
            first, end = origin[where[start][0]], origin[where[start + n - 1][1] - 1] + 1
            marked[first:end] = [True] * (end - first)
        seen.add(sequence)
    return _spans(zip(clusters, marked, strict=True))


def changed(text: str, baseline: str) -> list[Span]:
    """The text with the words marked that the baseline does not have in this place.

    >>> [span.text for span in changed("a red cat", "a blue cat") if span.marked]
    ['red ']
    """
    mine, theirs = _words(text), _words(baseline)
    matcher = difflib.SequenceMatcher(None, _bare(mine), _bare(theirs), autojunk=False)
    marked = [True] * min(len(mine), LONGEST_COMPARED) + [False] * max(len(mine) - LONGEST_COMPARED, 0)
    for block in matcher.get_matching_blocks():
        marked[block.a : block.a + block.size] = [False] * block.size
    return _spans(zip(mine, marked, strict=True))


def _words(text: str) -> list[str]:
    return _WORD_AND_REST.findall(text) or ([text] if text else [])


def _bare(pieces: Sequence[str]) -> list[str]:
    return [piece.strip() for piece in pieces[:LONGEST_COMPARED]]


def _spans(pieces: Iterable[tuple[str, bool]]) -> list[Span]:
    """Neighbours with the same mark joined."""
    return [
        Span("".join(piece for piece, _ in group), marked)
        for marked, group in groupby(pieces, key=lambda each: each[1])
    ]
