"""What an error says to the person at the screen."""

from __future__ import annotations

import re

import pytest

from nim_core.errors import KINDS, CallError


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("detail", ["", "Not found", "Too long. Shorten it!", "so it ended …"])
def test_what_happened_ends_before_what_to_do_begins(kind, detail):
    error = CallError(kind, detail)
    assert re.search(r"[.!?…]$", str(error))
    assert re.fullmatch(r"[A-Z].*\.", error.kind.advice)
