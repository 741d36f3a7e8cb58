"""The measures: their declarations, and the one call that counts everything on a text.

One file per family: length, latency, repetition; diversity is about several answers and stands apart.
"""

from __future__ import annotations

from unicodedata import normalize

from nim_core.values.generation import TextMeasures

from . import latency, length, repetition
from .declaration import Measure
from .segmentation import fold, graphemes, units, words

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
    clusters = graphemes(normalize("NFC", text))
    folded = fold(text)
    found = words(folded)
    counted = units(folded, found)
    repeated = repetition.repetition(counted.items, counted.n)
    return TextMeasures(
        characters=length.characters(clusters),
        words=length.words(found),
        repetition=repeated,
        repetition_unit=None if repeated is None else counted.name,
        longest_repeat=repetition.longest_repeat(clusters),
        distinct_2=repetition.distinct_2(counted.items),
    )
