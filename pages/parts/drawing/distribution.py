"""What temperature and top p do to the choice of the next token, computed on one real distribution."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st

from nim_core.exports.html_template import template
from nim_core.local.next_token import CONTEXT, own_logprobs
from nim_core.words import _, percent


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
        return percent(self.probability) if self.kept else _("cut")


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
    return [*named, Chance(_("others"), float(shares[few:].sum()), shares.size - few, int(kept[few:].sum()))]


def picture(temperature: float | None, top_p: float | None) -> None:
    """Draw the chances as bars over the model's own; what top p cut is struck through, a mark beside colour."""
    found, before = chances(temperature, top_p), chances(None, None)
    words, note = ", ".join(f"{each.token} {each.figure}" for each in found), _about(found[-1])
    drawn = template(Path(__file__).with_suffix(".html.jinja")).render(
        alt=_("Chances of the next word after “{context}”: {words}. {note}", context=CONTEXT, words=words, note=note),
        title=_("“{context} …”: the chance of each next word (pale: before temperature and top p)", context=CONTEXT),
        note=note,
        bars=list(zip(found, before, strict=True)),
    )
    st.html(drawn)


def _about(others: Chance) -> str:
    """How many of the tokens without a name may be picked."""
    tokens = others.tokens
    if others.kept == tokens:
        return _("Others: the built-in model's {tokens} other tokens, of which all may be picked.", tokens=tokens)
    if not others.kept:
        return _("Others: the built-in model's {tokens} other tokens, of which none may be picked.", tokens=tokens)
    return _(
        "Others: the built-in model's {tokens} other tokens, of which {kept} may be picked.",
        tokens=tokens,
        kept=others.kept,
    )
