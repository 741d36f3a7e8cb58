"""Length: characters, words and tokens of an answer."""

from __future__ import annotations

from collections.abc import Sized

from nim_core.words import N_

from .declaration import Family, Measure, OnCall, OnText

FAMILY = Family("length", N_("Length"), grows=True)

_LONGER = N_("{set}: {range} longer than {baseline}.")
_SHORTER = N_("{set}: {range} shorter than {baseline}.")

CHARACTERS = Measure(
    key="characters",
    label=N_("Characters"),
    unit=N_("characters"),
    one=N_("character"),
    better=None,
    scale="linear",
    decimals=0,
    family=FAMILY,
    source=OnText(lambda text: characters(text.graphemes)),
    higher=_LONGER,
    lower=_SHORTER,
    help=N_("Characters as a reader sees them: an accented letter or an emoji counts once, spaces count too."),
    in_terminal=True,
    in_report=True,
)
WORDS = Measure(
    key="words",
    label=N_("Words"),
    unit=N_("words"),
    one=N_("word"),
    better=None,
    scale="linear",
    decimals=0,
    family=FAMILY,
    source=OnText(lambda text: words(text.words)),
    higher=_LONGER,
    lower=_SHORTER,
    help=N_("Words that hold a letter or a digit. In Chinese and Japanese, which have no spaces, prefer characters."),
)
TOKENS = Measure(
    key="completion_tokens",
    label=N_("Tokens"),
    unit=N_("tokens"),
    one=N_("token"),
    better=None,
    scale="linear",
    decimals=0,
    family=FAMILY,
    source=OnCall(lambda call: call.usage.completion_tokens),
    higher=_LONGER,
    lower=_SHORTER,
    help=N_("Tokens of the answer as the server counted them, thinking included; unknown where it does not say."),
    in_terminal=True,
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


MEASURES = (CHARACTERS, WORDS, TOKENS)
