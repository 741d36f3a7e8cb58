"""Luck in real answers: one set of the built-in model, run twice under two names."""

import json
from pathlib import Path

import numpy as np
import pytest

from nim_core.analysis.pairs import Pairs
from nim_core.analysis.sequential import ALPHA
from nim_core.analysis.verdict import decide

ONE, OTHER = json.loads((Path(__file__).parents[1] / "data" / "same_set_twice.json").read_text()).values()
MEASURES = list(ONE)
QUESTIONS = len(MEASURES)


def pairs_of(measure, values, baseline):
    return (Pairs.points if measure in ("repetition", "longest_repeat") else Pairs.amounts)(values, baseline)


@pytest.mark.parametrize("measure", MEASURES)
def test_one_set_under_two_names_is_called_neither_higher_nor_lower(measure):
    found = decide(pairs_of(measure, ONE[measure], OTHER[measure]), ALPHA / QUESTIONS)
    assert found.outcome in ("open", "no_larger")
    assert found.low <= 0 <= found.high


@pytest.mark.parametrize("measure", MEASURES)
def test_real_answers_shared_out_by_chance_are_rarely_called_different_over_100_looks(measure):
    """All 200 answers are shared out anew in each run, so that only luck can lie between the two names.

    Nothing is small enough here to be "no larger", so the coin test alone is asked.
    """
    rng = np.random.default_rng(26)
    pool, runs, called = np.array(ONE[measure] + OTHER[measure]), 1000, 0
    for _ in range(runs):
        one, other = rng.permutation(pool).reshape(2, -1)
        called += decide(Pairs(tuple((one - other).tolist()), (-1.0,) * len(one))).decided_after is not None
    assert called / runs <= ALPHA
