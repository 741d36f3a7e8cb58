"""Models: which an endpoint lists, which of them chat, and which to take when none is named."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from .endpoints import Endpoint
from .errors import CallError
from .local.weights import MODEL_ID
from .settings import Settings

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

_KINDS = (
    ("embedding", ("embed", "bge-", "e5-", "retriev", "nv-clip", "arctic-embed")),
    ("reranking", ("rerank",)),
    ("reward", ("reward",)),
    ("safety", ("guard", "safety", "shield", "content-safety", "jailbreak", "topic-control")),
    ("parsing", ("parse", "ocr", "deplot", "clip", "kosmos", "fuyu", "paligemma", "vila", "neva")),
    ("images or video", ("diffusion", "sdxl", "flux", "video", "cosmos", "trellis", "consistory")),
    ("code completion", ("starcoder", "codegemma", "granite-8b-code", "granite-34b-code")),
    ("speech", ("whisper", "parakeet", "canary", "tts", "riva")),
)


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


def kind_of(model_id: str) -> str:
    """What a model does, told by its id alone, since the hosted list says nothing more.

    >>> kind_of("meta/llama-3.1-8b-instruct"), kind_of("nvidia/nv-embed-v1")
    ('chat', 'embedding')
    """
    name = model_id.lower()
    return next((kind for kind, marks in _KINDS if any(mark in name for mark in marks)), "chat")


def local_model_id(settings: Settings) -> str:
    """The built-in model's id: its own, or the file's name where NIM_LAB_GGUF names another."""
    return settings.gguf.stem if settings.gguf else MODEL_ID


def list_models(endpoint: Endpoint, key: str | None, settings: Settings) -> tuple[Model, ...]:
    """The models that an endpoint lists, in its order; needs no key. Raises CallError when it cannot be had."""
    if endpoint.url is None:
        return (Model(local_model_id(settings), "built in", "chat", 2048),)
    # In a thread of its own, since a notebook's thread already runs an event loop.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, _list(endpoint.url, key)).result()


async def _list(url: str, key: str | None) -> tuple[Model, ...]:
    from .transport import Transport

    transport = Transport(url, key)
    try:
        entries = await transport.models()
    finally:
        await transport.close()
    return tuple(
        Model(entry.id, entry.owned_by, kind_of(entry.id), entry.max_model_len or entry.n_ctx) for entry in entries
    )


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


def matching(models: Sequence[Model], search: str) -> list[Model]:
    """The models whose id holds every word of the search, in any order.

    >>> [each.id for each in matching([Model("meta/llama-3.1-8b-instruct", "meta", "chat")], "8b llama")]
    ['meta/llama-3.1-8b-instruct']
    """
    words = search.lower().split()
    return [model for model in models if all(word in model.id.lower() for word in words)]
