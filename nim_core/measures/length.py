"""Length: characters, words and tokens of an answer."""

from __future__ import annotations

from collections.abc import Sized

from .declaration import Measure

CHARACTERS = Measure(
    key="characters",
    label="Characters",
    unit="characters",
    better=None,
    scale="linear",
    decimals=0,
    family="length",
    help="Characters as a reader sees them: an accented letter or an emoji counts once, spaces count too.",
)
WORDS = Measure(
    key="words",
    label="Words",
    unit="words",
    better=None,
    scale="linear",
    decimals=0,
    family="length",
    help="Words that hold a letter or a digit. In Chinese and Japanese, which have no spaces, prefer characters.",
)
TOKENS = Measure(
    key="completion_tokens",
    label="Tokens",
    unit="tokens",
    better=None,
    scale="linear",
    decimals=0,
    family="length",
    help="Tokens of the answer as the server counted them, thinking included; unknown where it does not say.",
)


def characters(graphemes: Sized) -> int:
    r"""The number of extended grapheme clusters of the text in NFC.

    Source: Unicode Standard Annex #29, section 3.

    >>> characters(["a", "\r\n", "é"])
    3
    """
    return len(graphemes)


def words(found: Sized) -> int:
    """The number of words that hold a letter or a digit.

    Source: Unicode Standard Annex #29, section 4.

    >>> words(["it", "can't"])
    2
    """
    return len(found)
