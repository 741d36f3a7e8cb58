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
        self._space: list[str] = []
        self._held = ""

    def feed(self, content: str) -> tuple[str, str]:
        """The answer and the thinking that this piece makes certain."""
        if self.at == "answer":
            return content, ""
        if self.at == "start" and not self._held:
            begun = content.lstrip()
            self._space.append(content[: len(content) - len(begun)])
            content = begun
        content = self._held + content
        self._held = ""
        thinking = ""
        if self.at == "start":
            if content.startswith(_OPEN):
                self.at, content = "thinking", content.removeprefix(_OPEN)
            elif _OPEN.startswith(content):
                self._held = content
                return "", ""
            else:
                self.at, content = "answer", "".join(self._space) + content
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
        if self.at == "thinking":
            return "", held
        return ("".join(self._space) + held if self.at == "start" else held), ""


def _start_of_tag(text: str) -> int:
    """How many characters at the end of a text may be the start of the closing tag."""
    return next((size for size in range(len(_CLOSE) - 1, 0, -1) if text.endswith(_CLOSE[:size])), 0)
