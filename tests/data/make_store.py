"""Makes a store of the present shape, store-NUMBER.sqlite3: PYTHONPATH=. python tests/data/make_store.py

Made once for each shape, with the last version of that shape. Every later version must open it with all its rows.
"""

from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path

from nim_core.history import History, open_history
from nim_core.history.meter import RequestRecord
from nim_core.history.migrations import REVISIONS
from nim_core.settings import Settings
from nim_core.values.events import Ended
from nim_core.values.experiment import Experiment, new_experiment, new_turn
from nim_core.values.generation import Generation, TextMeasures, Timing, Usage
from nim_core.values.model import Model
from nim_core.values.parameters import GenerationParameters
from nim_core.values.sets import grid

STORE = Path(__file__).with_name(f"store-{REVISIONS[-1]}.sqlite3")


def generation(experiment: Experiment, repeat: int, **values: object) -> Generation:
    """One row of the experiment's first set, with every column filled."""
    first = experiment.sets[0]
    return Generation(
        **{
            "experiment_id": experiment.id,
            "set": first.name,
            "repeat": repeat,
            "order": repeat,
            "endpoint": experiment.endpoint,
            "model": experiment.model,
            "parameters": first.parameters,
            "status": "ok",
            "started_at": "2026-11-23T08:00:00.000Z",
            "text": 'An exact answer: "quotes", 한국어, \t tab, 🙂\r\n',
            "reasoning": "Hm.",
            "finish_reason": "stop",
            "wait_s": 0.5,
            "attempts": 1,
            "request_id": "request-1",
            "timing": Timing(0.1, 0.2, 0.3),
            "usage": Usage(5, 7),
            "measures": TextMeasures(
                {"characters": 40, "words": 6, "repetition": 0.0, "longest_repeat": 0.1, "distinct_2": 1.0}, "word-4"
            ),
        }
        | values
    )


def fill(history: History) -> None:
    """Write at least one row into every table."""
    experiment = new_experiment("What is GPU?", grid(temperature=[0, 1], stop=[("\n",)]), endpoint="nvidia", model="m")
    history.experiments.save(experiment)
    history.experiments.add(generation(experiment, 1))
    failed = {"status": "error", "error": "network", "error_detail": "", "text": ""}
    history.experiments.add(
        generation(experiment, 2, measures=TextMeasures(), usage=Usage(), timing=Timing(), **failed)
    )
    history.experiments.end(experiment.id, Ended("stopped", "stopped"))
    history.shelf.describe(experiment.id, name="The first", note="What was **asked**.")
    turn = new_turn("Hello", GenerationParameters(seed=1), endpoint="local", model="m")
    history.conversations.add(turn, parent=None)
    history.experiments.add(generation(turn, 1))
    mine = history.meter.fingerprint("nvapi-fake")
    history.meter.add(RequestRecord("nvidia", mine, "m", "ok", "request-1"))
    history.meter.set_credits(mine, 500)
    history.sightings.note("nvidia", mine, "m", "bad_parameter", refused=["seed"], detail="Unsupported parameter: seed")
    history.sightings.keep_list("nvidia", mine, [Model("m", "meta", "chat")])


def main() -> None:
    """Write the store as one small file."""
    STORE.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "history.sqlite3"
        history = open_history(Settings(store=f"sqlite:///{path}"))
        fill(history)
        history.close()
        with sqlite3.connect(path) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.execute("PRAGMA page_size=512")
            connection.execute("VACUUM INTO ?", (str(STORE),))


if __name__ == "__main__":
    main()
