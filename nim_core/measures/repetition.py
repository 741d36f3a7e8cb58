"""Repetition inside one text: repeated n-grams, the longest repeat, distinct bigrams."""

from __future__ import annotations

import numpy as np

from nim_core.words import N_

from .declaration import Family, Measure, OnText
from .longest_repeat import longest_repeat
from .segmentation import GRAPHEME_8, WORD_4, Numbers, grapheme_units

FAMILY = Family("repetition", N_("Repetition"))

_BASE = np.uint64(0x9E3779B97F4A7C15)

REPETITION = Measure(
    key="repetition",
    label=N_("Repetition"),
    unit=N_("share of n-grams"),
    better="lower",
    scale="linear",
    decimals=3,
    share=True,
    units={
        WORD_4: N_("share of sequences of 4 words used before"),
        GRAPHEME_8: N_("share of sequences of 8 characters used before"),
    },
    family=FAMILY,
    source=OnText(lambda text: repetition(text.units.items, text.units.n)),
    higher=N_("{set}: more repetition than {baseline}, by {range}."),
    lower=N_("{set}: less repetition than {baseline}, by {range}."),
    help=N_(
        "The share of short word sequences (4 words, or 8 characters in Korean, Japanese and Chinese) that the "
        "answer has used before: 0 is none, near 1 is a loop."
    ),
    in_terminal=True,
    in_report=True,
)
LONGEST_REPEAT = Measure(
    key="longest_repeat",
    label=N_("Longest repeat"),
    unit=N_("share of the answer"),
    better="lower",
    scale="linear",
    decimals=3,
    share=True,
    family=FAMILY,
    source=OnText(lambda text: longest_repeat(text.graphemes)),
    higher=N_("{set}: a longer longest repeat than {baseline}, by {range} of the answer."),
    lower=N_("{set}: a shorter longest repeat than {baseline}, by {range} of the answer."),
    help=N_(
        "The longest passage that occurs twice without overlap, as a share of the answer: 0.5 is a text said twice."
    ),
)
DISTINCT_2 = Measure(
    key="distinct_2",
    label=N_("Distinct pairs"),
    unit=N_("share of pairs"),
    better="higher",
    scale="linear",
    decimals=3,
    share=True,
    units={WORD_4: N_("share of pairs of words"), GRAPHEME_8: N_("share of pairs of characters")},
    family=FAMILY,
    source=OnText(lambda text: distinct_2(text.units.items)),
    higher=N_("{set}: more distinct pairs than {baseline}, by {range}."),
    lower=N_("{set}: fewer distinct pairs than {baseline}, by {range}."),
    help=N_(
        "Distinct-2: the share of neighbouring pairs of words (or characters) that are different from one another. "
        "It falls as answers grow longer, so compare answers of like length."
    ),
)


def repetition(items: Numbers, n: int) -> float | None:
    """The share of n-grams that are repeats: 1 - distinct n-grams / n-grams (seq-rep-n).

    None below n units. Source: Welleck et al. 2020, "Neural Text Generation with Unlikelihood Training",
    section 6, equation for seq-rep-n.

    >>> repetition(numbered("a b c d a b c d".split()), 4)
    0.2
    """
    total = len(items) - n + 1
    return (total - distinct_ngrams(items, n)) / total if total > 0 else None


def distinct_2(items: Numbers) -> float | None:
    """Distinct bigrams / bigrams; None below two units.

    Source: Li et al. 2016, "A Diversity-Promoting Objective Function for Neural Conversation Models",
    section 5.1, which divides by the number of words; here the denominator is the number of bigrams,
    so that 1 is reached when no pair occurs twice.

    >>> distinct_2(numbered("a b a b".split()))
    0.6666666666666666
    """
    total = len(items) - 1
    return distinct_ngrams(items, 2) / total if total > 0 else None


def in_characters(key: str, text: str) -> float | None:
    """`repetition` or `distinct_2` of a text counted in characters, whatever its script.

    So answers that mix scripts are compared in one unit.

    >>> in_characters("distinct_2", "abab")
    0.6666666666666666
    """
    counted = grapheme_units(text, {})
    return distinct_2(counted.items) if key == DISTINCT_2.key else repetition(counted.items, counted.n)


def distinct_ngrams(items: Numbers, n: int) -> int:
    """How many different n-grams stand in a sequence.

    >>> distinct_ngrams(numbered("abab"), 2)
    2
    """
    return distinct(ngrams(items, n))


def ngrams(items: Numbers, n: int) -> Numbers:
    """A number of 64 bits for each n-gram, equal for equal ones; different ones share one by a rare chance."""
    grams = np.zeros(max(len(items) - n + 1, 0), np.uint64)
    for place in range(n):
        grams *= _BASE
        grams += items[place : place + len(grams)]
    return grams


def distinct(numbers: Numbers) -> int:
    """How many different numbers there are; they are put in order."""
    numbers.sort()
    return int(np.count_nonzero(numbers[1:] != numbers[:-1])) + bool(len(numbers))


MEASURES = (REPETITION, LONGEST_REPEAT, DISTINCT_2)
