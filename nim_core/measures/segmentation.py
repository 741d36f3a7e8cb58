"""Cut a text into what measures count: graphemes, words, and the units of repetition.

Boundaries follow Unicode Standard Annex #29 (https://www.unicode.org/reports/tr29/); everything is counted
after NFC, so that composed and decomposed text give the same numbers. This module knows no measure.
"""

from __future__ import annotations

from dataclasses import dataclass
from unicodedata import normalize

import regex

WORD_4 = "word-4"
GRAPHEME_8 = "grapheme-8"
N_OF_UNIT = {WORD_4: 4, GRAPHEME_8: 8}

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
    items: tuple[str, ...]

    @property
    def n(self) -> int:
        """How many units make one n-gram of the measure `repetition`."""
        return N_OF_UNIT[self.name]


def fold(text: str) -> str:
    """The text without differences of case and composition: NFC(casefold(NFC(text))).

    >>> fold("STRASSE") == fold("Straße")
    True
    """
    return normalize("NFC", normalize("NFC", text).casefold())


def graphemes(text: str) -> list[str]:
    """The extended grapheme clusters of a text: what a reader sees as one character.

    >>> len(graphemes("né👩‍🔬🇰🇷"))
    4
    """
    return _GRAPHEME.findall(text) if _JOINER.search(_alphabet(text)) else list(text)


def words(text: str) -> list[str]:
    """The UAX #29 words of a text that hold a letter or a digit.

    >>> words("It can't cost 3.50, 'they' said.")
    ['It', "can't", 'cost', '3.50', 'they', 'said']
    """
    found: list[str] = _WORD.findall(text)
    if not _NEITHER.search(_alphabet(text)):
        return found
    return [word for word in found if _HOLDS_LETTER_OR_DIGIT.search(word)]


def units(folded: str, folded_words: list[str]) -> Units:
    """The units of a folded text: graphemes where most letters are Hangul, Kana or Han, else its words.

    Spaces miss most Korean repetition and make a Japanese text one word, hence the two units. Scripts are
    the letters' Script_Extensions (Unicode Standard Annex #24). Grapheme units begin with a letter or number.

    >>> units("한국어 GPU", ["한국어", "gpu"]).name
    'word-4'
    >>> units("한국어는", ["한국어는"]).items
    ('한', '국', '어', '는')
    """
    if not _mostly_korean_japanese_chinese(folded):
        return Units(WORD_4, tuple(folded_words))
    return Units(GRAPHEME_8, tuple(each for each in graphemes(folded) if _LETTER_OR_NUMBER.match(each)))


def places(folded: str, counted: Units) -> list[tuple[int, int]]:
    """Where each of the `units` of a folded text begins in it and where it ends.

    >>> places("a cat, a dog", units("a cat, a dog", ["a", "cat", "a", "dog"]))
    [(0, 1), (2, 5), (7, 8), (9, 12)]
    """
    found, at = [], 0
    if counted.name == GRAPHEME_8:
        kept = frozenset(counted.items)
        for cluster in graphemes(folded):
            if cluster in kept:
                found.append((at, at + len(cluster)))
            at += len(cluster)
        return found
    for word in counted.items:
        # The next letter or digit of the text is the next word's own, so nothing before it can be taken for it.
        start = folded.index(word, at)
        at = start + len(word)
        found.append((start, at))
    return found


def _mostly_korean_japanese_chinese(folded: str) -> bool:
    if not _KOREAN_JAPANESE_CHINESE.search(_alphabet(folded)):
        return False
    letters = sum(map(str.isalpha, folded))
    return 2 * len(_KOREAN_JAPANESE_CHINESE.findall(folded)) > letters


def _alphabet(text: str) -> str:
    """The different characters of a text, each once: quick to search when the order does not matter."""
    return "".join(set(text))
