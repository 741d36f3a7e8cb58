"""The language that Streamlit's page names for itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit import file_util
from streamlit.web.server.starlette.starlette_gzip_middleware import SelectiveGZipMiddleware
from streamlit.web.server.starlette.starlette_static_routes import create_streamlit_static_assets_routes

from pages.parts.server.headers import content_security_policy
from pages.parts.server.page_language import PageLanguage

STATIC = Path(file_util.get_static_dir())
A_PAGE = {"accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def browser():
    """Asks Streamlit's own static files, packed as Streamlit packs them, through the middleware."""
    plain = Route("/plain", lambda _request: PlainTextResponse('<html lang="en"'))
    inner = Starlette(routes=[plain, *create_streamlit_static_assets_routes(None)])
    inner.add_middleware(SelectiveGZipMiddleware, minimum_size=1)
    with TestClient(PageLanguage(inner)) as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/index.html", "/chat", "/compare"])
@pytest.mark.parametrize(
    ("query", "accepts", "expected"),
    [
        ("", "", "en"),
        ("", "ko-KR,ko;q=0.9,en;q=0.8", "ko"),
        ("", "ko", "ko"),
        ("", "de,ko;q=0.5", "en"),  # as the browser tells the page: its first language alone
        ("?lang=ko", "en-US", "ko"),
        ("?lang=en", "ko-KR", "en"),
        ("?lang=xx", "ko-KR", "en"),
        ("?lang=%22%3E%3Cscript%3E", "ko-KR", "en"),
        ("?lang=", "ko-KR", "ko"),
        ("?endpoint=local&lang=ko&model=m", "", "ko"),
    ],
)
def test_a_page_names_the_language_of_its_address_or_of_the_browser(browser, path, query, accepts, expected):
    answer = browser.get(f"{path}{query}", headers={**A_PAGE, "accept-language": accepts})
    assert answer.status_code == 200
    assert f'<html lang="{expected}"' in answer.text


def test_nothing_else_of_the_page_is_changed(browser):
    answer = browser.get("/?lang=ko", headers={**A_PAGE, "accept-encoding": "gzip, br"})
    assert answer.text == (STATIC / "index.html").read_text("utf-8").replace('<html lang="en">', '<html lang="ko">')
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert "sha256" in content_security_policy()  # of a script that stands in the page as before


def test_a_page_in_another_language_is_never_taken_from_a_cache(browser):
    first = browser.get("/", headers={**A_PAGE, "accept-language": "en"})
    assert "Accept-Language" in first.headers["vary"]
    assert "etag" not in first.headers
    again = browser.get("/", headers={**A_PAGE, "accept-language": "ko", "if-none-match": "*"})
    assert '<html lang="ko"' in again.text


def test_the_head_of_a_page_has_the_length_of_its_body(browser):
    head, whole = (ask("/?lang=ko", headers=A_PAGE) for ask in (browser.head, browser.get))
    assert head.headers["content-length"] == whole.headers["content-length"]
    assert head.content == b""


def test_what_is_no_page_passes_as_it_is(browser):
    assert browser.get("/plain?lang=ko", headers=A_PAGE).text == '<html lang="en"'
    script = next(STATIC.rglob("*.js"))
    assert browser.get(f"/{script.relative_to(STATIC).as_posix()}").content == script.read_bytes()
