"""The pictures of the README are there and show the page as it is named today."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from nim_core.testing import NimServer, Says
from tests.browser.make_pictures import NAMES, PICTURES, ROOT, seen_names, show_comparison

pytestmark = pytest.mark.browser


def test_the_readme_shows_pictures_that_exist():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for picture in PICTURES.values():
        assert picture.relative_to(ROOT).as_posix() in readme
        assert picture.stat().st_size > 10_000


def test_what_the_pictures_show_is_called_so_on_the_page_today(page, dashboard):
    with NimServer([Says("one two three"), Says("one two three four"), Says("one")]) as server:
        address = dashboard(NIM_LAB_ENDPOINTS=server.url)
        show_comparison(page, f"{address}/compare?endpoint={quote(server.url, safe='')}&model=m")
        assert seen_names(page) == NAMES.read_text(encoding="utf-8").splitlines()
