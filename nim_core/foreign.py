"""What others wrote: whether it can be sent, how a sentence shows it, and how a terminal shows it unobeyed."""

from __future__ import annotations

import json
import re
import reprlib

LONGEST_SHOWN = 80

_LINES = "\t\n"
# C0, DEL, C1, separators of lines, overrides of the writing direction, and what no UTF-8 can hold.
_OBEYED = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class _Short(reprlib.Repr):
    """Lists of six, brackets six deep, texts of LONGEST_SHOWN characters; the middle of longer ones is left out."""

    def __init__(self) -> None:
        super().__init__()
        self.maxstring = self.maxlong = self.maxother = LONGEST_SHOWN

    def repr_int(self, x: int, level: int) -> str:
        # Python refuses to write a whole number of more than 4,300 digits, so its power of two stands for it.
        return super().repr_int(x, level) if x.bit_length() < 10_000 else f"{'-' * (x < 0)}2**{x.bit_length() - 1}…"


quoted = _Short().repr
"""A foreign value as a sentence shows it: on one line, and short whatever it is."""


def is_text(value: object) -> bool:
    r"""Whether a value is text that UTF-8 can write: no half of a character, as undecodable bytes leave behind.

    >>> is_text("한국어 🙂"), is_text("\udcff"), is_text(5)
    (True, False, False)
    """
    if not isinstance(value, str):
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def visible(text: str, *, lines: bool = False) -> str:
    r"""Text whose control characters are written out; with `lines` its line breaks and tabs stay what they are.

    They are written as JSON writes them, so that a JSON text still means the same. Each stands for itself, so that a
    text may come in pieces.

    >>> print(visible("red: \x1b[31m"))
    red: \u001b[31m
    """
    return _OBEYED.sub(
        lambda found: found[0] if lines and found[0] in _LINES else json.dumps(found[0])[1:-1],
        text,
    )
