"""Texts written as Python source that is safe to run and easy to read."""

from __future__ import annotations


def text_source(text: str) -> str:
    r"""A text as a Python expression, one line of source for each of its lines.

    >>> print(text_source("one\nit's \"two\""))
    (
        'one\n'
        'it\'s "two"'
    )
    """
    lines = text.splitlines(keepends=True)
    if len(lines) < 2:
        return repr(text)
    return "(\n" + "".join(f"    {line!r}\n" for line in lines) + ")"
