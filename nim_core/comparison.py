"""One comparison from a notebook or a terminal: plan it, run it here, give its rows back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from nim_core.settings import permitted

from .call.loop import run_in_loop
from .errors import InputError
from .planning.planner import Asked, planned
from .settings import Settings
from .values.endpoints import Endpoint
from .values.events import Ended, Event
from .values.experiment import Experiment
from .values.generation import Generation
from .values.keys import clean_key
from .values.parameters import GenerationParameters
from .values.sets import ParameterSet
from .words import N_

if TYPE_CHECKING:
    import pandas as pd

    from .run.runner import Run


@dataclass(frozen=True, slots=True)
class Result:
    """How a run ended and all rows of its experiment, in the order of sending."""

    ended: Ended
    generations: list[Generation] = field(repr=False)


def compare(
    prompt: str,
    sets: Iterable[ParameterSet] | GenerationParameters | None = None,
    *,
    repeats: int = 3,
    endpoint: str = "local",
    model: str | None = None,
    system: str | None = None,
    seed: int | None = None,
    concurrency: int | None = None,
    rpm: float | None = None,
    warmup: int = 1,
    stream: bool = True,
    store: str | None = None,
) -> pd.DataFrame:
    """Run one prompt across parameter sets and give one row a generation, in the columns of every export.

    `sets` are ParameterSets such as `grid()` makes, or one GenerationParameters. The key is read from
    NVIDIA_API_KEY. Also works inside a running event loop. Raises InputError when nothing can be sent,
    CallError when the endpoint's models cannot be listed, LocalModelError when the built-in model cannot start.
    `attrs` of the frame holds the names of the "sets" in their order and the "findings" about them.

    >>> frame = compare("What is GPU?", grid(temperature=[0, 0.5, 1.0]), repeats=5)  # doctest: +SKIP
    """
    from .analysis.findings import findings
    from .analysis.table import frame
    from .analysis.telling import ending_sentence

    settings = Settings() if store is None else Settings(store=store)
    if isinstance(sets, GenerationParameters):
        sets = [ParameterSet(sets.label(), sets)]
    asked = Asked(
        prompt=prompt,
        sets=None if sets is None else tuple(sets),
        system=system,
        endpoint=endpoint,
        model=model,
        repeats=repeats,
        seed=seed,
        concurrency=concurrency,
        rpm=rpm,
        warmup=warmup,
        stream=stream,
    )
    experiment = planned(asked, settings, partial(key_for, settings=settings))
    result = run_here(experiment, key_for(permitted(experiment.endpoint, settings), settings), settings)
    if result.ended.outcome == "stopped":
        raise KeyboardInterrupt(f"{ending_sentence(result.ended)} Comparison {experiment.id}")
    rows = frame(result.generations)
    rows.attrs["sets"] = [each.name for each in experiment.sets]
    rows.attrs["findings"] = findings(rows)
    return rows


def key_for(endpoint: Endpoint, settings: Settings) -> str | None:
    """The key from the environment, cleaned; None for the built-in model.

    Raises InputError when it is unusable, or missing where the endpoint needs one.
    """
    if endpoint.is_local:
        return None
    given = settings.nvidia_api_key.get_secret_value() if settings.nvidia_api_key else ""
    if not given.strip():
        if endpoint.needs_key:
            raise InputError(
                N_(
                    "NVIDIA_API_KEY is not set, and the NVIDIA API catalog needs a key. Make one at "
                    "https://build.nvidia.com/settings/api-keys, or use --endpoint local, which needs none."
                ),
                field="NVIDIA_API_KEY",
            )
        return None
    return clean_key(given)


def run_here(
    experiment: Experiment,
    key: str | None,
    settings: Settings,
    emit: Callable[[Event], None] = lambda _event: None,
) -> Result:
    """Run an experiment in this process, in a thread with an event loop of its own, and wait for its end.

    `emit` is called in that thread. An interrupt (Ctrl-C) stops the run and keeps what has arrived: the
    result then ends "stopped". Raises LocalModelError or StoreError when it cannot begin or be written.
    """
    return run_in_loop(_run(experiment, key, settings, emit))


async def _run(experiment: Experiment, key: str | None, settings: Settings, emit: Callable[[Event], None]) -> Result:
    from .history import open_history
    from .run.connections import Connections
    from .run.runner import Run

    history = open_history(settings)
    connections = Connections(settings)
    run = Run(experiment, connections.access(experiment.endpoint, key), connections, history, emit)
    try:
        ended = await _to_its_end(run)
        return Result(ended, history.experiments.generations(experiment.id))
    finally:
        await connections.close()
        history.close()


async def _to_its_end(run: Run) -> Ended:
    """How a run ends; being cancelled stops it, and what has arrived is kept."""
    going = asyncio.ensure_future(run.go())
    try:
        return await asyncio.shield(going)
    except asyncio.CancelledError:
        run.stop()
        return await going
