"""The measures: their declarations, and the one call that counts everything on a text.

One file per family: length, latency, repetition; diversity is about several answers and stands apart.
"""

from __future__ import annotations

from nim_core.values.generation import TextMeasures

from . import latency, length, repetition
from .cut_text import CutText
from .declaration import Family, Measure, OnText

MEASURES: tuple[Measure, ...] = (*length.MEASURES, *latency.MEASURES, *repetition.MEASURES)
MEASURE: dict[str, Measure] = {measure.key: measure for measure in MEASURES}
FAMILIES: tuple[Family, ...] = tuple(dict.fromkeys(measure.family for measure in MEASURES))
COUNTED: tuple[Measure, ...] = tuple(measure for measure in MEASURES if isinstance(measure.source, OnText))
"""The measures that are counted on the text, and so are stored beside it."""

__all__ = ["COUNTED", "FAMILIES", "MEASURE", "MEASURES", "Family", "Measure", "measure_text", "of_family"]


def of_family(family: Family) -> tuple[Measure, ...]:
    """The measures of a family, in their order."""
    return tuple(measure for measure in MEASURES if measure.family == family)


def measure_text(text: str) -> TextMeasures:
    """Everything that is counted on an answer's text.

    >>> measure_text("to be or not to be")["words"]
    6
    """
    cut = CutText(text)
    found = {each.key: each.source.count(cut) for each in MEASURES if isinstance(each.source, OnText)}
    values = {key: value for key, value in found.items() if value is not None}
    return TextMeasures(values, cut.units.name if repetition.REPETITION.key in values else None)
