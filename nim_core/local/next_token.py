"""What the built-in model says comes next after one English text: real chances, kept with the program."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import numpy as np

import nim_core

CONTEXT = "Once upon a time there was a little"
NEXT_TOKEN = Path(nim_core.__file__).parent / "data" / "next_token.csv"

_Numbers = np.ndarray[tuple[int], np.dtype[np.float64]]


@cache
def own_logprobs() -> tuple[tuple[str, ...], _Numbers]:
    """The likeliest tokens after CONTEXT, and the natural logarithms of probability of the whole vocabulary.

    Both likeliest first, as the built-in model has them. Those of the tokens without a name are rounded to
    0.1, which moves no chance by more than 0.2 percentage points; where top p cuts, one token may be in or out.
    """
    with NEXT_TOKEN.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    logprobs = np.repeat([float(row["logprob"]) for row in rows], [int(row["tokens"]) for row in rows])
    return tuple(row["token"] for row in rows if row["token"]), logprobs
