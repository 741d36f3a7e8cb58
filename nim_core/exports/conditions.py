"""Under which conditions a comparison was made and how it ended, for somebody who was not there.

Nothing here tells a key, a password, a path or a name of the machine.
"""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from importlib.metadata import version
from urllib.parse import urlsplit, urlunsplit

from nim_core import __version__
from nim_core.errors import KINDS
from nim_core.values.endpoints import title_of
from nim_core.values.experiment import Experiment
from nim_core.values.generation import Generation
from nim_core.values.parameter_field import plain
from nim_core.values.parameters import GenerationParameters
from nim_core.words import _, number, said


def conditions(experiment: Experiment, generations: Sequence[Generation]) -> list[tuple[str, str]]:
    """What was asked, of whom, how and when, as pairs of label and value; versions are those of this process."""
    started = sorted(each.started_at for each in generations)
    rpm = experiment.rpm
    return [
        (_("Endpoint"), title_of(public_endpoint(experiment.endpoint))),
        (_("Model"), experiment.model),
        (_("System prompt"), experiment.system or _("none")),
        (_("Parameter sets"), number(len(experiment.sets))),
        (_("Repeats of each set"), number(experiment.repeats)),
        (_("Order"), _("every set once a round, shuffled with order seed {seed}", seed=str(experiment.order_seed))),
        (_("Seed"), _seeds(experiment)),
        (_("Requests at a time"), number(experiment.concurrency)),
        (_("Requests a minute"), _("no limit") if rpm is None else _("at most {rpm}", rpm=plain(float(rpm)))),
        (_("Warm-up calls, not measured"), number(experiment.warmup)),
        (_("Streaming"), _("on") if experiment.stream else _("off, so the time to first token is not known")),
        (_("First request sent"), _moment(started[0]) if started else _("none")),
        (_("Last request sent"), _moment(started[-1]) if started else _("none")),
        (_("Versions when exported"), _versions(experiment)),
        (_("System when exported"), platform.system()),
    ]


def ending(experiment: Experiment, generations: Sequence[Generation]) -> list[tuple[str, str]]:
    """How the run ended, as pairs of label and count; each kind of failure has its own."""
    status = Counter(each.status for each in generations)
    planned = len(experiment.sets) * experiment.repeats
    counts = [
        (_("Answers planned"), planned),
        (_("Answered"), status["ok"]),
        (_("Answers cut at max tokens"), sum(each.cut for each in generations if each.status == "ok")),
        (_("Failed"), status["error"]),
    ]
    failures = Counter(each.error for each in generations if each.status == "error" and each.error)
    counts += [(_("Failed: {kind}", kind=said(KINDS[kind].title)), count) for kind, count in failures.most_common()]
    rest = [(_("Stopped by the user"), status["cancelled"]), (_("Never sent"), max(planned - len(generations), 0))]
    counts += [(label, count) for label, count in rest if count]
    return [(label, number(count)) for label, count in counts]


def sent_line(parameters: GenerationParameters) -> str:
    """The parameters that were sent, in one line; empty where none was.

    >>> sent_line(GenerationParameters(temperature=0.2, stop=("END",)))
    'temperature 0.2, stop ["END"]'
    """
    return ", ".join(f"{name} {plain(value)}" for name, value in parameters.sent().items())


def public_endpoint(name: str) -> str:
    """An endpoint's name or address without a user, password, query or fragment.

    >>> public_endpoint("https://me:secret@example.org/v1?key=secret")
    'https://example.org/v1'
    """
    if "://" not in name:
        return name
    parts = urlsplit(name)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _seeds(experiment: Experiment) -> str:
    first, repeats = experiment.seed, experiment.repeats
    if first is not None:
        return _(
            "one for each repeat, the same for all sets: {first} to {last}",
            first=str(first),
            last=str(first + repeats - 1),
        )
    named = any(each.parameters.seed is not None for each in experiment.sets)
    return _("as the sets name it") if named else _("none sent")


def _moment(iso: str) -> str:
    """A UTC time as it is read; another text as it is.

    >>> _moment("2026-11-23T10:00:05.000Z")
    '2026-11-23 10:00:05 UTC'
    """
    try:
        return f"{datetime.fromisoformat(iso):%Y-%m-%d %H:%M:%S %Z}"
    except ValueError:
        return iso


def _versions(experiment: Experiment) -> str:
    local = f", xllamacpp (llama.cpp) {version('xllamacpp')}" if experiment.endpoint == "local" else ""
    return f"nim_core {__version__}, openai {version('openai')}{local}, Python {platform.python_version()}"
