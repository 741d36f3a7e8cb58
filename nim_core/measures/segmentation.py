"""Cut a text into what measures count: graphemes, words, and the units of repetition.

Boundaries follow Unicode Standard Annex #29 (https://www.unicode.org/reports/tr29/); everything is counted
after NFC, so that composed and decomposed text give the same numbers. Units are counted as numbers, equal for
equal units: as texts, those of a long answer take up to thirty times its size. For the same reason a long text
is gone through in stretches. This module knows no measure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any
from unicodedata import normalize

import numpy as np
import regex

Numbers = np.ndarray[tuple[int], np.dtype[np.unsignedinteger[Any]]]

WORD_4 = "word-4"
GRAPHEME_8 = "grapheme-8"
N_OF_UNIT = {WORD_4: 4, GRAPHEME_8: 8}

_STRETCH = 1 << 16
# A stretch ends before a space or a line end that no grapheme, word or composition reaches across.
_END_OF_STRETCH = regex.compile(r"(?<![\r\p{GCB=Prepend}])(?=[ \n])")
# Graphemes of several code points are numbered from here.
_BEYOND_UNICODE = 0x110000
_ENCODINGS: tuple[tuple[str, str, Any], ...] = (
    ("\xff", "latin-1", np.uint8),
    ("\uffff", "utf-16-le", np.uint16),
    ("\U0010ffff", "utf-32-le", np.uint32),
)

# Without one of these, each code point is a cluster; \r joins the \n after it.
_JOINER = regex.compile(
    r"[\r\p{GCB=Extend}\p{GCB=ZWJ}\p{GCB=SpacingMark}\p{GCB=Prepend}\p{GCB=L}\p{GCB=V}\p{GCB=T}\p{GCB=RI}]"
)
# A pair of regional indicators (a flag) is matched first: at each indicator \X counts back to the start of
# the run of flags, which takes minutes when the run is long.
_GRAPHEME = regex.compile(r"[\U0001F1E6-\U0001F1FF]{2}[\p{GCB=Extend}\p{GCB=ZWJ}\p{GCB=SpacingMark}]*+|\X")

# The annex's word rules WB3c to WB13b as one pattern. The library's own \b in WORD mode is not used: it keeps
# an opening quotation mark with the word that follows ('so'), and a flag too, which the annex does not.
_LETTER = r"\p{WB=ALetter}\p{WB=Hebrew_Letter}"
_BETWEEN_LETTERS = r"[\p{WB=MidLetter}\p{WB=MidNumLet}\p{WB=Single_Quote}]"
_BETWEEN_DIGITS = r"[\p{WB=MidNum}\p{WB=MidNumLet}\p{WB=Single_Quote}]"
_EXTEND = r"\p{WB=Extend}\p{WB=Format}\p{WB=ZWJ}"
_AFTER_HEBREW = rf"(?<=\p{{WB=Hebrew_Letter}}[{_EXTEND}]*)"
_HEBREW_QUOTE = rf"{_AFTER_HEBREW}\p{{WB=Double_Quote}}[{_EXTEND}]*+(?=\p{{WB=Hebrew_Letter}})"
_LETTERS = rf"[{_LETTER}][{_LETTER}{_EXTEND}]*+"
_DIGITS = rf"\p{{WB=Numeric}}[\p{{WB=Numeric}}{_EXTEND}]*+"
_KATAKANA = rf"\p{{WB=Katakana}}[\p{{WB=Katakana}}{_EXTEND}]*+"
_CONNECTOR = rf"\p{{WB=ExtendNumLet}}[\p{{WB=ExtendNumLet}}{_EXTEND}]*+"
_RUN = (
    rf"(?:(?:{_LETTERS}(?:(?:{_BETWEEN_LETTERS}[{_EXTEND}]*+|{_HEBREW_QUOTE}){_LETTERS})*+"
    rf"|{_DIGITS}(?:{_BETWEEN_DIGITS}[{_EXTEND}]*+{_DIGITS})*+)++"
    rf"|{_KATAKANA})"
)
_WORD = regex.compile(
    rf"(?:(?:{_CONNECTOR})?{_RUN}(?:{_CONNECTOR}{_RUN})*+(?:{_CONNECTOR}|{_AFTER_HEBREW}'[{_EXTEND}]*+)?"
    rf"|{_CONNECTOR}(*SKIP)(*FAIL)|[\p{{L}}\p{{Nd}}][{_EXTEND}]*+)"
    rf"(?:(?<=\u200d)\p{{Extended_Pictographic}}[{_EXTEND}]*+)*+",
    regex.VERSION1,
)
_HOLDS_LETTER_OR_DIGIT = regex.compile(r"[\p{L}\p{Nd}]")
# What the annex counts as a word although it is neither letter nor digit: ⓐ, Ⅷ.
_NEITHER = regex.compile(
    r"[[\p{WB=ALetter}\p{WB=Hebrew_Letter}\p{WB=Katakana}\p{WB=Numeric}]--[\p{L}\p{Nd}]]", regex.VERSION1
)
_LETTER_OR_NUMBER = regex.compile(r"[\p{L}\p{N}]")
_KOREAN_JAPANESE_CHINESE = regex.compile(
    r"[\p{L}&&[\p{scx=Hangul}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Han}]]", regex.VERSION1
)


@dataclass(frozen=True, slots=True)
class Units:
    """The units that repetition is counted in: `name` is "word-4" or "grapheme-8", `n` the n of its n-grams."""

    name: str
    items: Numbers

    @property
    def n(self) -> int:
        """How many units make one n-gram of the measure `repetition`."""
        return N_OF_UNIT[self.name]


def fold(text: str) -> str:
    """The text without differences of case and composition: NFC(casefold(NFC(text))).

    >>> fold("STRASSE") == fold("Straße")
    True
    """
    return "".join(_folded(text))


def graphemes(text: str) -> list[str]:
    """The extended grapheme clusters of a text: what a reader sees as one character.

    >>> len(graphemes("né👩‍🔬🇰🇷"))
    4
    """
    return [found[0] for found in _GRAPHEME.finditer(text)] if _JOINER.search(_alphabet(text)) else list(text)


def words(text: str) -> list[str]:
    """The UAX #29 words of a text that hold a letter or a digit.

    >>> words("It can't cost 3.50, 'they' said.")
    ['It', "can't", 'cost', '3.50', 'they', 'said']
    """
    return list(_each_word(text))


def numbered(found: Iterable[str]) -> Numbers:
    """Each unit's number, equal for equal units of this process; different ones share one by a chance of 1 to 10^19.

    >>> a, b, c = numbered(["so", "it", "so"])
    >>> a == c, a == b
    (True, False)
    """
    return np.fromiter(map(hash, found), np.int64).view(np.uint64)


def grapheme_numbers(text: str) -> Numbers:
    """The numbers of the graphemes of a text in NFC, equal for equal graphemes of this text.

    >>> grapheme_numbers("né")
    array([110, 233], dtype=uint8)
    """
    known: dict[str, int] = {}
    return _joined(_numbers_in(stretch, known) for stretch in _composed(text))


def word_numbers(text: str) -> Numbers:
    """The numbers of the words of a text, in which case and composition make no difference."""
    return numbered(chain.from_iterable(map(_each_word, _folded(text))))


def unit_of(text: str) -> str:
    """The unit of a text: graphemes where most letters are Hangul, Kana or Han, else words.

    Spaces miss most Korean repetition and make a Japanese text one word, hence the two units. Scripts are
    the letters' Script_Extensions (Unicode Standard Annex #24).

    >>> unit_of("한국어 GPU"), unit_of("한국어는")
    ('word-4', 'grapheme-8')
    """
    letters = asian = 0
    for stretch in _folded(text):
        for character, count in Counter(stretch).items():
            letters += count * character.isalpha()
            asian += count * bool(_KOREAN_JAPANESE_CHINESE.match(character))
    return GRAPHEME_8 if 2 * asian > letters else WORD_4


def units(text: str, its_words: Numbers, known: dict[str, int]) -> Units:
    """The units of a text, given the numbers of its words. Grapheme units begin with a letter or a number.

    Texts that share `known`, empty at first, have the same numbers for the same graphemes.

    >>> units("한국어는!", word_numbers("한국어는!"), {}).items
    array([54620, 44397, 50612, 45716], dtype=uint16)
    """
    return Units(WORD_4, its_words) if unit_of(text) == WORD_4 else grapheme_units(text, known)


def grapheme_units(text: str, known: dict[str, int]) -> Units:
    """The units of a text counted in graphemes, whatever its script."""
    return Units(GRAPHEME_8, _joined(_letters_and_numbers_in(stretch, known) for stretch in _folded(text)))


def places(folded: str) -> list[tuple[int, int]]:
    """Where each unit of a folded text begins in it and where it ends.

    >>> places("a cat, a dog")
    [(0, 1), (2, 5), (7, 8), (9, 12)]
    """
    cut, counts = (
        (_WORD, _HOLDS_LETTER_OR_DIGIT.search) if unit_of(folded) == WORD_4 else (_GRAPHEME, _LETTER_OR_NUMBER.match)
    )
    return [each.span() for each in cut.finditer(folded) if counts(each[0])]


def _composed(text: str) -> Iterator[str]:
    start = 0
    while start < len(text):
        found = _END_OF_STRETCH.search(text, start + _STRETCH)
        end = found.start() if found else len(text)
        yield normalize("NFC", text[start:end])
        start = end


def _folded(text: str) -> Iterator[str]:
    return (normalize("NFC", stretch.casefold()) for stretch in _composed(text))


def _each_word(text: str) -> Iterator[str]:
    found = (each[0] for each in _WORD.finditer(text))
    return filter(_HOLDS_LETTER_OR_DIGIT.search, found) if _NEITHER.search(_alphabet(text)) else found


def _letters_and_numbers_in(text: str, known: dict[str, int]) -> Numbers:
    """The numbers of the graphemes that begin with a letter or a number."""
    found = _numbers_in(text, known)
    alphabet = {character: ord(character) for character in set(text)} | known
    return found[np.isin(found, [number for each, number in alphabet.items() if _LETTER_OR_NUMBER.match(each)])]


def _numbers_in(text: str, known: dict[str, int]) -> Numbers:
    """A number for each grapheme: its code point, or one beyond Unicode, in as few bytes as will do."""

    def number(grapheme: str) -> int:
        return ord(grapheme) if len(grapheme) == 1 else known.setdefault(grapheme, _BEYOND_UNICODE + len(known))

    alphabet = _alphabet(text)
    if _JOINER.search(alphabet):
        return np.fromiter((number(each[0]) for each in _GRAPHEME.finditer(text)), np.uint32)
    widest = max(alphabet)
    encoding, dtype = next(each[1:] for each in _ENCODINGS if widest <= each[0])
    return np.frombuffer(text.encode(encoding, "surrogatepass"), dtype)


def _joined(parts: Iterable[Numbers]) -> Numbers:
    return np.concatenate([np.empty(0, np.uint8), *parts])


def _alphabet(text: str) -> str:
    """The different characters of a text, each once: quick to search when the order does not matter."""
    return "".join(set(text))
