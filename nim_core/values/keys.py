"""API keys as people paste them: cleaned, checked, and shown only by their last four characters."""

from __future__ import annotations

from nim_core.errors import InputError
from nim_core.words import N_

_PLACEHOLDERS = ("$", "nvapi-xxx", "nvapi-your", "your_api_key", "your-api-key", "<", "{")


def clean_key(pasted: str) -> str:
    """A pasted key without white space, line ends and quotes around it.

    Raises InputError when nothing is left, when it is a sample's placeholder, or when it holds
    anything but printable ASCII (a client would otherwise show it in its own error text).
    The message never repeats the key.

    >>> clean_key(' "nvapi-test" ')
    'nvapi-test'
    """
    key = pasted.strip().strip("\"'`").strip()
    if key.lower().startswith("bearer "):
        key = key[7:].strip()
    if not key:
        raise InputError(N_("The API key is empty. Paste a key that begins with nvapi-."), field="key")
    if not key.isascii() or not key.isprintable() or " " in key:
        raise InputError(
            N_(
                "The API key holds characters that no key has (a space, a line break or letters beyond ASCII). "
                "Copy it again on its own."
            ),
            field="key",
        )
    if key.lower().startswith(_PLACEHOLDERS):
        raise InputError(N_("This is the placeholder of a code sample, not a key. Paste your own key."), field="key")
    return key


def shown_key(key: str) -> str:
    """The key as it may be shown: its last four characters.

    >>> shown_key("nvapi-" + "a" * 60 + "WXYZ")
    'nvapi-…WXYZ'
    """
    return f"nvapi-…{key[-4:]}" if key.startswith("nvapi-") else f"…{key[-4:]}" if len(key) > 8 else "…"


def looks_like_nvidia(key: str) -> bool:
    """Whether a key has the prefix and length of NVIDIA's keys: a hint, never a reason to refuse it.

    >>> looks_like_nvidia("nvapi-" + "a" * 64), looks_like_nvidia("sk-fake")
    (True, False)
    """
    return key.startswith("nvapi-") and len(key) == 70
