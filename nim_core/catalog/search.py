"""Find models: by words in any order, typos allowed, and by filters."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol, TypeVar

from .entry import Entry
from .kinds import kind_of
from .names import name_of

SHORTEST_TYPO = 4
"""Letters from which a word may hold a typo: shorter ones are near to everything."""


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


T = TypeVar("T", bound=_HasId)


@dataclass(frozen=True, slots=True)
class Filters:
    """What may stand in the list; the default lets every chat model through.

    `publishers` and `variants` empty let all through. `size_b` is the least and the greatest size in
    billions, None for no limit; with a limit, a model of unknown size is left out.
    """

    publishers: Collection[str] = ()
    variants: Collection[str] = ()
    size_b: tuple[float, float] | None = None
    answered: bool = False

    def let_through(self, entry: Entry) -> bool:
        """Whether an entry passes every filter."""
        low, high = self.size_b or (0.0, float("inf"))
        return (
            (not self.publishers or entry.publisher in self.publishers)
            and (not self.variants or bool(set(self.variants) & set(entry.name.variants)))
            and (self.size_b is None or (entry.size_b is not None and low <= entry.size_b <= high))
            and (not self.answered or entry.answered)
        )


def matching(models: Sequence[T], search: str) -> list[T]:
    """The models that hold every word of the search, in any order; they keep their own order.

    A word is looked for in the id, the kind and the variants. A word that begins with a digit matches
    from the start of a number, so that 1b does not find 11b. A word that is in no model may hold a typo.

    >>> from . import Model
    >>> llama = Model("meta/llama-3.1-8b-instruct", "meta", "chat")
    >>> [each.id for each in matching([llama], "8b lamma")]
    ['meta/llama-3.1-8b-instruct']
    """
    words = search.lower().split()
    found = list(models)
    for word in words:
        exact = [model for model in models if _holds(model.id, word)]
        hits = {model.id for model in exact or _nearly(models, word)}
        found = [model for model in found if model.id in hits]
    return found


def advice(entries: Sequence[Entry], search: str, let_through: Callable[[Entry], bool]) -> str:
    """What to try when nothing is found: which word is at fault, or how many models the filters hide."""
    words = search.split()
    hidden = [entry for entry in matching(entries, search) if not let_through(entry)]
    if hidden:
        models = "1 model matches" if len(hidden) == 1 else f"{len(hidden)} models match"
        return f"{models} but the filters hide {'it' if len(hidden) == 1 else 'them'}. Take a filter away."
    unknown = [word for word in words if not matching(entries, word)]
    if unknown:
        return f"No model here holds {unknown[0]!r}. Try a part of it, a family such as llama, or a size such as 8b."
    if len(words) > 1:
        return "Each word is found, but no model holds them all. Take one away."
    return "No model matches. Try a family such as llama, or a size such as 8b."


def _holds(model_id: str, word: str) -> bool:
    text = _text(model_id)
    if word[0].isdigit():
        return re.search(rf"(?<![\d.]){re.escape(word)}", text) is not None
    return word in text


def _nearly(models: Sequence[T], word: str) -> list[T]:
    """The models that hold what a mistyped word is nearest to: within one wrong letter of four, two of more."""
    from rapidfuzz.distance import OSA

    if len(word) < SHORTEST_TYPO:
        return []
    allowed = 1 if len(word) == SHORTEST_TYPO else 2

    def distance(token: str) -> tuple[int, bool]:
        # A longer token may begin with the word: lamma finds llama3. The first letter is seldom the wrong one.
        wrong = min(OSA.distance(word, token[:size], score_cutoff=allowed) for size in (len(word), len(token)))
        return wrong, token[0] != word[0]

    tokens = {token for model in models for token in _tokens(model.id) if len(token) >= SHORTEST_TYPO}
    distances = {token: distance(token) for token in tokens}
    nearest = min(distances.values(), default=(allowed + 1, True))
    if nearest[0] > allowed:
        return []
    near = {token for token in tokens if distances[token] == nearest}
    return [model for model in models if near & set(_tokens(model.id))]


@lru_cache(maxsize=4096)
def _text(model_id: str) -> str:
    name = name_of(model_id)
    return " ".join((model_id.lower(), kind_of(model_id), *name.variants))


@lru_cache(maxsize=4096)
def _tokens(model_id: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(re.findall(r"[a-z]+[a-z\d.]*", _text(model_id))))
