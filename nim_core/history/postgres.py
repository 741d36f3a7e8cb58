r"""PostgreSQL's text: it refuses the character NUL, which models can write, so NUL is kept there as two others.

>>> _without_nul("a\x00b\x1ac")
'a\x1a0b\x1a1c'
>>> _with_nul("a\x1a0b\x1a1c")
'a\x00b\x1ac'
"""

from __future__ import annotations

from typing import Any

from psycopg import Connection
from psycopg.abc import Buffer
from psycopg.types.string import StrDumperUnknown, TextLoader

# SUBSTITUTE, the control character that ASCII set aside to stand for one that cannot be kept.
_MARK = "\x1a"


class _ExactDumper(StrDumperUnknown):
    def dump(self, obj: str) -> Buffer | None:
        return super().dump(_without_nul(obj))


class _ExactLoader(TextLoader):
    def load(self, data: Buffer) -> bytes | str:
        text = super().load(data)
        return _with_nul(text) if isinstance(text, str) else text


def keep_text_exact(connection: Connection[Any]) -> None:
    """Let every text come back from this connection as it was written, NUL included."""
    connection.adapters.register_dumper(str, _ExactDumper)
    for kind in ("text", "varchar"):
        connection.adapters.register_loader(kind, _ExactLoader)


def _without_nul(text: str) -> str:
    return text.replace(_MARK, _MARK + "1").replace("\x00", _MARK + "0") if _MARK in text or "\x00" in text else text


def _with_nul(text: str) -> str:
    return text.replace(_MARK + "0", "\x00").replace(_MARK + "1", _MARK) if _MARK in text else text
