"""What the terminal's options ask for."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from typing import Any

from nim_core.errors import InputError
from nim_core.history.experiments import Experiments
from nim_core.planning.notation import parameter_sets
from nim_core.planning.planner import Asked
from nim_core.planning.spec_file import read_spec
from nim_core.values.experiment import Experiment
from nim_core.words import N_

_CHANGEABLE = ("repeats", "concurrency", "rpm")
"""What --resume may change."""

_ID = re.compile("[0-9a-f]{32}")


def asked_for(options: dict[str, Any]) -> Asked:
    """What options and spec file ask for together; an option wins over the file.

    Raises InputError for a set, a grid or a file that cannot be read, and without a prompt.
    """
    spec = read_spec(options["spec"]) if options["spec"] else None
    named: dict[str, Any] = {field.name: getattr(spec, field.name, None) for field in fields(Asked)}
    named |= {name: options[name] for name in named if options.get(name) is not None}
    named["sets"] = (*(spec.sets if spec else ()), *parameter_sets(options["set"], options["grid"])) or None
    if options["no_stream"]:
        named["stream"] = False
    if named["prompt"] is None:
        raise InputError(N_("There is no prompt; add --prompt 'What is GPU?'."), field="--prompt")
    return Asked(**{name: value for name, value in named.items() if value is not None})


def resumed(experiment_id: str, options: dict[str, Any], store: Experiments) -> Experiment:
    """A comparison of the store as it was planned, with the few changes that options may make.

    Raises InputError for an option that it does not take, and for an id that is not in the store.
    """
    for name, value in options.items():
        given = value is not None and value is not False and value != ()
        if given and name not in _CHANGEABLE:
            raise InputError(
                N_("--resume runs a comparison as it was planned; leave {option} out."),
                option=f"--{name.replace('_', '-')}",
            )
    experiment = store.experiment(experiment_id) if _ID.fullmatch(experiment_id) else None
    if experiment is None:
        raise InputError(N_("There is no comparison of this id in the store; check --resume and --store."))
    return replace(experiment, **{name: options[name] for name in _CHANGEABLE if options[name] is not None})
