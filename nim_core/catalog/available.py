"""The list of models of an endpoint, or what stands in for it; and the model to take when none is named."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from nim_core.call.loop import run_in_loop
from nim_core.errors import CallError, StoreError
from nim_core.local.weights import MODEL_ID
from nim_core.settings import Settings
from nim_core.values.endpoints import Endpoint
from nim_core.values.model import Model

from .facts import shipped_facts
from .kinds import kind_of
from .names import name_of

if TYPE_CHECKING:
    from nim_core.history.sightings import Sightings

LOCAL_CONTEXT = 2048
CANDIDATES = (
    "meta/llama-3.1-8b-instruct",
    "meta/llama-3.2-3b-instruct",
    "meta/llama-3.2-1b-instruct",
    "meta/llama-3.3-70b-instruct",
    "nvidia/llama-3.1-nemotron-nano-8b-v1",
    "nvidia/nemotron-mini-4b-instruct",
    "openai/gpt-oss-20b",
    "mistralai/ministral-14b-instruct-2512",
)
"""Small, long-lived chat models of the hosted catalog, the likeliest to answer first."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Models and where the list comes from.

    `source` is "server", "seen" (the last list that the server sent, `at` when: UTC, ISO 8601) or
    "shipped" (the table of facts, `at` its newest date). `problem` says why the server's own could not be had.
    """

    models: tuple[Model, ...]
    source: Literal["server", "seen", "shipped"] = "server"
    at: str | None = None
    problem: CallError | None = None


def local_model_id(settings: Settings) -> str:
    """The built-in model's id: its own, or the file's name where NIM_LAB_GGUF names another."""
    return settings.gguf.stem if settings.gguf else MODEL_ID


def list_models(endpoint: Endpoint, key: str | None, settings: Settings) -> tuple[Model, ...]:
    """The models that an endpoint lists, in its order; needs no key. Raises CallError when it cannot be had."""
    if endpoint.url is None:
        return (Model(local_model_id(settings), "built in", "chat", LOCAL_CONTEXT),)
    return run_in_loop(_list(endpoint.url, key))


def listing_of(endpoint: Endpoint, key: str | None, settings: Settings, seen: Sightings, fingerprint: str) -> Listing:
    """The models of an endpoint; where its list cannot be had, the last one seen with this key, else the table.

    Raises CallError when there is nothing to stand in.
    """
    try:
        models = list_models(endpoint, key, settings)
    except CallError as problem:
        return _stand_in(endpoint, seen, fingerprint, problem)
    if endpoint.url is not None:
        with suppress(StoreError):  # it is kept for the next time alone: now it is here
            seen.keep_list(endpoint.name, fingerprint, models)
    return Listing(models)


def default_model(models: Sequence[Model]) -> str:
    """The first listed candidate, else the first chat model of the list; nothing is probed.

    Raises CallError when the list holds no chat model.
    """
    chat = [model.id for model in models if model.kind == "chat"]
    listed = set(chat)
    candidate = next((each for each in CANDIDATES if each in listed), None)
    if candidate or chat:
        return candidate or chat[0]
    raise CallError("model_unknown", "the server lists no chat model; name one yourself")


def _stand_in(endpoint: Endpoint, seen: Sightings, fingerprint: str, problem: CallError) -> Listing:
    kept = seen.last_list(endpoint.name, fingerprint)
    if kept:
        return Listing(kept.models, "seen", kept.at, problem)
    if endpoint.name != "nvidia":
        raise problem
    facts = shipped_facts()
    models = tuple(Model(id_, name_of(id_).publisher, kind_of(id_)) for id_ in facts)
    return Listing(models, "shipped", max(each.date for each in facts.values()), problem)


async def _list(url: str, key: str | None) -> tuple[Model, ...]:
    from nim_core.call.transport import Transport

    transport = Transport(url, key)
    try:
        entries = await transport.models()
    finally:
        await transport.close()
    return tuple(
        Model(entry.id, entry.owned_by or None, kind_of(entry.id), entry.max_model_len or entry.n_ctx)
        for entry in entries
    )
