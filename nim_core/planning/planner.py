"""The one planner: from what was asked, on a page, in a terminal or in a notebook, to the experiment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from nim_core.catalog import default_model, list_models
from nim_core.settings import Settings, permitted
from nim_core.values.endpoints import Endpoint
from nim_core.values.experiment import Experiment, new_experiment
from nim_core.values.parameters import STARTING
from nim_core.values.sets import ParameterSet

FIRST_LISTED = "the first that is listed"
"""Stands for the model of an experiment until `with_model` has chosen one."""

DEFAULT_SETS = (ParameterSet("default", STARTING),)
"""What is run when no set is named."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asked for.

    None leaves it to the planner: `sets` are then DEFAULT_SETS, `model` is the first that is listed, `concurrency`
    (calls at once) and `rpm` (requests a minute) are the endpoint's own. Without `seed` none is sent.
    """

    prompt: str
    sets: tuple[ParameterSet, ...] | None = None
    system: str | None = None
    endpoint: str = "local"
    model: str | None = None
    repeats: int = 3
    seed: int | None = None
    concurrency: int | None = None
    rpm: float | None = None
    warmup: int = 1
    stream: bool = True


def planned(asked: Asked, settings: Settings, key_for: Callable[[Endpoint], str | None]) -> Experiment:
    """The experiment that was asked for, every default filled in.

    `key_for` gives the key of an endpoint, and raises InputError where one is needed and missing. Raises InputError
    for everything that is wrong, before anything is sent; CallError when the endpoint's models cannot be listed.

    >>> planned(Asked("What is GPU?"), Settings(), lambda _place: None).model
    'smollm2-135m-instruct'
    """
    place = permitted(asked.endpoint, settings)
    experiment = new_experiment(
        asked.prompt,
        DEFAULT_SETS if asked.sets is None else asked.sets,
        system=asked.system,
        endpoint=place.name,
        model=FIRST_LISTED if asked.model is None else asked.model,
        repeats=asked.repeats,
        seed=asked.seed,
        concurrency=place.concurrency if asked.concurrency is None else asked.concurrency,
        rpm=place.rpm if asked.rpm is None else asked.rpm,
        warmup=asked.warmup,
        stream=asked.stream,
    )
    return with_model(experiment, place, key_for(place), settings)


def with_model(experiment: Experiment, place: Endpoint, key: str | None, settings: Settings) -> Experiment:
    """The experiment on the first chat model that its endpoint lists, where it names none of its own.

    Raises CallError when the models cannot be listed, or none of them chats.
    """
    if experiment.model != FIRST_LISTED:
        return experiment
    return replace(experiment, model=default_model(list_models(place, key, settings)))
