"""One row of the catalog: what the server lists, the id tells, the table knows and this installation has seen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nim_core.values.endpoints import Endpoint
from nim_core.values.model import Model

from .facts import Facts, facts_of
from .limits import Limit, limits_of
from .names import Name, name_of

if TYPE_CHECKING:
    from nim_core.history.sightings import SeenModel


@dataclass(frozen=True, slots=True)
class Entry:
    """A model with all that is known of it; `facts` and `seen` are None where nothing is."""

    model: Model
    endpoint: Endpoint
    name: Name
    facts: Facts | None
    seen: SeenModel | None

    @property
    def id(self) -> str:
        """The model's id."""
        return self.model.id

    @property
    def publisher(self) -> str:
        """The id's prefix, else what the list says, else nothing."""
        return self.name.publisher or self.model.publisher or ""

    @property
    def chats(self) -> bool:
        """Whether it answers chat calls, as far as its id tells."""
        return self.model.kind == "chat"

    @property
    def answered(self) -> bool:
        """Whether it has answered this installation with this key."""
        return self.seen is not None and self.seen.answered_at is not None

    @property
    def size_b(self) -> float | None:
        """All parameters in billions: the table's figure, else the id's."""
        return (self.facts.size_b if self.facts else None) or self.name.size_b

    @property
    def context(self) -> int | None:
        """The context length in tokens: the server's own word, else the table's."""
        return self.model.context or (self.facts.context if self.facts else None)

    @property
    def retired_on(self) -> str | None:
        """The date on which the model was retired, None while it is not known to be."""
        seen = self.seen.retired_on if self.seen else None
        return seen or (self.facts.retired_on if self.facts else None)

    @property
    def page(self) -> str | None:
        """The model's page on build.nvidia.com; None for servers other than the hosted catalog."""
        if self.endpoint.name != "nvidia" or "/" not in self.id:
            return None
        # The pages of these families write the dot as an underscore; later ones keep it.
        return "https://build.nvidia.com/" + re.sub(r"llama-3\.", "llama-3_", self.id)

    @property
    def limits(self) -> dict[str, Limit]:
        """What each parameter may be."""
        return limits_of(self.id, self.endpoint, self.facts, self.seen, self.context)

    def fields(self) -> dict[str, Any]:
        """The entry as plain values: the fields of `models --json`, in this order; null where unknown.

        id, publisher, kind, context (tokens), family, version, revision, size_b and active_b (billions),
        variants, thinking, page, limits (by parameter: minimum, maximum, default, refused, note),
        answered_at, failed_at and failure (an error kind), ttft_s (typical), retired_on, facts_date, facts_source.
        """
        seen, facts, name = self.seen, self.facts, self.name
        return {
            "id": self.id,
            "publisher": self.publisher or None,
            "kind": self.model.kind,
            "context": self.context,
            "family": name.family,
            "version": name.version,
            "revision": name.revision,
            "size_b": self.size_b,
            "active_b": name.active_b,
            "variants": list(name.variants),
            "thinking": facts.thinking if facts else None,
            "page": self.page,
            "limits": {key: limit.fields() for key, limit in self.limits.items()},
            "answered_at": seen.answered_at if seen else None,
            "failed_at": seen.failed_at if seen else None,
            "failure": seen.failure if seen else None,
            "ttft_s": seen.ttft_s if seen else None,
            "retired_on": self.retired_on,
            "facts_date": facts.date if facts else None,
            "facts_source": facts.source if facts else None,
        }


def entries_of(models: Iterable[Model], endpoint: Endpoint, seen: Mapping[str, SeenModel]) -> list[Entry]:
    """The catalog in its default order: what answered before, then by size, small first; retired models last.

    The table speaks of the hosted catalog alone, so other endpoints get none of its facts.
    """
    hosted = endpoint.name == "nvidia"
    entries = [
        Entry(model, endpoint, name_of(model.id), facts_of(model.id) if hosted else None, seen.get(model.id))
        for model in models
    ]
    return sorted(entries, key=_order)


def _order(entry: Entry) -> tuple[bool, bool, float, str]:
    size = entry.size_b if entry.size_b is not None else float("inf")
    return (entry.retired_on is not None, not entry.answered, size, entry.id)
