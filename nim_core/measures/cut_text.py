"""A text as measures count on it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from .segmentation import Numbers, Units, grapheme_numbers, units, word_numbers


@dataclass(frozen=True)
class CutText:
    """A text and what it is cut into, each kind of piece when it is first asked for.

    >>> len(CutText("to be or not to be").words)
    6
    """

    raw: str

    @cached_property
    def graphemes(self) -> Numbers:
        """The numbers of its graphemes in NFC."""
        return grapheme_numbers(self.raw)

    @cached_property
    def words(self) -> Numbers:
        """The numbers of its words, in which case and composition make no difference."""
        return word_numbers(self.raw)

    @cached_property
    def units(self) -> Units:
        """The units that repetition is counted in: its words, or graphemes, depending on its script."""
        return units(self.raw, self.words, {})
