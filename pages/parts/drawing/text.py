"""Foreign text on a page: answers as Markdown without images and with every link's target, messages as plain text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from markdown_it import MarkdownIt

from nim_core.words import _

_PARSER = MarkdownIt("commonmark").enable("table")
# A browser's parser sees a link in whatever has the form of one; what this one would refuse must not hide from it.
setattr(_PARSER, "validateLink", lambda _url: True)  # noqa: B010  # mypy takes no new method
_MARKDOWN_MARKS = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:&])")
_CODE_SPAN = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)", re.DOTALL)
_LINK = re.compile(r"""(?<![\\!])\[([^\[\]]*)\]\(\s*<?([^\s()<>`]+)>?(?:\s+(?:"[^"]*"|'[^']*'))?\s*\)""")
_WEB_ADDRESS = re.compile(r"https?://[^\s<>]+")
_NEVER = re.compile(r"(?!)")
_MATH_HOLDS_BACKTICK = re.compile(r"\$[^$]*`[^$]*\$")

_COSTLY_MARKS = re.compile(r"[\n\[\]*_`$|<>:~]")

MOST_CHARACTERS, MOST_MARKS = 40_000, 4_000
"""How much of one text is drawn: about 10,000 tokens, or so many lines and Markdown marks. More stops a browser."""

STRETCH = 450
"""Characters after which a growing text is cut for drawing even where no block ends."""


@lru_cache(maxsize=256)
def safe_markdown(text: str) -> str:
    r"""A model's Markdown with every image as its literal text and every link followed by its target.

    The parse tree tells where code is, which is left as it is, and is asked again at the end: should an
    image or a link with a hidden target be left, all their marks are made literal, at last in code too.

    >>> safe_markdown("![pixel](https://example.org/p.png) and `![code](x)`")
    '!\\[pixel](https://example.org/p.png) and `![code](x)`'
    >>> safe_markdown("[here](https://example.org/)")
    'here (<https://example.org/>)'
    """
    if "[" not in text:
        return text
    for change in (_readable, _literal):
        safe = _outside_code(text, change)
        if not _hides_something(safe):
            return safe
    return _literal(text)


def drawable(text: str) -> str:
    """The beginning of a text that a browser draws without freezing; nearly always all of it."""
    beginning = text[:MOST_CHARACTERS]
    last = next(islice(_COSTLY_MARKS.finditer(beginning), MOST_MARKS, None), None)
    return beginning[: last.start()] if last else beginning


def left_out(shown: str, text: str) -> str:
    """The sentence that says how much of a text is drawn.

    >>> left_out("abc", "abcdef")
    'Drawn up to here: 3 of 6 characters, so that your browser keeps up. The downloads hold the whole text.'
    """
    return _(
        "Drawn up to here: {shown} of {characters} characters, so that your browser keeps up. "
        "The downloads hold the whole text.",
        shown=len(shown),
        characters=len(text),
    )


def plain_text(text: str) -> str:
    r"""Text that Markdown shows as it is, character by character.

    >>> plain_text("![x](y)")
    '\\!\\[x\\]\\(y\\)'
    """
    return _MARKDOWN_MARKS.sub(r"\\\1", text)


def counted(number: int, one: str) -> str:
    """A number of things, such as 1 repeat and 1,000 repeats.

    >>> counted(1, "repeat"), counted(1_000, "repeat")
    ('1 repeat', '1,000 repeats')
    """
    return f"{number:,} {one}" if number == 1 else f"{number:,} {one}s"


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a growing text is cut: how many characters come before, and the code block's opening line if it is cut."""

    end: int = 0
    fence: str = ""


def next_cut(text: str, cut: Cut) -> Cut:
    """The last place of a growing Markdown text where it can be cut for drawing.

    That is after a blank line outside code, unless what follows may belong to the block before it; in a
    long stretch also after a line of code or of a paragraph, or between two words, so that what is drawn
    again stays short. A table is never cut.
    """
    best, position, fence = cut, cut.end, cut.fence
    for line in text[cut.end :].splitlines(keepends=True):
        bare, whole = line.strip(), line.endswith("\n")
        start, position = position, position + len(line)
        long = position - best.end > STRETCH
        if fence:
            mark = fence.strip()[:3]
            if bare.startswith(mark) and not bare.strip(mark[0]):
                fence = ""
            elif whole and long:
                best = Cut(position, fence)
        elif bare.startswith(("```", "~~~")):
            if not whole:
                break
            fence = line
        elif whole and not bare and text[position : position + 1].strip():
            best = Cut(position)
        elif long and not bare.startswith("|"):
            space = position if whole else text.rfind(" ", max(start, best.end), position) + 1
            best = Cut(space) if space > best.end else best
    return best


def between(text: str, first: Cut, last: Cut) -> str:
    """What stands between two cuts, as Markdown of its own."""
    piece = first.fence + text[first.end : last.end]
    return f"{piece}{last.fence.strip()[:3]}" if last.fence else piece


def _code_lines(text: str) -> set[int]:
    """The lines of code blocks; none where display maths could make another parser see them elsewhere."""
    if any(line.lstrip().startswith("$$") for line in text.split("\n")):
        return set()
    return {
        line
        for token in _PARSER.parse(text)
        if token.type in ("fence", "code_block") and token.map
        for line in range(*token.map)
    }


def _outside_code(text: str, change: Callable[[str], str]) -> str:
    lines = text.split("\n")
    code = _code_lines(text)
    others = "\n".join(line for number, line in enumerate(lines) if number not in code)
    span = _NEVER if _MATH_HOLDS_BACKTICK.search(others) else _CODE_SPAN
    return "\n".join(line if number in code else _changed(line, span, change) for number, line in enumerate(lines))


def _changed(line: str, span: re.Pattern[str], change: Callable[[str], str]) -> str:
    pieces, last = [], 0
    for found in span.finditer(line):
        pieces += [change(line[last : found.start()]), found[0]]
        last = found.end()
    return "".join([*pieces, change(line[last:])])


def _readable(text: str) -> str:
    return _LINK.sub(_with_target, text.replace("![", r"!\["))


def _with_target(link: re.Match[str]) -> str:
    text, target = link[1], link[2]
    shown = f"<{target}>" if _WEB_ADDRESS.fullmatch(target) else f"`{target}`"
    return shown if text == target else f"{text} ({shown})"


def _literal(text: str) -> str:
    return _readable(text).replace("](", r"]\(").replace("]:", r"]\:").replace("][", r"]\[")


def _hides_something(text: str) -> bool:
    """Whether an image is left, or a link that does not show its target as a bare address does."""
    return any(
        child.type == "image" or (child.type == "link_open" and child.info != "auto")
        for token in _PARSER.parse(text)
        for child in token.children or ()
    )
