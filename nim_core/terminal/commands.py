"""The terminal: compare, models, chat and local. Progress goes to stderr, results to stdout or a file."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nim_core import __version__
from nim_core.errors import CallError, NimLabError
from nim_core.logs import guard_logs
from nim_core.values.generation import refused_parameters
from nim_core.words import N_, _, _n, language_of_terminal, use_language

from .helps import Commands, option
from .parameter_options import parameter_options
from .say import say, say_text

if TYPE_CHECKING:
    from nim_core.catalog.entry import Entry
    from nim_core.comparison import Result
    from nim_core.settings import Settings
    from nim_core.values.experiment import Experiment

EXIT_SOME_FAILED = 1
EXIT_BAD_INPUT = 2
EXIT_STOPPED = 130

_endpoint = option("--endpoint", metavar="E", help=N_("local (built in), nvidia, or the URL of another server."))
_model = option("--model", metavar="ID", help=N_("The model's id; else the first chat model that is listed."))
_store = option("--store", metavar="URL", help=N_("SQLAlchemy URL of the history."))


class _InReadersLanguage(Commands):
    """The commands, in the language that the terminal's variables name."""

    def main(self, *arguments: Any, **options: Any) -> Any:
        with use_language(language_of_terminal(os.environ)):
            return super().main(*arguments, **options)


@click.group(
    cls=_InReadersLanguage,
    help=N_("See what generation parameters do to a language model."),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(__version__, prog_name="nim_core")
def main() -> None:
    """The commands, whose logs are guarded."""
    guard_logs()


@main.command(help=N_("Run one prompt across parameter sets, with repeats."))
@option("--prompt", metavar="TEXT", help=N_("What to ask."))
@option("--system", metavar="TEXT", help=N_("A system prompt."))
@_endpoint
@_model
@option("--set", multiple=True, metavar="SET", help=N_("'NAME: temperature=0.2, top_p=0.9'."))
@option("--grid", multiple=True, metavar="AXIS", help=N_("temperature=0,0.5,1 or 0:1:0.25."))
@option("--spec", type=click.Path(path_type=Path), metavar="FILE", help=N_("The same as a YAML file."))
@option("--repeats", type=int, metavar="N", help=N_("Answers per set; 3 unless set."))
@option("--concurrency", type=int, metavar="N", help=N_("Calls at once; 1 on the built-in model, else 4."))
@option("--rpm", type=float, metavar="N", help=N_("Requests a minute; 40 for the hosted catalog."))
@option("--seed", type=int, metavar="N", help=N_("Repeat k of every set sends seed N + k - 1."))
@option("--warmup", type=int, metavar="N", help=N_("Unmeasured calls first; 1 unless set."))
@option("--no-stream", is_flag=True, help=N_("Ask for whole answers; there is then no first-token time."))
@option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=N_("The file of rows: .csv, .json, .jsonl or .parquet."),
)
@option("--resume", metavar="EXPERIMENT_ID", help=N_("Run what is missing of an earlier comparison."))
@_store
@option("--quiet", is_flag=True, help=N_("No progress."))
def compare(out: Path | None, resume: str | None, store: str | None, quiet: bool, **options: Any) -> None:
    """Plan a comparison or resume one, run it, and write its rows or show its table."""
    from nim_core.comparison import key_for, run_here
    from nim_core.exports.rows import check_out, write
    from nim_core.history import open_history
    from nim_core.planning.planner import planned
    from nim_core.settings import permitted

    from .options import asked_for, resumed
    from .progress import reporter, result_table

    with _errors_as_one_line():
        if out:
            check_out(out)
        settings = _settings(store)
        keys = partial(key_for, settings=settings)
        with closing(open_history(settings)) as history:  # opened first, so that its faults are found before all else
            if resume is None:
                experiment = planned(asked_for(options), settings, keys)
            else:
                experiment = resumed(resume, options, history.experiments)
        key = keys(permitted(experiment.endpoint, settings))
        with _termination_as_interrupt(), reporter(experiment, quiet=quiet) as emit:
            result = run_here(experiment, key, settings, emit)
        if out:
            write(result.generations, out)
        else:
            result_table(experiment, result.generations)
        _say_end(result, experiment, out, quiet=quiet)
    sys.exit(_exit_code(result))


@main.command(help=N_("List the models of an endpoint: those that answered before first, then by size."))
@_endpoint
@option("--search", metavar="TEXT", help=N_("Only models that hold every word, in any order; typos allowed."))
@option("--json", "as_json", is_flag=True, help=N_("A JSON list: one object a model, unknown is null."))
@_store
def models(endpoint: str | None, search: str | None, as_json: bool, store: str | None) -> None:
    """List what an endpoint offers, as lines or as JSON."""
    from nim_core.catalog import matching
    from nim_core.catalog.available import listing_of
    from nim_core.catalog.entry import entries_of
    from nim_core.history import open_history
    from nim_core.settings import permitted

    with _errors_as_one_line():
        settings = _settings(store)
        place = permitted("local" if endpoint is None else endpoint, settings)
        key = _key_if_any(place, settings)
        history = open_history(settings)
        mine = history.meter.fingerprint(key)
        listing = listing_of(place, key, settings, history.sightings, mine)
        entries = entries_of(listing.models, place, history.sightings.models(place.name, mine))
        history.close()
        found = matching(entries, search or "")
        if as_json:
            import orjson

            say_text(orjson.dumps([entry.fields() for entry in found], option=orjson.OPT_INDENT_2).decode())
        else:
            _print_models(found, entries, search or "")
    if listing.problem:
        from nim_core.catalog.state import source_sentence

        say(_("Error: {message}", message=listing.problem), err=True)
        say(source_sentence(listing), err=True)
        sys.exit(EXIT_SOME_FAILED)


@main.command(help=N_("Ask one question and print the answer as it comes."))
@click.argument("prompt")
@_endpoint
@_model
@option("--system", metavar="TEXT", help=N_("A system prompt."))
@parameter_options
@_store
def chat(
    prompt: str, endpoint: str | None, model: str | None, system: str | None, store: str | None, **asked: Any
) -> None:
    """Send one turn, and print its pieces as they come."""
    from nim_core.analysis.telling import failure_sentence
    from nim_core.comparison import key_for, run_here
    from nim_core.planning.planner import FIRST_LISTED, with_model
    from nim_core.settings import permitted
    from nim_core.values.events import Arrived
    from nim_core.values.experiment import new_turn
    from nim_core.values.parameters import STARTING, parameters_from

    with _errors_as_one_line():
        settings = _settings(store)
        place = permitted("local" if endpoint is None else endpoint, settings)
        key = key_for(place, settings)
        named = {name: value for name, value in asked.items() if value not in (None, ())}
        parameters = parameters_from({**STARTING.sent(), **named})
        model = FIRST_LISTED if model is None else model
        turn = new_turn(prompt, parameters, endpoint=place.name, model=model, system=system)
        turn = with_model(turn, place, key, settings)

        def emit(event: object) -> None:
            if isinstance(event, Arrived):
                say_text(event.piece.text, end="")

        with _termination_as_interrupt():
            result = run_here(turn, key, settings, emit)
        say("")
        for generation in result.generations:
            if generation.status == "error":
                say(failure_sentence(generation), err=True)
    sys.exit(_exit_code(result))


@main.command(help=N_("Serve the built-in model on 127.0.0.1 until Ctrl-C."))
@option("--port", type=click.IntRange(0, 65535), default=0, help=N_("0 takes a free one."))
def local(port: int) -> None:
    """Fetch the weights where need be, then serve."""
    from nim_core.local.serve import serve
    from nim_core.local.weights import ensure_weights

    from .progress import fetching

    with _errors_as_one_line():
        settings = _settings(None)
        with fetching() as progress:
            gguf = ensure_weights(settings, progress)
        serve(gguf, key=None, port=port, on_ready=lambda url: say(_("The built-in model answers at {url}", url=url)))


def _settings(store: str | None) -> Settings:
    from nim_core.settings import Settings

    return Settings() if store is None else Settings(store=store)


def _key_if_any(place: Any, settings: Settings) -> str | None:
    """The key for listing models, which needs none."""
    from nim_core.comparison import key_for

    return key_for(replace(place, needs_key=False), settings)


def _print_models(found: Sequence[Entry], entries: Sequence[Entry], search: str) -> None:
    from nim_core.catalog.search import advice
    from nim_core.catalog.state import line_of

    for entry in found:
        say(f"{entry.id}  ({line_of(entry)})")
    if not found:
        say(advice(entries, search, lambda _entry: True), err=True)


def _say_end(result: Result, experiment: Experiment, out: Path | None, *, quiet: bool) -> None:
    from nim_core.analysis.telling import ending_sentence

    if quiet and result.ended.outcome == "done":
        return
    say(ending_sentence(result.ended), err=True)
    refused = refused_parameters(result.generations)
    if refused:
        left_out = _(
            "To compare without it, leave {parameters} out of --set, --grid and --spec.", parameters=", ".join(refused)
        )
        say(left_out, err=True)
    if out:
        say(_n("{count} row is in {file}.", "{count} rows are in {file}.", len(result.generations), file=out), err=True)
    if result.ended.outcome != "done":
        command = f"python -m nim_core compare --resume {experiment.id}"
        say(_("To run what is missing: {command}", command=command), err=True)


def _exit_code(result: Result) -> int:
    if result.ended.outcome == "stopped":
        return EXIT_STOPPED
    all_ok = result.ended.outcome == "done" and all(each.status == "ok" for each in result.generations)
    return 0 if all_ok else EXIT_SOME_FAILED


@contextmanager
def _errors_as_one_line() -> Iterator[None]:
    try:
        yield
    except CallError as error:
        from nim_core.analysis.telling import error_with_advice

        say(_("Error: {message}", message=error_with_advice(error)), err=True)
        sys.exit(EXIT_SOME_FAILED)
    except NimLabError as error:
        say(_("Error: {message}", message=error), err=True)
        sys.exit(EXIT_BAD_INPUT)


@contextmanager
def _termination_as_interrupt() -> Iterator[None]:
    """SIGTERM stops a run as Ctrl-C does: finished rows are written."""

    def interrupt(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
