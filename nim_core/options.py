"""The comparison that the terminal's options describe."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from .catalog import default_model, list_models
from .comparison import key_for
from .endpoints import Endpoint, resolve
from .errors import InputError
from .experiment import Experiment, new_experiment
from .history import open_history
from .settings import Settings
from .spec import default_sets, parameter_sets
from .specfile import Spec, read_spec


def planned(asked: dict[str, Any], settings: Settings) -> tuple[Experiment, str | None]:
    """The experiment that options and spec file describe, and the key that opens its endpoint."""
    spec = read_spec(asked["spec"]) if asked["spec"] else None
    option = _options(asked, spec)
    sets = [*(spec.sets if spec else ()), *parameter_sets(asked["sets"], asked["axes"])] or default_sets()
    if option("prompt") is None:
        raise InputError("There is no prompt; add --prompt 'What is GPU?'.", field="--prompt")
    place = resolve(option("endpoint") or "local", nvidia_url=settings.nvidia_url)
    given = {name: option(name) for name in ("seed", "repeats", "warmup") if option(name) is not None}
    experiment = new_experiment(
        option("prompt"),
        sets,
        system=option("system"),
        endpoint=place.name,
        model=option("model") or "to be chosen",
        concurrency=place.concurrency if option("concurrency") is None else option("concurrency"),
        rpm=place.rpm if option("rpm") is None else option("rpm"),
        stream=not asked["no_stream"] and option("stream") is not False,
        **given,
    )
    # The list of models is asked for last: everything wrong in the input is found before anything is sent.
    key = key_for(place, settings)
    return replace(experiment, model=chosen_model(option("model"), place, key, settings)), key


def _options(asked: dict[str, Any], spec: Spec | None) -> Callable[[str], Any]:
    """An option's value: the flag's where it was given, else the spec file's."""
    return lambda name: asked.get(name) if asked.get(name) is not None else getattr(spec, name, None)


def resumed(experiment_id: str, asked: dict[str, Any], settings: Settings) -> tuple[Experiment, str | None]:
    """A comparison of the store as it was planned, with the few changes that options may make, and its key."""
    changeable = ("repeats", "concurrency", "rpm")
    for name, value in asked.items():
        if value not in (None, (), False) and name not in changeable:
            raise InputError(f"--resume runs a comparison as it was planned; leave --{name.replace('_', '-')} out.")
    history = open_history(settings)
    experiment = history.store.experiment(experiment_id)
    history.close()
    if experiment is None:
        raise InputError(f"There is no comparison {experiment_id} in the store; check the id and --store.")
    changes = {name: asked[name] for name in changeable if asked[name] is not None}
    place = resolve(experiment.endpoint, nvidia_url=settings.nvidia_url)
    return replace(experiment, **changes), key_for(place, settings)


def chosen_model(model: str | None, place: Endpoint, key: str | None, settings: Settings) -> str:
    """The model that was named, else the first chat model of the endpoint that is listed."""
    return model or default_model(list_models(place, key, settings))
