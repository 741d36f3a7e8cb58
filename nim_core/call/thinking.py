"""Some models put their thinking into the answer, as `<think>…</think>` at its start: taken apart here."""

from __future__ import annotations

from typing import Literal

_OPEN, _CLOSE = "<think>", "</think>"


class ThinkSplitter:
    r"""Splits content that arrives in pieces into answer and thinking.

    Only a `<think>` at the very start counts, white space before it allowed; white space right after
    `</think>` is dropped. What may yet turn out to be a tag is held back until it is known.

    >>> splitter = ThinkSplitter()
    >>> splitter.feed("<thi"), splitter.feed("nk>so</think>\n\nYes"), splitter.feed("!")
    (('', ''), ('Yes', 'so'), ('!', ''))
    """

    def __init__(self) -> None:
        self.at: Literal["start", "thinking", "gap", "answer"] = "start"
        self._held = ""

    def feed(self, content: str) -> tuple[str, str]:
        """The answer and the thinking that this piece makes certain."""
        if self.at == "answer":
            return content, ""
        content = self._held + content
        self._held = ""
        thinking = ""
        if self.at == "start":
            begun = content.lstrip()
            if begun.startswith(_OPEN):
                self.at, content = "thinking", begun.removeprefix(_OPEN)
            elif _OPEN.startswith(begun):
                self._held = content
                return "", ""
            else:
                self.at = "answer"
        if self.at == "thinking":
            thinking, tag, content = content.partition(_CLOSE)
            if tag:
                self.at = "gap"
            else:
                kept = _start_of_tag(thinking)
                thinking, self._held = thinking[: len(thinking) - kept], thinking[len(thinking) - kept :]
                return "", thinking
        if self.at == "gap":
            content = content.lstrip()
            if content:
                self.at = "answer"
        return content, thinking

    def close(self) -> tuple[str, str]:
        """What was held back, once nothing more comes."""
        held, self._held = self._held, ""
        return ("", held) if self.at == "thinking" else (held, "")


def _start_of_tag(text: str) -> int:
    """How many characters at the end of a text may be the start of the closing tag."""
    return next((size for size in range(len(_CLOSE) - 1, 0, -1) if text.endswith(_CLOSE[:size])), 0)
