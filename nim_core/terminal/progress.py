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

STAGES = {
    "fetching": "Fetching the built-in model",
    "checking": "Checking the built-in model",
    "starting": "Starting the built-in model",
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
        say(f"Comparison {experiment.id}: {total} answers from {experiment.model}.")
        fetched = _fetch_task(bars)
        answers = bars.add_task("Answers", total=total, count=f"0 of {total}", visible=bars.console.is_terminal)
        done = 0

        def emit(event: Event) -> None:
            nonlocal done
            match event:
                case Finished():
                    done += 1
                    bars.update(answers, completed=done, count=f"{done} of {total}")
                    if event.generation.status == "error":
                        generation = event.generation
                        say(f"{generation.set}, repeat {generation.repeat}: {failure_sentence(generation)}")
                case Preparing():
                    fetched(event.progress)
                case Notice():
                    say(notice_sentence(event))
                case Waiting():
                    say(waiting_sentence(event))
                case _:
                    pass

        yield emit


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
        title = STAGES[step.stage]
        if step.stage not in tasks:
            tasks[step.stage] = bars.add_task(title, total=None, count="", visible=bars.console.is_terminal)
            if not bars.console.is_terminal:
                bars.console.print(f"{title}.")
        if step.total_bytes is not None:
            count = f"{step.done_bytes / 1e6:.0f} of {step.total_bytes / 1e6:.0f} MB"
            bars.update(tasks[step.stage], completed=step.done_bytes, total=step.total_bytes, count=count)

    return show


def result_table(experiment: Experiment, generations: Sequence[Generation]) -> None:
    """Print a readable table per set: how many, and the mean of each measure with its 95% interval."""
    rows = frame(generations)
    table = Table(title=None, header_style="bold")
    for heading in ("set", "ok", "failed", "cut"):
        table.add_column(heading, justify="left" if heading == "set" else "right", overflow="fold")
    measures = [measure for measure in MEASURES if measure.in_terminal]
    for measure in measures:
        table.add_column(measure.title, justify="right")
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
    mean = f"{summary.mean:,.{decimals}f}"
    if summary.low is None or summary.high is None:
        return mean
    return f"{mean} ({summary.low:,.{decimals}f} to {summary.high:,.{decimals}f})"
