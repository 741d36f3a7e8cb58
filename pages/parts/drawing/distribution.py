"""What temperature and top p do to the choice of the next token, computed on one real distribution."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import streamlit as st

import nim_core
from nim_core.exports.html_template import template

CONTEXT = "Once upon a time there was a little"
NEXT_TOKEN = Path(nim_core.__file__).parent / "data" / "next_token.csv"

_Numbers = np.ndarray[tuple[int], np.dtype[np.float64]]


@dataclass(frozen=True, slots=True)
class Chance:
    """A token, or all those without a name: the probability, 0 to 1, with which it is picked.

    Of its `tokens` as many as `kept` may be picked; top p took the others out.
    """

    token: str
    probability: float
    tokens: int
    kept: int

    @property
    def figure(self) -> str:
        """The probability as it stands beside its bar."""
        return f"{self.probability:.0%}" if self.kept else "cut"


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


def chances(temperature: float | None, top_p: float | None) -> list[Chance]:
    """The likeliest tokens and, last, all others as one; None leaves temperature or top p as the model has it.

    In the order of the built-in model: p_i is proportional to exp(l_i / temperature), l_i the logarithm of
    the model's probability; temperature 0 takes the likeliest. Top p then keeps the fewest tokens, likeliest
    first, whose sum reaches it, and scales them to 1.

    >>> [(each.token, each.probability) for each in chances(0, 1)][:2]
    [('girl', 1.0), ('town', 0.0)]
    """
    names, logprobs = own_logprobs()
    warmth = 1.0 if temperature is None else temperature
    weights = np.exp((logprobs - logprobs[0]) / warmth) if warmth else np.eye(1, logprobs.size)[0]
    shares = weights / weights.sum()
    kept = np.cumsum(shares) - shares < top_p if top_p is not None and top_p < 1 else np.ones(shares.size, dtype=bool)
    shares = shares * kept / shares[kept].sum()
    few = len(names)
    named = [Chance(name, float(shares[place]), 1, int(kept[place])) for place, name in enumerate(names)]
    return [*named, Chance("others", float(shares[few:].sum()), shares.size - few, int(kept[few:].sum()))]


def picture(temperature: float | None, top_p: float | None) -> None:
    """Draw the chances as bars over the model's own; what top p cut is struck through, a mark beside colour."""
    found, before = chances(temperature, top_p), chances(None, None)
    others = found[-1]
    left = "all" if others.kept == others.tokens else f"{others.kept:,}" if others.kept else "none"
    drawn = template(Path(__file__).with_suffix(".html.jinja")).render(
        context=CONTEXT,
        said=", ".join(f"{each.token} {each.figure}" for each in found),
        note=f"Others: the built-in model's {others.tokens:,} other tokens, of which {left} may be picked.",
        bars=list(zip(found, before, strict=True)),
    )
    st.html(drawn)
