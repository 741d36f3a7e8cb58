"""One model as its endpoint lists it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Model:
    """One model of an endpoint's list.

    `kind` is "chat", or what else the model does as far as its id tells; `context` is the context
    length in tokens where the server says it.
    """

    id: str
    publisher: str | None
    kind: str
    context: int | None = None
