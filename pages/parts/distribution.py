"""What temperature and top p do to the choice of the next token, computed on one real distribution."""

from __future__ import annotations

import math
from dataclasses import dataclass

import streamlit as st

CONTEXT = "Once upon a time there was a little"

LOG_PROBABILITIES = {
    "girl": -0.94,
    "town": -1.66,
    "boy": -3.31,
    "village": -3.64,
    "fish": -3.87,
    "guy": -4.00,
    "island": -4.02,
}
"""The built-in model's own natural logarithms of probability for the token after CONTEXT; the rest is left out."""


@dataclass(frozen=True, slots=True)
class Chance:
    """One candidate and the probability, 0 to 1, with which it is picked; `cut` says that top p took it out."""

    token: str
    probability: float
    cut: bool


def chances(temperature: float | None, top_p: float | None) -> list[Chance]:
    """The candidates, likeliest first, after temperature and then top p; None leaves either as the model has it.

    p_i is proportional to exp(l_i / temperature), l_i the logarithm of the model's probability; temperature 0
    takes the likeliest. Top p then keeps the fewest candidates whose sum reaches it, and scales them to 1.

    >>> [(each.token, each.probability) for each in chances(0, 1)][:2]
    [('girl', 1.0), ('town', 0.0)]
    """
    warmth = 1.0 if temperature is None else temperature
    best = max(LOG_PROBABILITIES.values())
    weights = {
        token: math.exp((value - best) / warmth) if warmth else float(value == best)
        for token, value in LOG_PROBABILITIES.items()
    }
    total = sum(weights.values())
    kept: set[str] = set()
    reached = 0.0
    for token, weight in weights.items():
        if kept and reached >= (1.0 if top_p is None else top_p) - 1e-9:
            break
        kept.add(token)
        reached += weight / total
    return [
        Chance(token, weight / total / reached if token in kept else 0.0, token not in kept)
        for token, weight in weights.items()
    ]


def picture(temperature: float | None, top_p: float | None) -> None:
    """Draw the chances as bars over the model's own; what top p cut is struck through, a mark beside colour."""
    found, own = chances(temperature, top_p), chances(None, None)
    rows = "".join(_row(each, before.probability) for each, before in zip(found, own, strict=True))
    said = ", ".join(f"{each.token} {'cut' if each.cut else f'{each.probability:.0%}'}" for each in found)
    st.html(
        f'<div role="img" aria-label="Chances of the next word after “{CONTEXT}”: {said}" '
        'style="font-size:0.75rem;line-height:1.05rem">'
        f'<div style="opacity:.75;margin-bottom:.2rem">“{CONTEXT} …”: the chance of each next word '
        f"(pale: before temperature and top p)</div>{rows}</div>"
    )


def _row(chance: Chance, own: float) -> str:
    mark = "text-decoration:line-through;opacity:.6" if chance.cut else ""
    bars = "".join(
        f'<div style="position:absolute;left:0;top:.2rem;width:{100 * share:.1f}%;height:.65rem;'
        f'background:currentColor;opacity:{opacity};border-radius:2px"></div>'
        for share, opacity in ((own, 0.2), (chance.probability, 0.6))
    )
    figure = "cut" if chance.cut else f"{chance.probability:.0%}"
    return (
        '<div style="display:flex;align-items:center;gap:.5rem">'
        f'<span style="width:3.2rem;{mark}">{chance.token}</span>'
        f'<div style="flex:1;position:relative;height:1.05rem">{bars}</div>'
        f'<span style="width:2.4rem;text-align:right">{figure}</span></div>'
    )
