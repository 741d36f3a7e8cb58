"""The one way to the terminal: nothing in what others wrote is obeyed there."""

from __future__ import annotations

import click

from nim_core.foreign import visible


def say(text: str, *, err: bool = False) -> None:
    """Write one line to stdout, or to stderr; a line break within it is written out too."""
    click.echo(visible(text), err=err)


def say_text(text: str, *, end: str = "\n") -> None:
    """Write a text of several lines, or a piece of one, to stdout."""
    click.echo(visible(text, lines=True) + end, nl=False)
