"""Commands and options whose help is a message, said when it is shown."""

from __future__ import annotations

from functools import partial

import click

from nim_core.words import _, said


class Option(click.Option):
    """An option that says its help, and whether it may be given several times."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Its names and its help, in the present language."""
        record = super().get_help_record(ctx)
        if record is None or self.help is None:
            return record
        names, help_ = record
        sentences = [said(self.help), *([_("Repeatable.")] if self.multiple else [])]
        return names, f"{' '.join(sentences)}{help_.removeprefix(self.help)}"


option = partial(click.option, cls=Option)


class Command(click.Command):
    """A command that says its help."""

    def get_short_help_str(self, limit: int = 45) -> str:  # noqa: ARG002  # so click calls it
        """Its line in the list of commands, in the present language; the list breaks a longer one itself."""
        return said(self.help) if self.help else ""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write its help, in the present language."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(said(self.help) if self.help else "")


class Commands(Command, click.Group):
    """A group of such commands."""

    command_class = Command
