"""The list of models as servers send it: NVIDIA's, vLLM's and llama.cpp's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .sse import read_count, read_json


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One model as its server lists it; lengths in tokens, None where it does not say."""

    id: str
    owned_by: str
    max_model_len: int | None = None
    n_ctx: int | None = None


def model_entries(body: bytes) -> tuple[ModelEntry, ...] | None:
    """The models of a list, each id once, in its order; None when the body is no such list.

    >>> model_entries(b'{"data": [{"id": "m", "owned_by": "me"}, {"id": "m"}]}')
    (ModelEntry(id='m', owned_by='me', max_model_len=None, n_ctx=None),)
    """
    value = read_json(body)
    items = value.get("data") if isinstance(value, dict) else value
    if not isinstance(items, list):
        return None
    entries: dict[str, ModelEntry] = {}
    for item in items:
        if isinstance(item, dict) and isinstance(item.get("id"), str) and item["id"]:
            entries.setdefault(item["id"], _entry(item))
    return tuple(entries.values())


def _entry(item: dict[str, Any]) -> ModelEntry:
    meta = item.get("meta")
    n_ctx = meta.get("n_ctx") or meta.get("n_ctx_train") if isinstance(meta, dict) else None
    owner = item.get("owned_by")
    owned_by = owner if isinstance(owner, str) else ""
    return ModelEntry(item["id"], owned_by, read_count(item.get("max_model_len")) or None, read_count(n_ctx) or None)
