"""A comparison as one HTML file to keep or to send: conditions, charts, sentences, means, and every answer."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from nim_core.analysis.sentences import caveat, number, quantity
from nim_core.analysis.summary import Summary, summaries
from nim_core.analysis.table import frame
from nim_core.analysis.telling import failure_sentence
from nim_core.charts.style import counts
from nim_core.errors import KINDS
from nim_core.measures import FAMILIES, Family, Measure, of_family
from nim_core.measures.diversity import diversity
from nim_core.values.experiment import Experiment
from nim_core.values.generation import Generation
from nim_core.words import _, _n, language, said, seconds
from nim_core.words import number as written

from .conditions import conditions, ending, sent_line
from .html_figures import Figure, MeasureSection, measure_sections, timeline_figure
from .html_template import template
from .rows import storable, without_surrogates

if TYPE_CHECKING:
    import pandas

_DATA = Path(__file__).parent.parent / "data"
_TITLE_LENGTH = 200

Pairs = Sequence[tuple[str, str]]
"""Labels and their values."""


@dataclass(frozen=True, slots=True)
class Table:
    """A row for each set, by its name; the first line of a cell is its value, the others stand small below it."""

    caption: str
    heads: tuple[str, ...]
    rows: Sequence[tuple[str, Sequence[tuple[str, ...]]]]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer under one line about its call; None is what it does not have."""

    call: str
    thinking: str | None
    text: str | None
    failure: str | None


@dataclass(frozen=True, slots=True)
class Report:
    """All that the page tells, in its order; the prompt is None where the title is all of it.

    Without any answer there are no measures and no timeline, and with one set nothing to be wary of.
    """

    title: str
    prompt: str | None
    conditions: Pairs
    sets: Table
    ending: Pairs
    measures: tuple[MeasureSection, ...]
    caveat: str | None
    means: Sequence[Table]
    diversity: Table
    timeline: Figure | None
    answers: Sequence[tuple[str, Sequence[Answer]]]


def to_html(experiment: Experiment, generations: Sequence[Generation]) -> bytes:
    """The report as one UTF-8 file that asks nothing of any server, for screen and paper, light and dark.

    Every text of a model or a user is escaped, and the page's policy forbids loading and foreign scripts.
    """
    from plotly.offline import get_plotlyjs

    scripts = (get_plotlyjs(), _shipped("report.js"))
    page = template(_DATA / "report.html.jinja").render(
        report=_report(_storable_names(experiment), generations),
        lang=language(),
        _=said,
        _n=_n,
        number=written,
        style=_shipped("report.css"),
        scripts={_hash(each): each for each in scripts},
    )
    return page.encode()


def _shipped(name: str) -> str:
    return (_DATA / name).read_text(encoding="utf-8")


def _hash(script: str) -> str:
    """A script's hash as a page's policy names it."""
    return f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}"


def _report(experiment: Experiment, generations: Sequence[Generation]) -> Report:
    rows = storable(frame(generations))
    order = [each.name for each in experiment.sets]
    answered: dict[str, list[Generation]] = {name: [] for name in order}
    for each in sorted(generations, key=lambda each: each.repeat):
        answered[without_surrogates(each.set)].append(each)
    prompt = " ".join(experiment.prompt.split())
    title = prompt if len(prompt) <= _TITLE_LENGTH else f"{prompt[: _TITLE_LENGTH - 1]}…"
    measures = measure_sections(rows, order) if generations else ()
    looked_at = len(measures) * (len(order) - 1)
    return Report(
        title=title,
        prompt=None if title == experiment.prompt else experiment.prompt,
        conditions=conditions(experiment, generations),
        sets=_sets(experiment),
        ending=ending(experiment, generations),
        measures=measures,
        caveat=caveat(looked_at) if looked_at else None,
        means=[_family(rows, order, family) for family in FAMILIES],
        diversity=_diversity(answered),
        timeline=timeline_figure(rows) if generations else None,
        answers=[(name, [_answer(each) for each in mine]) for name, mine in answered.items()],
    )


def _storable_names(experiment: Experiment) -> Experiment:
    sets = tuple(replace(each, name=without_surrogates(each.name)) for each in experiment.sets)
    return replace(experiment, sets=sets)


def _sets(experiment: Experiment) -> Table:
    rows = [(each.name, [(sent_line(each.parameters) or _("none"),)]) for each in experiment.sets]
    return Table(_("The parameter sets; what is not named was not sent"), (_("Set"), _("Parameters sent")), rows)


def _family(rows: pandas.DataFrame, order: Sequence[str], family: Family) -> Table:
    measures = of_family(family)
    columns = [[_mean(each, measure) for each in summaries(rows, measure, order)] for measure in measures]
    cells = [(name, [column[index] for column in columns]) for index, name in enumerate(order)]
    heads = (_("Set"), *(each.title for each in measures))
    return Table(f"{said(family.title)}. {_kind(measures)}", heads, cells)


def _kind(measures: Sequence[Measure]) -> str:
    geometric = [said(each.label) for each in measures if each.scale == "log"]
    if len(geometric) == len(measures):
        return _("Geometric means with 95% intervals")
    if geometric:
        return _("Means (geometric: {measures}) with 95% intervals", measures=", ".join(geometric))
    return _("Means with 95% intervals")


def _mean(summary: Summary, measure: Measure) -> tuple[str, ...]:
    if summary.mean is None:
        return _("no mean"), counts(summary)
    mean = _value(summary.mean, measure)
    if summary.low is None or summary.high is None:
        return mean, counts(summary)
    interval = _("{low} to {high}", low=_value(summary.low, measure), high=_value(summary.high, measure))
    return mean, interval, counts(summary)


def _value(value: float, measure: Measure) -> str:
    """A number under a column head that names its unit; a share as a percentage."""
    return quantity(value, measure) if measure.share else number(value, measure.decimals)


def _diversity(answered: Mapping[str, Sequence[Generation]]) -> Table:
    rows = []
    for name, mine in answered.items():
        found = diversity([each.text for each in mine if each.status == "ok"])
        cells = (
            _("{distinct} of {answers}", distinct=found.distinct, answers=found.answers),
            "—" if found.similarity is None else number(found.similarity, 3),
            "—" if found.first_divergence is None else written(found.first_divergence + 1),
            "—" if found.distinct_2 is None else number(found.distinct_2, 3),
        )
        rows.append((name, [(each,) for each in cells]))
    heads = (
        _("Set"),
        _("Distinct answers"),
        _("Mean similarity of two"),
        _("First difference at character"),
        _("Distinct pairs"),
    )
    return Table(_("How much the answers of one set differ; similarity 1 is the same text"), heads, rows)


def _answer(generation: Generation) -> Answer:
    return Answer(
        call=_("Repeat {repeat}: {facts}", repeat=generation.repeat, facts=_call(generation)),
        thinking=generation.reasoning or None,
        text=generation.text if generation.text or generation.status == "ok" else None,
        failure=failure_sentence(generation) if generation.error else None,
    )


def _call(generation: Generation) -> str:
    """An answer's call in one line: how it ended, its tokens and times, its seed."""
    usage, timing = generation.usage, generation.timing
    kind = KINDS.get(generation.error or "")
    how = {
        "ok": _("answered"),
        "error": _("failed ({kind})", kind=said(kind.title)) if kind else _("failed"),
        "cancelled": _("stopped"),
    }
    parts = [
        _("cut at max tokens") if generation.cut else how[generation.status],
        None if usage.completion_tokens is None else _n("{count} token", "{count} tokens", usage.completion_tokens),
        None if timing.ttft_s is None else _("first token {time}", time=seconds(timing.ttft_s, 2)),
        None if timing.latency_s is None else _("total {time}", time=seconds(timing.latency_s, 2)),
        None if generation.parameters.seed is None else _("seed {seed}", seed=str(generation.parameters.seed)),
    ]
    return ", ".join(part for part in parts if part)
