"""What an error says to the person at the screen."""

from __future__ import annotations

import re

import pytest

from nim_core.errors import KINDS, CallError
from nim_core.words import use_language


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("detail", ["", "Not found", "Too long. Shorten it!", "so it ended …"])
def test_what_happened_ends_before_what_to_do_begins(kind, detail):
    error = CallError(kind, detail)
    assert re.search(r"[.!?…]$", str(error))
    assert re.fullmatch(r"[A-Z].*\.", error.kind.advice)


@pytest.mark.parametrize("kind", KINDS)
def test_a_failed_call_speaks_the_language_of_its_reader_and_english_to_programs(kind):
    with use_language("ko"):
        error = CallError(kind, "Not found")
        assert re.search("[가-힣].*: Not found\\.", error.said())
        assert str(error) == f"{error.kind.title}: Not found."


def test_the_braces_in_a_servers_own_words_stay():
    assert CallError("server_error", "No {title} {detail}").said() == "The server failed: No {title} {detail}."
