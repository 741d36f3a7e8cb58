"""Variety: how much two answers of one set differ, which is what temperature is for.

The pairs are disjoint and fixed by round number, 1 with 2, 3 with 4 and so on, so that their values are independent
of one another.
"""

from __future__ import annotations

from collections.abc import Mapping
from unicodedata import normalize

from nim_core.words import N_

from .declaration import Family, Measure, OnPair
from .diversity import mean_similarity


def variety(one: str | None, other: str | None) -> float | None:
    """1 - the similarity of two answers, from 0 (the same) to 1; None where either is missing, failed or empty.

    Similarity is that of nim_core.measures.diversity, with its caps.

    >>> variety("kitten", "sitting")  # 3 edits, 7 letters
    0.4285714285714286
    >>> variety("kitten", None) is None
    True
    """
    if not one or not other:
        return None
    similarity, _ = mean_similarity([normalize("NFC", text) for text in (one, other)])
    return None if similarity is None else 1 - similarity


FAMILY = Family("variety", N_("Variety"))

VARIETY = Measure(
    key="variety",
    label=N_("Variety"),
    unit=N_("share of the text"),
    better=None,
    scale="linear",
    decimals=3,
    share=True,
    family=FAMILY,
    source=OnPair(variety),
    higher=N_("{set}: answers differ more from one another than with {baseline}, by {range}."),
    lower=N_("{set}: answers differ less from one another than with {baseline}, by {range}."),
    help=N_(
        "How much two answers of the set differ from one another: 0 is the same text twice, near 1 hardly a letter "
        "in its place. Answers 1 and 2 are held against each other, then 3 and 4, and so on."
    ),
)


def varieties(texts: Mapping[int, str | None]) -> dict[int, float | None]:
    """The variety of each pair k of a set, rounds 2k - 1 and 2k, as far as both of them were run.

    `texts` holds an answer for each round that was run, None where it failed.

    >>> varieties({1: "one", 2: "one", 3: "one", 4: None, 5: "one"})
    {1: 0.0, 2: None}
    """
    seconds = (round_ for round_ in sorted(texts) if round_ % 2 == 0 and round_ - 1 in texts)
    return {round_ // 2: variety(texts[round_ - 1], texts[round_]) for round_ in seconds}


def distinct_answers(texts: Mapping[int, str | None]) -> tuple[int, int]:
    """How many different answers there are among how many; failed and empty ones are neither.

    >>> distinct_answers({1: "one", 2: "two", 3: "one", 4: None})
    (2, 3)
    """
    answers = [normalize("NFC", text) for text in texts.values() if text]
    return len(set(answers)), len(answers)
