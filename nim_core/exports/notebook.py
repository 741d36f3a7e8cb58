"""A comparison as a Jupyter notebook that repeats it with nim_core and draws the same charts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import orjson

from nim_core.measures import MEASURE
from nim_core.values.experiment import Experiment
from nim_core.values.generation import Generation
from nim_core.values.sets import ParameterSet
from nim_core.words import _, said

from .conditions import conditions, ending, public_endpoint
from .rows import MAIN_MEASURES, without_surrogates
from .source import text_source

_DRAWN_WITH = """\
from nim_core.charts import best_chart, timeline
from nim_core.measures import MEASURE
from nim_core.analysis.sentences import caveat, sentence
from nim_core.analysis.summary import differences

order = [each.name for each in SETS]


def against_the_first_set(measure):
    for each in differences(frame, measure, order, order[0]):
        print(sentence(each, measure))"""


def to_notebook(experiment: Experiment, generations: Sequence[Generation]) -> bytes:
    """The notebook as .ipynb: how the first run was made, the run again, each main measure, the timeline.

    It holds no key: compare() reads NVIDIA_API_KEY. The order of sending is shuffled anew.
    """
    import nbformat

    cells = [_markdown(_about(experiment, generations)), _code(_plan(experiment)), _code(_run(experiment))]
    cells.append(_code(_DRAWN_WITH))
    for key in MAIN_MEASURES:
        cells += [_markdown(f"## {MEASURE[key].title}\n\n{said(MEASURE[key].help)}"), _code(_chart(key))]
    looked_at = len(MAIN_MEASURES) * (len(experiment.sets) - 1)
    if looked_at:
        cells.append(_code(f"print(caveat({looked_at}))"))
    cells += [_markdown("## " + _("The requests over time")), _code("timeline(frame)")]
    book = {
        "cells": [{"id": f"cell-{number}", **cell} for number, cell in enumerate(cells, start=1)],
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    nbformat.validate(book)
    return orjson.dumps(book, option=orjson.OPT_INDENT_2)


def _markdown(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def _code(source: str) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": {}, "source": source, "execution_count": None, "outputs": []}


def _about(experiment: Experiment, generations: Sequence[Generation]) -> str:
    """What the notebook is and how the first run was made; foreign text stands in a fence that it cannot close."""
    told = [*conditions(experiment, generations), *ending(experiment, generations)]
    facts = without_surrogates("\n".join(f"{label}: {value}" for label, value in told))
    longest = max((len(ticks) for ticks in re.findall("`+", facts)), default=0)
    fence = "`" * max(longest + 1, 3)
    about = _(
        "This notebook sends one prompt with several parameter sets, several times each, and draws what came back. "
        "Running it sends every request again. It needs the package nim_core; where the server needs a key, set "
        "`NVIDIA_API_KEY` in the environment before you start the notebook. The order of sending is shuffled anew, "
        "so answers and times will differ from those of the first run."
    )
    title, made = _("A comparison of parameter sets"), _("How the first run was made")
    return f"# {title}\n\n{about}\n\n## {made}\n\n{fence}text\n{facts}\n{fence}"


def _plan(experiment: Experiment) -> str:
    sets = "".join(f"    {_set_source(each)},\n" for each in experiment.sets)
    system = "None" if experiment.system is None else text_source(experiment.system)
    return (
        "from nim_core import GenerationParameters, ParameterSet, compare\n\n"
        f"PROMPT = {text_source(experiment.prompt)}\nSYSTEM = {system}\nSETS = [\n{sets}]"
    )


def _set_source(each: ParameterSet) -> str:
    sent = ", ".join(f"{name}={value!r}" for name, value in each.parameters.sent().items())
    return f"ParameterSet({each.name!r}, GenerationParameters({sent}))"


def _run(experiment: Experiment) -> str:
    given = {
        "system": "SYSTEM",
        "repeats": experiment.repeats,
        "endpoint": repr(public_endpoint(experiment.endpoint)),
        "model": repr(experiment.model),
        "seed": experiment.seed,
        "concurrency": experiment.concurrency,
        "rpm": experiment.rpm,
        "warmup": experiment.warmup,
        "stream": experiment.stream,
    }
    arguments = "".join(f"    {name}={value},\n" for name, value in given.items())
    return f"frame = compare(\n    PROMPT,\n    SETS,\n{arguments})\nframe"


def _chart(key: str) -> str:
    return f'against_the_first_set(MEASURE["{key}"])\nbest_chart(frame, MEASURE["{key}"], order, baseline=order[0])'
