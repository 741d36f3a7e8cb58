"""Foreign text: no image, no hidden target, code left alone; and how a growing text is cut for drawing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pages.parts.drawing.text import (
    MOST_CHARACTERS,
    STRETCH,
    Cut,
    between,
    drawable,
    next_cut,
    plain_text,
    safe_markdown,
)
from tests.support import hostile

PARSER = MarkdownIt("commonmark").enable("table")
PARSER.validateLink = lambda url: True  # as a browser sees them

MARKS = ("![", "[", "]", "](", ")", "]: ", "http://e.org/p", "<", ">", "`", "```", "~~~", "$", "$$", "\n", "\n\n")
BETWEEN = (
    "    ",
    "\t",
    "\r",
    "\\",
    "!",
    "a",
    " ",
    '"t"',
    "- ",
    "> ",
    "| ",
    "[a]",
    "(u)",
    "<a href='`'>",
    "1. ",
    "![x](y)",
)
HOSTILE = st.lists(st.sampled_from(MARKS + BETWEEN), max_size=30).map("".join)


def inline(text):
    return [child for token in PARSER.parse(text) for child in token.children or ()]


@given(HOSTILE)
def test_no_image_is_left_whatever_stands_around_it(text):
    assert not [child for child in inline(safe_markdown(text)) if child.type == "image"]


@given(HOSTILE)
def test_every_link_that_is_left_shows_its_own_address(text):
    links = [child for child in inline(safe_markdown(text)) if child.type == "link_open"]
    assert all(link.info == "auto" for link in links)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("[here](https://e.org/a)", "here (<https://e.org/a>)"),
        ('[here](https://e.org/a "title")', "here (<https://e.org/a>)"),
        ("[here](/connect)", "here (`/connect`)"),
        ("[https://e.org/](https://e.org/)", "<https://e.org/>"),
        ("[https://good.org](https://evil.org)", "https://good.org (<https://evil.org>)"),
        ("[![a](b)](https://evil.org)", r"[!\[a]\(b)]\(https://evil.org)"),
        ("[a](javascript:alert(1))", r"[a]\(javascript:alert(1))"),
        ("[a](&#106;avascript:x)", "a (`&#106;avascript:x`)"),
        ("[a](<java\tscript:x>)", "[a]\\(<java\tscript:x>)"),
        ("[a][1]\n\n[1]: https://evil.org", "[a]\\[1]\n\n[1]\\: https://evil.org"),
    ],
)
def test_a_link_is_followed_by_its_target(text, shown):
    assert safe_markdown(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "```js\na[0](x); ![y](z)\n```\n",
        "    a[0](x)\n",
        "`a[0](x)` and `![i](u)`",
        "costs $5, `a[0](x)` fits",
        "- [ ] to do",
    ],
)
def test_code_is_left_as_it_is(text):
    assert safe_markdown(text) == text


@pytest.mark.parametrize("text", ["$$\n```\n$$\n![x](http://e)", "$`$ ![x](http://e) `"])
def test_maths_that_swallows_a_code_mark_hides_no_image(text):
    assert "![" not in safe_markdown(text).replace(r"!\[", "")


def test_plain_text_stays_what_it_is_in_markdown():
    hostile = "![a](b) *c* `d` $e$ <f> :red[g] | h #"
    (token,) = [token for token in PARSER.parse(plain_text(hostile)) if token.type == "inline"]
    assert "".join(child.content for child in token.children) == hostile


def grown(text, step=100):
    """The pieces that are drawn once and how many characters are drawn in all while a text grows."""
    cut, pieces, drawn = Cut(), [], 0
    for length in [*range(step, len(text), step), len(text)]:
        now = text[:length]
        next_ = next_cut(now, cut)
        if next_ != cut:
            pieces.append(between(now, cut, next_))
            drawn += len(pieces[-1])
            cut = next_
        drawn += len(between(now, cut, Cut(length)))
    return [*pieces, between(text, cut, Cut(len(text)))], drawn


LONG = {
    "one line of words": " ".join(f"word{n}" for n in range(3_000)),
    "one block of code": "```python\n" + "\n".join(f"x{n} = {n}" for n in range(2_000)) + "\n```\n",
    "paragraphs": "\n\n".join("some words here. " * 25 for _ in range(50)),
    "Korean without a line break": "그래픽 처리 장치는 많은 일을 동시에 합니다. " * 800,
}


@pytest.mark.parametrize("kind", LONG)
def test_a_growing_text_costs_what_it_is_long_and_not_its_square(kind):
    text = LONG[kind]
    _, drawn = grown(text)
    assert drawn < len(text) * (2 + (STRETCH + 100) / 100)


def test_the_pieces_of_prose_put_together_are_the_text():
    pieces, _ = grown(LONG["paragraphs"], step=37)
    assert "".join(pieces) == LONG["paragraphs"]


def test_a_cut_block_of_code_is_closed_and_opened_again_with_its_language():
    pieces, _ = grown(LONG["one block of code"])
    assert len(pieces) > 5
    assert all(piece.startswith("```python\n") for piece in pieces[:-1])
    fences = [[token for token in PARSER.parse(piece) if token.type == "fence"] for piece in pieces]
    assert all(len(found) == 1 for found in fences[:-1])


def test_what_may_still_belong_to_the_block_before_is_not_cut_off():
    assert next_cut("- one\n\n", Cut()) == Cut()
    assert next_cut("- one\n\n  more of it\n", Cut()) == Cut()
    assert next_cut("- one\n\nnext", Cut()) == Cut(7)


def test_a_table_is_never_cut():
    table = "| a | b |\n|---|---|\n" + "| one | two |\n" * 200
    assert next_cut(table, Cut()) == Cut()


def test_a_blank_line_inside_code_is_no_end():
    assert next_cut("```\na\n\nb\n", Cut()) == Cut()


@pytest.mark.parametrize("name", hostile.large())
def test_of_a_gigantic_text_only_a_beginning_is_drawn(name):
    text = hostile.large()[name]
    shown = drawable(text)
    assert text.startswith(shown)
    assert 0 < len(shown) <= MOST_CHARACTERS
    assert shown.count("\n") + shown.count("[") + shown.count("*") + shown.count("`") <= 4_000


def test_an_answer_of_usual_length_is_drawn_whole():
    text = "A paragraph with *some* marks, `code` and [a link](https://e.org/).\n\n" * 300
    assert drawable(text) == text


@pytest.mark.parametrize("name", hostile.answers("http://e.org"))
def test_no_hostile_answer_keeps_an_image_or_a_hidden_target(name):
    found = inline(safe_markdown(hostile.answers("http://e.org")[name]))
    assert not [child for child in found if child.type == "image"]
    assert all(child.info == "auto" for child in found if child.type == "link_open")
