"""What a model's id tells: publisher, family, version, size, variants."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_SIZE = re.compile(r"e?(\d+(?:\.\d+)?)([bm])")
_ACTIVE = re.compile(r"a(\d+(?:\.\d+)?)([bm])")
_MIXTURE = re.compile(r"(\d+)x(\d+(?:\.\d+)?)b")
_EXPERTS = re.compile(r"\d+e")
_DATE = re.compile(r"(2[3-9]|0[1-9]|1[0-2])\d\d|20\d{6}")
_NUMBER = re.compile(r"\d+(?:\.\d+)*n?")
_VERSION = re.compile(r"v(\d+(?:\.\d+)*)")
_LETTER_VERSION = re.compile(r"[a-z]\d+(?:\.\d+)*")
_GLUED = re.compile(r"([a-z]{2,})(\d+(?:\.\d+)*)")

_VARIANTS = {
    **dict.fromkeys(("instruct", "it"), "instruct"),
    **dict.fromkeys(("chat", "chatqa"), "chat"),
    **dict.fromkeys(("vision", "vl", "vlm", "multimodal", "omni"), "vision"),
    **dict.fromkeys(("thinking", "reasoning", "r1", "qwq"), "thinking"),
    **dict.fromkeys(("coder", "code", "codestral", "codegemma", "codellama", "starcoder", "usdcode"), "coder"),
    "base": "base",
}
_FAMILY_TOO = frozenset(("qwq", "codestral", "codegemma", "codellama", "starcoder", "usdcode"))
_TIERS = frozenset(("nano", "micro", "mini", "small", "medium", "large", "super", "ultra", "flash", "pro", "lite"))


@dataclass(frozen=True, slots=True)
class Name:
    """What the id alone tells; None where it does not.

    `size_b` is the number of parameters in billions, `active_b` those that a mixture of experts uses for
    a token. An id such as 8x7b gives experts times size, an upper bound. `version` is the family's,
    `revision` a later mark such as a second version or a month.
    """

    publisher: str | None
    family: str
    version: str | None
    revision: str | None
    size_b: float | None
    active_b: float | None
    variants: tuple[str, ...]


@lru_cache(maxsize=4096)
def name_of(model_id: str) -> Name:
    """Read a model's id.

    >>> name = name_of("nvidia/nemotron-3-super-120b-a12b")
    >>> name.publisher, name.family, name.version, name.size_b, name.active_b
    ('nvidia', 'nemotron', '3', 120.0, 12.0)
    """
    publisher, _, rest = model_id.lower().rpartition("/")
    publisher = publisher.strip("/").rpartition("/")[2]
    tokens = _tokens(rest, publisher)
    size, active = _sizes(tokens)
    versions = _versions(tokens)
    return Name(
        publisher=publisher or None,
        family=_family(tokens),
        version=versions[0] if versions else None,
        revision=versions[1] if len(versions) > 1 else None,
        size_b=size,
        active_b=active,
        variants=tuple(dict.fromkeys(_VARIANTS[token] for token in tokens if token in _VARIANTS)),
    )


def _tokens(name: str, publisher: str) -> list[str]:
    """The parts of a name; 3_1 is 3.1, llama3 is llama and 3, a publisher's own name in front is left out."""
    name = re.sub(r"(?<=\d)_(?=\d)", ".", name.removesuffix(".gguf"))
    tokens: list[str] = []
    for part in re.split(r"[-_:\s]+", name):
        glued = _GLUED.fullmatch(part)
        tokens += [glued[1], glued[2]] if glued else [part] if part else []
    return tokens[1:] if len(tokens) > 1 and tokens[0] == publisher and tokens[1].isalpha() else tokens


def _sizes(tokens: list[str]) -> tuple[float | None, float | None]:
    size = active = None
    for token in tokens:
        if mixture := _MIXTURE.fullmatch(token):
            size = size or int(mixture[1]) * float(mixture[2])
        elif found := _SIZE.fullmatch(token):
            size = size or _billions(found)
        elif found := _ACTIVE.fullmatch(token):
            active = active or _billions(found)
    if any(_EXPERTS.fullmatch(token) for token in tokens):
        # 17b-128e counts what one token uses; the whole is not in such an id.
        return None, active or size
    return size, active


def _billions(found: re.Match[str]) -> float:
    return float(found[1]) / (1000 if found[2] == "m" else 1)


def _versions(tokens: list[str]) -> list[str]:
    found: list[str] = []
    for token in tokens[1:]:
        version = _VERSION.fullmatch(token)
        if version:
            found.append(version[1] if not found else token)
        elif _is_version(token):
            found.append(token)
    # A month tells the version only where nothing else does.
    return sorted(found, key=lambda token: bool(_DATE.fullmatch(token)))


def _is_version(token: str) -> bool:
    return bool(_NUMBER.fullmatch(token) or _LETTER_VERSION.fullmatch(token))


def _family(tokens: list[str]) -> str:
    words: list[str] = []
    for token in tokens:
        stops = token in _TIERS or (token in _VARIANTS and token not in _FAMILY_TOO)
        if words and (stops or any(character.isdigit() for character in token)):
            break
        words.append(token)
    return "-".join(words)
