"""Which request fields a refusal names: by its structure, by quotes, or by words that can mean nothing else."""

from __future__ import annotations

import re

from .envelope import Envelope

# Names that no ordinary sentence holds by chance.
_PLAIN = (
    "temperature", "top_p", "top_k", "min_p", "frequency_penalty", "presence_penalty", "repetition_penalty",
    "max_tokens", "max_completion_tokens", "max_new_tokens", "min_tokens", "stream_options", "include_usage",
    "logit_bias", "logprobs", "top_logprobs", "response_format", "tool_choice", "parallel_tool_calls",
    "reasoning_effort", "chat_template_kwargs", "ignore_eos", "best_of", "guided_json", "service_tier",
)  # fmt: skip
# Ordinary words too: they count only where quoted, or where they stand as a field's name.
_AMBIGUOUS = ("stop", "seed", "stream", "n", "user", "tools", "messages", "echo", "store", "metadata", "nvext")
_KNOWN = {name.replace("_", ""): name for name in (*_PLAIN, *_AMBIGUOUS)}

_NAME = r"[A-Za-z_]\w*"
_FIELD_WORD = r"(?:parameter|field|argument|option|propert|input|key)\w*(?:\(s\))?"
_QUOTED = re.compile(rf"[`'\"‘“]({_NAME})[`'\"’”]")
_BARE = re.compile(
    rf"(?<![A-Za-z0-9_])({'|'.join(name.replace('_', '[_ -]?') for name in _PLAIN)})(?![A-Za-z0-9_])", re.IGNORECASE
)
_ANY_KNOWN = "|".join(sorted((*_PLAIN, *_AMBIGUOUS), key=len, reverse=True))
_LISTED = re.compile(
    rf"{_FIELD_WORD}[^:.\n]{{0,40}}:\s*((?:[`'\"]?{_NAME}[`'\"]?(?:\s*,\s*|\s+and\s+|\s*&\s*)?)+)", re.IGNORECASE
)
_BESIDE = re.compile(rf"\b(?:({_ANY_KNOWN})\s+{_FIELD_WORD}|{_FIELD_WORD}\s+({_ANY_KNOWN})\b)", re.IGNORECASE)
_POINTED = re.compile(rf"\bbody['\"]?\s*(?:->|→|\.|/|\]\[|,)\s*['\"]?({_NAME})")
_LINE = re.compile(rf"(?:^|[\n;:]\s*)({_ANY_KNOWN})\s*(?::|\n\s+\S)")
# What a refusal recommends or lists as fine is not what it refuses.
_ADVICE = re.compile(
    r"\b(?:please\s+)?use\b[^.;\n]*\binstead\b|\binstead,?\s+use\b.*|\bdid you mean\b.*|\bexpected one of\b.*"
    r"|\b(?:allowed|supported|valid|accepted|permitted|known)\s+(?:parameters|fields|arguments|values|keys|options)\b.*",
    re.IGNORECASE,
)
_STRUCTURE = {"body", "query", "model", "root", "request", "null", "none", "true", "false"}
_MAX_FIELDS = 8
_MAX_TEXT = 4000


def fields_named(envelope: Envelope) -> tuple[str, ...]:
    """The request fields that a refusal names, in its order.

    >>> from .envelope import read_envelope
    >>> fields_named(read_envelope('{"message": "Unsupported parameter(s): `seed`, `stop`"}'))
    ('seed', 'stop')
    """
    text = "\n".join(envelope.statements)[:_MAX_TEXT]
    pointed = [*envelope.located, *_POINTED.findall(text)]
    found = [name for name in pointed if re.fullmatch(_NAME, name) and name.lower() not in _STRUCTURE]
    if not found:
        said = _ADVICE.sub("", text)
        hits = [*_quoted(said), *_written(said)]
        found = [name for _, name in sorted(hits)]
    names = list(dict.fromkeys(found))
    if "stream_options" in names and "stream" in names:
        # `stream` is then the condition, not what is refused.
        names.remove("stream")
    return tuple(names[:_MAX_FIELDS])


def _quoted(text: str) -> list[tuple[int, str]]:
    speaks_of_fields = re.search(_FIELD_WORD + r"|unsupported|unrecognized|unexpected", text, re.IGNORECASE)
    hits = []
    for match in _QUOTED.finditer(text):
        known = _KNOWN.get(match[1].replace("_", "").lower())
        if known or (speaks_of_fields and "_" in match[1]):
            hits.append((match.start(1), known or match[1]))
    return hits


def _written(text: str) -> list[tuple[int, str]]:
    hits = [(match.start(1), _canonical(match[1])) for match in _BARE.finditer(text)]
    hits += [(match.start(1), match[1]) for match in _LINE.finditer(text)]
    for match in _BESIDE.finditer(text):
        name = match[1] or match[2]
        hits.append((match.start(1) if match[1] else match.start(2), _canonical(name)))
    for listed in _LISTED.finditer(text):
        for word in re.finditer(_NAME, listed[1]):
            if word[0].replace("_", "").lower() in _KNOWN:
                hits.append((listed.start(1) + word.start(), _canonical(word[0])))
    return hits


def _canonical(written: str) -> str:
    return _KNOWN.get(re.sub(r"[_ -]", "", written).lower(), written)
