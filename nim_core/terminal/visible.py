"""The way to the terminal: what others wrote is shown there character by character, and nothing in it is obeyed."""

from __future__ import annotations

import json
import re

import click

_LINES = "\t\n"
# C0, DEL, C1, separators of lines, overrides of the writing direction, and what no UTF-8 can hold.
_OBEYED = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


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


def say(text: str, *, err: bool = False) -> None:
    """Write one line to stdout, or to stderr; a line break within it is written out too."""
    click.echo(visible(text), err=err)


def say_text(text: str, *, end: str = "\n") -> None:
    """Write a text of several lines, or a piece of one, to stdout."""
    click.echo(visible(text, lines=True) + end, nl=False)
