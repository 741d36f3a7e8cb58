"""Diversity across the answers of one set: how different the repeats are from one another."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from math import isqrt
from unicodedata import normalize

import numpy as np
from rapidfuzz.distance import Levenshtein

from .repetition import distinct, ngrams
from .segmentation import graphemes, units, word_numbers

MAX_PAIRS = 1_000
MAX_CHARACTERS = 4_000


@dataclass(frozen=True, slots=True)
class Diversity:
    """How different the answers of one set are; None where undefined.

    `distinct` of `answers` are different texts. `similarity` is the mean over `pairs` pairs of answers, from 0
    to 1; `sampled` says that these are a random sample of all pairs, `shortened` that only the beginning of
    some answers was compared. `first_divergence` is how many graphemes all answers share before they first
    differ, None when they never do. `distinct_2` is that of all answers taken together.
    """

    answers: int
    distinct: int
    similarity: float | None
    pairs: int
    sampled: bool
    shortened: bool
    first_divergence: int | None
    distinct_2: float | None


def diversity(texts: Sequence[str]) -> Diversity:
    """The diversity of the answers of one set.

    >>> found = diversity(["a cat sat", "a cat ran", "a cat sat"])
    >>> found.distinct, found.first_divergence
    (2, 6)
    """
    composed = [normalize("NFC", text) for text in texts]
    similarity, pairs = mean_similarity(composed)
    return Diversity(
        answers=len(composed),
        distinct=len(set(composed)),
        similarity=similarity,
        pairs=pairs,
        sampled=pairs < len(composed) * (len(composed) - 1) // 2,
        shortened=pairs > 0 and any(len(text) > MAX_CHARACTERS for text in composed),
        first_divergence=first_divergence(composed),
        distinct_2=pooled_distinct_2(composed),
    )


def mean_similarity(composed: Sequence[str]) -> tuple[float | None, int]:
    """Mean of 1 - Levenshtein distance / length of the longer text over pairs of answers, and the pairs.

    Distances are over code points in NFC. Of more than MAX_PAIRS pairs a random sample is compared (always
    the same), of a long answer the first MAX_CHARACTERS, so that the time is bounded. None below two answers.
    Source: Levenshtein 1966, "Binary codes capable of correcting deletions, insertions, and reversals".

    >>> mean_similarity(["kitten", "sitting"])  # 3 edits, 7 letters
    (0.5714285714285714, 1)
    """
    heads = [text[:MAX_CHARACTERS] for text in composed]
    total = len(heads) * (len(heads) - 1) // 2
    if not total:
        return None, 0
    numbers = range(total) if total <= MAX_PAIRS else random.Random(0).sample(range(total), MAX_PAIRS)
    values = [Levenshtein.normalized_similarity(heads[i], heads[j]) for i, j in map(_pair, numbers)]
    return sum(values) / len(values), len(values)


def first_divergence(composed: Sequence[str]) -> int | None:
    """How many graphemes all texts share before they first differ; None when all are equal or there is one.

    >>> first_divergence(["abc", "abd"])
    2
    """
    if len(set(composed)) < 2:
        return None
    first, last = min(composed), max(composed)
    shared = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    # What follows can still belong to the last shared grapheme: a combining mark, the second half of a flag.
    following = {text[shared : shared + 1] for text in composed}
    return min(len(graphemes(first[:shared] + each)) - len(each) for each in following)


def pooled_distinct_2(composed: Sequence[str]) -> float | None:
    """Distinct bigrams / bigrams over all answers together; no bigram spans two answers.

    None without a bigram, and where some answers count in words and some in graphemes.
    Source: Li et al. 2016, as in nim_core.measures.repetition.distinct_2.

    >>> pooled_distinct_2(["a b c", "a b d"])
    0.75
    """
    known: dict[str, int] = {}
    counted = [each for each in (units(text, word_numbers(text), known) for text in composed) if len(each.items)]
    if len({each.name for each in counted}) != 1:
        return None
    bigrams = np.concatenate([ngrams(each.items, 2) for each in counted])
    return distinct(bigrams) / len(bigrams) if len(bigrams) else None


def _pair(number: int) -> tuple[int, int]:
    """The pair with this number when pairs (i, j) with i < j are counted (0, 1), (0, 2), (1, 2), (0, 3), ..."""
    j = (1 + isqrt(1 + 8 * number)) // 2
    return number - j * (j - 1) // 2, j
