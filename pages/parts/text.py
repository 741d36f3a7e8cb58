"""Foreign text on a page: model answers as Markdown without images, server messages as plain text."""

from __future__ import annotations

import re
from functools import lru_cache

from markdown_it import MarkdownIt

_PARSER = MarkdownIt("commonmark").enable("table")
_MARKDOWN_MARKS = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:])")
_CODE_SPAN = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)", re.DOTALL)


@lru_cache(maxsize=256)
def safe_markdown(text: str) -> str:
    r"""A model's Markdown with every image turned into its literal text; code is left as it is.

    Each image begins with the two characters `![`. The parse tree tells where code is, and is asked
    again at the end: should an image be left, code is changed too.

    >>> safe_markdown("![pixel](https://example.org/p.png) and `![code](x)`")
    '!\\[pixel](https://example.org/p.png) and `![code](x)`'
    """
    if "![" not in text:
        return text
    code_lines = {
        line
        for token in _PARSER.parse(text)
        if token.type in ("fence", "code_block") and token.map
        for line in range(*token.map)
    }
    lines = text.split("\n")
    safe = "\n".join(line if number in code_lines else _without_images(line) for number, line in enumerate(lines))
    return text.replace("![", r"!\[") if _holds_image(safe) else safe


def plain_text(text: str) -> str:
    r"""Text that Markdown shows as it is, character by character.

    >>> plain_text("![x](y)")
    '\\!\\[x\\]\\(y\\)'
    """
    return _MARKDOWN_MARKS.sub(r"\\\1", text)


def finished_until(text: str, start: int) -> int:
    """Where the finished blocks of a growing Markdown text end: after the last blank line outside code.

    `start` is where an earlier call ended, which is outside code. Without a blank line in a long
    stretch the end of its last line counts, so that what is drawn again stays short.
    """
    end, position, fence = start, start, ""
    for line in text[start:].splitlines(keepends=True):
        position += len(line)
        bare = line.strip()
        if fence:
            fence = "" if bare.startswith(fence) and not bare.strip("`~") else fence
        elif bare.startswith(("```", "~~~")):
            fence = bare[:3]
        elif line.endswith("\n") and (not bare or position - end > LONG_STRETCH):
            end = position
    return end


LONG_STRETCH = 4_000
"""Characters after which a text without a blank line is cut for drawing."""


def _holds_image(text: str) -> bool:
    return any(child.type == "image" for token in _PARSER.parse(text) for child in token.children or ())


def _without_images(line: str) -> str:
    pieces, last = [], 0
    for span in _CODE_SPAN.finditer(line):
        pieces += [line[last : span.start()].replace("![", r"!\["), span[0]]
        last = span.end()
    return "".join([*pieces, line[last:].replace("![", r"!\[")])
