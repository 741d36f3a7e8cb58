"""Every page in a language that nobody speaks."""

from __future__ import annotations

import pytest

from tests.support.pseudo import forgotten, pseudo, texts_of, tree

PAGES = ("connect.py",)
MODEL = "smollm2-135m-instruct"


@pytest.fixture(scope="module")
def spoken(tmp_path_factory):
    return tree(tmp_path_factory.mktemp("pseudo"))


@pytest.mark.parametrize("page", PAGES)
def test_no_text_of_a_page_is_forgotten(spoken, page):
    texts = texts_of(spoken, page)
    assert sum("⟦" in text for text in texts) > 10
    assert forgotten(texts, MODEL, MODEL.replace("-", r"\-")) == []


def test_a_forgotten_text_shows():
    assert forgotten([pseudo("Chat"), f"**{pseudo('Stop')}**", "NIM Lab", "Credits left", f"{pseudo('Chat')} now"]) == [
        "Credits left",
        f"{pseudo('Chat')} now",
    ]


def test_a_message_is_40_percent_longer():
    assert len(pseudo("A sentence of forty letters, or about it")) >= 1.4 * 40
