"""What the terminal shows: progress on stderr while a run goes on, a table per set at its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

from nim_core.analysis.summary import Summary, summarize
from nim_core.analysis.table import frame
from nim_core.analysis.telling import failure_sentence, notice_sentence, waiting_sentence
from nim_core.foreign import visible
from nim_core.measures import MEASURES
from nim_core.values.events import Event, Finished, Notice, Preparing, Waiting
from nim_core.values.events import Progress as FetchProgress
from nim_core.values.experiment import Experiment
from nim_core.values.generation import Generation
from nim_core.words import N_, _, _n, number, said

STAGES = {
    "fetching": N_("Fetching the built-in model"),
    "checking": N_("Checking the built-in model"),
    "starting": N_("Starting the built-in model"),
}


@contextmanager
def reporter(experiment: Experiment, *, quiet: bool) -> Iterator[Callable[[Event], None]]:
    """Show a run's progress on stderr; yields what takes its events, from any thread."""
    if quiet:
        yield lambda _event: None
        return
    total = len(experiment.sets) * experiment.repeats
    with _bars() as bars:
        say = partial(_say, bars.console)
        say(
            _n(
                "Comparison {id}: {count} answer from {model}.",
                "Comparison {id}: {count} answers from {model}.",
                total,
                id=experiment.id,
                model=experiment.model,
            )
        )
        fetched = _fetch_task(bars)
        answers = bars.add_task(_("Answers"), total=total, count=_of(0, total), visible=bars.console.is_terminal)
        done = 0

        def emit(event: Event) -> None:
            nonlocal done
            match event:
                case Finished():
                    done += 1
                    bars.update(answers, completed=done, count=_of(done, total))
                    if event.generation.status == "error":
                        say(_failure(event.generation))
                case Preparing():
                    fetched(event.progress)
                case Notice():
                    say(notice_sentence(event))
                case Waiting():
                    say(waiting_sentence(event))
                case _:
                    pass

        yield emit


def _of(done: int, total: int) -> str:
    return _("{done} of {total}", done=done, total=total)


def _failure(generation: Generation) -> str:
    return _(
        "{set}, repeat {repeat}: {failure}",
        set=generation.set,
        repeat=generation.repeat,
        failure=failure_sentence(generation),
    )


@contextmanager
def fetching() -> Iterator[Callable[[FetchProgress], None]]:
    """Show on stderr how the built-in model is fetched and started."""
    with _bars() as bars:
        yield _fetch_task(bars)


def _say(console: Console, text: str) -> None:
    console.print(visible(text), soft_wrap=True)


def _bars() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[count]}"), TimeRemainingColumn())
    return Progress(*columns, console=_console(stderr=True), transient=True)


def _console(**settings: Any) -> Console:
    """A console to which no text is markup."""
    return Console(highlight=False, markup=False, emoji=False, **settings)


def _fetch_task(bars: Progress) -> Callable[[FetchProgress], None]:
    tasks: dict[str, TaskID] = {}

    def show(step: FetchProgress) -> None:
        title = said(STAGES[step.stage])
        if step.stage not in tasks:
            tasks[step.stage] = bars.add_task(title, total=None, count="", visible=bars.console.is_terminal)
            if not bars.console.is_terminal:
                bars.console.print(f"{title}.")
        if step.total_bytes is not None:
            done, total = number(step.done_bytes / 1e6, 0), number(step.total_bytes / 1e6, 0)
            count = _("{done} of {total} MB", done=done, total=total)
            bars.update(tasks[step.stage], completed=step.done_bytes, total=step.total_bytes, count=count)

    return show


def result_table(experiment: Experiment, generations: Sequence[Generation]) -> None:
    """Print a readable table per set: how many, and the mean of each measure with its 95% interval."""
    rows = frame(generations)
    table = Table(title=None, header_style="bold")
    table.add_column(_("set"), overflow="fold")
    for heading in (_("ok"), _("failed"), _("cut")):
        table.add_column(heading, justify="right", overflow="fold")
    measures = [measure for measure in MEASURES if measure.in_terminal]
    for measure in measures:
        table.add_column(said(measure.title), justify="right")
    for name in (each.name for each in experiment.sets):
        mine = [each for each in generations if each.set == name]
        counts = (
            sum(each.status == "ok" for each in mine),
            sum(each.status == "error" for each in mine),
            sum(each.cut for each in mine),
        )
        cells = [_cell(summarize(rows, measure, name), measure.decimals) for measure in measures]
        table.add_row(visible(name), *(str(count) for count in counts), *cells)
    _console(width=None if Console().is_terminal else 160).print(table)


def _cell(summary: Summary, decimals: int) -> str:
    """A mean with its interval; a dash where there is none."""
    if summary.mean is None:
        return "—"
    mean = number(summary.mean, decimals)
    if summary.low is None or summary.high is None:
        return mean
    low, high = number(summary.low, decimals), number(summary.high, decimals)
    return _("{mean} ({low} to {high})", mean=mean, low=low, high=high)
