"""The measures: their declarations, and the one call that counts everything on a text.

One file per family: length, latency, repetition; diversity is about several answers and stands apart.
"""

from __future__ import annotations

from nim_core.values.generation import TextMeasures

from . import latency, length, repetition
from .declaration import Measure
from .longest_repeat import longest_repeat
from .segmentation import Numbers, grapheme_numbers, units, word_numbers

MEASURES: tuple[Measure, ...] = (
    length.CHARACTERS,
    length.WORDS,
    length.TOKENS,
    latency.TTFT,
    latency.TTFO,
    latency.LATENCY,
    latency.ITL,
    latency.TOKENS_PER_S,
    repetition.REPETITION,
    repetition.LONGEST_REPEAT,
    repetition.DISTINCT_2,
)
MEASURE: dict[str, Measure] = {measure.key: measure for measure in MEASURES}

__all__ = ["MEASURE", "MEASURES", "Measure", "measure_text"]


def measure_text(text: str) -> TextMeasures:
    """Everything that is counted on an answer's text; None where a measure is undefined.

    >>> measure_text("to be or not to be").words
    6
    """
    characters, longest = _of_graphemes(grapheme_numbers(text))
    words = word_numbers(text)
    counted = units(text, words, {})
    repeated = repetition.repetition(counted.items, counted.n)
    return TextMeasures(
        characters=characters,
        words=length.words(words),
        repetition=repeated,
        repetition_unit=None if repeated is None else counted.name,
        longest_repeat=longest,
        distinct_2=repetition.distinct_2(counted.items),
    )


def _of_graphemes(graphemes: Numbers) -> tuple[int, float | None]:
    return length.characters(graphemes), longest_repeat(graphemes)
