"""AppTest on the frame, with runs that end with the test."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from nim_core.settings import Settings
from nim_core.worker.runs import runs_of

FRAME = Path(__file__).parent.parent.parent / "pages" / "frame.py"


@pytest.fixture
def app():
    """The dashboard as a new visitor meets it; `app(page)` opens a page."""

    def opened(page: str | None = None) -> AppTest:
        test = AppTest.from_file(str(FRAME), default_timeout=60)
        test.run()
        return test.switch_page(page).run() if page else test

    yield opened
    runs_of(Settings()).close()


def opened_by_address(page=None, **parameters):
    """A new session that opens an address, as after a reload."""
    test = AppTest.from_file(str(FRAME), default_timeout=60)
    test.query_params.update(parameters)
    test.run()
    return test.switch_page(page).run() if page else test


def by_label(elements, label):
    """The one element of a kind with this label."""
    (found,) = [element for element in elements if element.label == label]
    return found


def said(test):
    """All text that stands on the page."""
    kinds = (test.markdown, test.caption, test.error, test.warning, test.success, test.info, test.title, test.subheader)
    return "\n".join(str(element.value) for kind in kinds for element in kind)
