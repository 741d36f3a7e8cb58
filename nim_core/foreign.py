"""What people and files hand in: how a sentence shows it, and whether it is text that can be sent."""

from __future__ import annotations

import reprlib

LONGEST_SHOWN = 80


class _Short(reprlib.Repr):
    """Lists of six, brackets six deep, texts of LONGEST_SHOWN characters; the middle of longer ones is left out."""

    def __init__(self) -> None:
        super().__init__()
        self.maxstring = self.maxlong = self.maxother = LONGEST_SHOWN

    def repr_int(self, x: int, level: int) -> str:
        # Python refuses to write a whole number of more than 4,300 digits.
        return super().repr_int(x, level) if x.bit_length() < 10_000 else "a number of thousands of digits"


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
