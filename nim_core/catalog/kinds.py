"""What a model does, told by its id alone: the hosted list marks nothing."""

from __future__ import annotations

import re

_CHAT_AFTER_ALL = re.compile(r"cosmos-reason|riva-translate|ising-calibration")
"""Names that a mark below would catch, of models that do answer chat calls."""

_KINDS = (
    ("reranking", r"rerank"),
    ("reward", r"reward"),
    ("safety", r"guard|safety|shield|jailbreak|topic-control|gliner|pii\b"),
    ("embedding", r"embed|\bbge-|\be5-|retriever-\d|nv-?clip|\bclip\b|(?<![a-z])gte-"),
    ("parsing", r"(?<!s)parse|\bocr|deplot|page-elements|table-structure"),
    ("image description", r"kosmos|fuyu|paligemma|\bvila\b|\bneva\b"),
    (
        "images or video",
        r"diffusion|sdxl|\bflux|video|cosmos|trellis|consistory|qwen-image|\bimage-edit|edify|bria-",
    ),
    ("speech", r"whisper|parakeet|canary|\btts\b|fastpitch|riva-|voice|speaker|audio2face|magpie|maxine"),
    ("perception", r"bevformer|sparsedrive|streampetr|grounding-dino|visual-changenet"),
    ("science", r"\besm\d?|esmfold|alphafold|openfold|diffdock|genmol|molmim|proteinmpnn|rfdiffusion|\bevo2|corrdiff"),
    ("code completion", r"starcoder|codegemma"),
    ("text completion", r"-base$|usdvalidate"),
)
_COMPILED = tuple((kind, re.compile(pattern)) for kind, pattern in _KINDS)


def kind_of(model_id: str) -> str:
    """What a model does, told by its id: "chat" unless a part of its name says otherwise.

    >>> kind_of("meta/llama-3.1-8b-instruct"), kind_of("nvidia/nv-embed-v1")
    ('chat', 'embedding')
    """
    name = model_id.lower().replace("_", "-")
    if _CHAT_AFTER_ALL.search(name):
        return "chat"
    return next((kind for kind, pattern in _COMPILED if pattern.search(name)), "chat")
