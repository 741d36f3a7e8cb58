"""A comparison as one HTML file to keep or to send: conditions, charts, sentences, means, and every answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from nim_core.analysis.sentences import number, quantity
from nim_core.analysis.summary import Summary, summaries
from nim_core.analysis.table import frame
from nim_core.charts.style import counts
from nim_core.errors import KINDS
from nim_core.measures import MEASURES
from nim_core.measures.declaration import Family, Measure
from nim_core.measures.diversity import diversity
from nim_core.values.experiment import Experiment
from nim_core.values.generation import Generation
from nim_core.values.parameters import plain

from .conditions import conditions, ending
from .html_figures import measure_sections, timeline_figure
from .html_page import block, escaped, facts, folded, page, table
from .rows import storable, without_surrogates

if TYPE_CHECKING:
    import pandas

_TITLE_LENGTH = 200
_FAMILIES: dict[Family, str] = {"length": "Length", "latency": "Latency", "repetition": "Repetition"}


def to_html(experiment: Experiment, generations: Sequence[Generation]) -> bytes:
    """The report as one UTF-8 file that asks nothing of any server, for screen and paper, light and dark.

    Every text of a model or a user is escaped, and the page's policy forbids loading and foreign scripts.
    """
    experiment = _storable_names(experiment)
    rows = storable(frame(generations))
    order = [each.name for each in experiment.sets]
    answered: dict[str, list[Generation]] = {name: [] for name in order}
    for each in sorted(generations, key=lambda each: each.repeat):
        answered[without_surrogates(each.set)].append(each)
    prompt = " ".join(experiment.prompt.split())
    title = prompt if len(prompt) <= _TITLE_LENGTH else f"{prompt[: _TITLE_LENGTH - 1]}…"
    body = [
        f'<h1 dir="auto">{escaped(title)}</h1>',
        '<p class="quiet">One prompt, several parameter sets, several repeats, compared with NIM Lab.</p>',
        "" if title == experiment.prompt else f"<h2>Prompt</h2>{_long(experiment.prompt)}",
        f"<h2>Conditions</h2>{facts(conditions(experiment, generations))}{_sets(experiment)}",
        f"<h2>How it ended</h2>{facts(ending(experiment, generations))}",
        f"<h2>What came back</h2>{measure_sections(rows, order)}" if generations else "",
        f"<h2>Means</h2>{_means(rows, order)}",
        f"<h2>Diversity across the repeats of a set</h2>{_diversity(answered)}",
        f"<h2>The requests over time</h2>{timeline_figure(rows)}" if generations else "",
        '<h2>Answers</h2><p><button id="unfold" type="button">Unfold or fold all</button></p>'
        f'<div id="answers">{_answers(answered)}</div>',
    ]
    return page(title, "".join(body)).encode()


def _storable_names(experiment: Experiment) -> Experiment:
    sets = tuple(replace(each, name=without_surrogates(each.name)) for each in experiment.sets)
    return replace(experiment, sets=sets)


def _long(text: str) -> str:
    """A text, folded where it would fill the page."""
    return block(text) if len(text) <= 2_000 else folded(f"{len(text):,} characters", block(text))


def _sets(experiment: Experiment) -> str:
    sent = [
        ", ".join(f"{key} {plain(value)}" for key, value in each.parameters.sent().items()) for each in experiment.sets
    ]
    rows = [(escaped(each.name), escaped(text) or "none") for each, text in zip(experiment.sets, sent, strict=True)]
    return table(("Set", "Parameters sent"), rows, "The parameter sets; what is not named was not sent")


def _means(rows: pandas.DataFrame, order: Sequence[str]) -> str:
    return "".join(_family(rows, order, family, title) for family, title in _FAMILIES.items())


def _family(rows: pandas.DataFrame, order: Sequence[str], family: Family, title: str) -> str:
    measures = [each for each in MEASURES if each.family == family]
    columns = [[_mean(each, measure) for each in summaries(rows, measure, order)] for measure in measures]
    cells = [(escaped(name), *(column[index] for column in columns)) for index, name in enumerate(order)]
    kind = "Geometric means" if family == "latency" else "Means"
    return table(("Set", *(each.title for each in measures)), cells, f"{title}. {kind} with 95% intervals")


def _mean(summary: Summary, measure: Measure) -> str:
    said = f"<small>{counts(summary)}</small>"
    if summary.mean is None:
        return f"no mean{said}"
    mean = _value(summary.mean, measure)
    if summary.low is None or summary.high is None:
        return f"{mean}{said}"
    return f"{mean}<small>{_value(summary.low, measure)} to {_value(summary.high, measure)}</small>{said}"


def _value(value: float, measure: Measure) -> str:
    """A number under a column head that names its unit; a share as a percentage."""
    return quantity(value, measure) if measure.family == "repetition" else number(value, measure.decimals)


def _diversity(answered: Mapping[str, Sequence[Generation]]) -> str:
    rows = []
    for name, mine in answered.items():
        found = diversity([each.text for each in mine if each.status == "ok"])
        cells = (
            f"{found.distinct:,} of {found.answers:,}",
            "—" if found.similarity is None else number(found.similarity, 3),
            "—" if found.first_divergence is None else f"{found.first_divergence + 1:,}",
            "—" if found.distinct_2 is None else number(found.distinct_2, 3),
        )
        rows.append((escaped(name), *cells))
    heads = ("Set", "Distinct answers", "Mean similarity of two", "First difference at character", "Distinct pairs")
    return table(heads, rows, "How much the answers of one set differ; similarity 1 is the same text")


def _answers(answered: Mapping[str, Sequence[Generation]]) -> str:
    return "".join(
        folded(f"{escaped(name)} <span class='quiet'>({len(mine):,})</span>", "".join(map(_answer, mine)))
        for name, mine in answered.items()
    )


def _answer(generation: Generation) -> str:
    thinking = folded("Thinking", block(generation.reasoning)) if generation.reasoning else ""
    text = block(generation.text) if generation.text or generation.status == "ok" else ""
    failure = f'<p class="bad">{escaped(generation.error_text or "")}</p>' if generation.status == "error" else ""
    return folded(f"Repeat {generation.repeat}: {escaped(_call(generation))}", f"{thinking}{text}{failure}")


def _call(generation: Generation) -> str:
    """An answer's call in one line: how it ended, its tokens and times, its seed."""
    usage, timing = generation.usage, generation.timing
    kind = KINDS.get(generation.error or "")
    how = {"ok": "answered", "error": f"failed ({kind.title})" if kind else "failed", "cancelled": "stopped"}
    parts = [
        "cut at max tokens" if generation.cut else how[generation.status],
        None if usage.completion_tokens is None else f"{usage.completion_tokens:,} tokens",
        None if timing.ttft_s is None else f"first token {timing.ttft_s:.2f} s",
        None if timing.latency_s is None else f"total {timing.latency_s:.2f} s",
        None if generation.parameters.seed is None else f"seed {generation.parameters.seed}",
    ]
    return ", ".join(part for part in parts if part)
