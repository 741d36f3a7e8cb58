"""Makes same_set_twice.json: PYTHONPATH=. python tests/data/make_same_set_twice.py

The built-in model answers one prompt with one set, in two runs under two names: whatever differs between them is
luck. Kept are the lengths and repetitions of the answers in their order, none of the texts. It has to be made again
when the built-in model draws its tokens in another way.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from nim_core.comparison import run_here
from nim_core.local.weights import MODEL_ID
from nim_core.settings import Settings
from nim_core.values.experiment import new_experiment
from nim_core.values.parameters import GenerationParameters
from nim_core.values.sets import ParameterSet

ANSWERS = Path(__file__).with_name("same_set_twice.json")
PROMPT = "Tell me about the sea in a few sentences."
PARAMETERS = GenerationParameters(temperature=0.7, max_tokens=120)
ROUNDS = 100


def record(name: str, settings: Settings) -> dict[str, list[float | None]]:
    """One run of the set under this name: a list for each measure, one value a round."""
    sets = [ParameterSet(name, PARAMETERS)]
    experiment = new_experiment(PROMPT, sets, endpoint="local", model=MODEL_ID, repeats=ROUNDS, concurrency=4)
    result = run_here(experiment, None, settings)
    answers = sorted(result.generations, key=lambda each: each.repeat)
    return {
        key: [each.measures[key] for each in answers] for key in ("characters", "words", "repetition", "longest_repeat")
    }


def main() -> None:
    """Record both runs and write them as one small file."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(store=f"sqlite:///{folder}/history.sqlite3")
        runs = {name: record(name, settings) for name in ("one", "other")}
    ANSWERS.write_text(json.dumps(runs) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
