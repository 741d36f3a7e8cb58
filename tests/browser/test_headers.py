"""What the browser is told to refuse, and that it does."""

from __future__ import annotations

import socket
import urllib.error
import urllib.request
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import expect
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from nim_core.testing import NimServer, Says
from tests.browser.conftest import running_dashboard
from tests.support.running import until

pytestmark = pytest.mark.browser

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
REFUSED = {
    "an image": "(url) => { document.body.append(Object.assign(new Image(), {src: url})) }",
    "a script": "(url) => { document.body.append(Object.assign(document.createElement('script'), {src: url})) }",
    "a style sheet": "(url) => { document.head.append(Object.assign(document.createElement('link'), "
    "{rel: 'stylesheet', href: url})) }",
    "a frame": "(url) => { document.body.append(Object.assign(document.createElement('iframe'), {src: url})) }",
    "a request": "(url) => { fetch(url).catch(() => null) }",
    "a web socket": "(url) => { try { new WebSocket(url.replace('http', 'ws')) } catch {} }",
    "a form": "(url) => { const form = Object.assign(document.createElement('form'), {action: url}); "
    "document.body.append(form); form.submit() }",
}


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """One server for all tests here: none changes anything on it."""
    with running_dashboard(tmp_path_factory.mktemp("headers")) as running:
        yield running


@pytest.fixture
def elsewhere():
    """Another server, which nothing on the page may reach."""
    with NimServer([Says("Hello")]) as server:
        yield server


def test_every_answer_of_the_server_carries_the_headers(page, address):
    answers = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(address)
    expect(page.get_by_role("heading", name="Connect")).to_be_visible()
    assert len(answers) > 3
    for answer in answers:
        for name, value in HEADERS.items():
            assert answer.headers.get(name.lower()) == value, answer.url
        assert "default-src 'self'" in answer.headers["content-security-policy"], answer.url


@pytest.mark.parametrize("what", REFUSED)
def test_the_browser_asks_no_other_server_for(page, address, elsewhere, what):
    page.goto(address)
    expect(page.get_by_role("heading", name="Connect")).to_be_visible()
    page.evaluate(
        "() => { document.addEventListener('securitypolicyviolation', event => { window.refused = event.blockedURI }) }"
    )
    page.evaluate(REFUSED[what], f"{elsewhere.url}/picture")
    until(lambda: page.evaluate("window.refused"))
    assert elsewhere.seen == []


def test_no_inline_script_of_a_page_runs_but_the_one_that_is_known(page, address):
    page.goto(address)
    expect(page.get_by_role("heading", name="Connect")).to_be_visible()
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = true'}))")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.ran = true\">')")
    assert page.evaluate("window.ran") is None


def test_no_other_page_can_hold_the_dashboard_in_a_frame(page, address, tmp_path):
    (tmp_path / "other.html").write_text(f'<iframe src="{address}"></iframe>')
    with page.expect_event("console", lambda message: "frame-ancestors" in message.text):
        page.goto((tmp_path / "other.html").as_uri())


def socket_ends(page, address, at):
    """How an attempt ends to open the dashboard's websocket from a page at another address."""
    page.goto(at)
    page.evaluate(
        "(url) => { const s = new WebSocket(url, 'streamlit'); s.onopen = () => { window.ended = 'open' }; "
        "s.onclose = () => { window.ended ||= 'closed' } }",
        urljoin(address, "/_stcore/stream").replace("http", "ws"),
    )
    until(lambda: page.evaluate("window.ended"))
    return page.evaluate("window.ended")


def test_a_page_of_another_port_cannot_open_the_websocket(page, address, elsewhere):
    other = f"{elsewhere.url}/models"
    assert socket_ends(page, address, other) == "closed"
    assert socket_ends(page, address, other.replace("127.0.0.1", "localhost")) == "closed"
    assert socket_ends(page, address, f"{address}/_stcore/health") == "open"


@pytest.mark.parametrize("origin", ["http://evil.example", "http://localhost:9", "http://localhost", "null"])
def test_a_page_of_another_site_cannot_open_the_websocket(address, origin):
    with (
        pytest.raises(InvalidStatus) as refusal,
        connect(f"{address.replace('http', 'ws')}/_stcore/stream", origin=origin),
    ):
        pass
    assert refusal.value.response.status_code == HTTPStatus.FORBIDDEN


def test_the_health_of_the_server_is_told_under_any_name(address):
    asked = urllib.request.Request(f"{address}/_stcore/health", headers={"Host": "10.0.0.7"})
    with urllib.request.urlopen(asked) as answer:
        assert answer.status == 200


def test_a_shared_server_tells_nobody_its_metrics(tmp_path, address):
    with urllib.request.urlopen(f"{address}/_stcore/metrics") as answer:
        assert b"active_sessions" in answer.read()
    with running_dashboard(tmp_path, NIM_LAB_SHARED="1") as shared:
        for path in ("/_stcore/metrics", "/_stcore/metrics?families=active_sessions", "/_stcore/%6detrics"):
            with pytest.raises(urllib.error.HTTPError) as refusal:
                urllib.request.urlopen(f"{shared}{path}")
            assert refusal.value.code == HTTPStatus.NOT_FOUND
        with urllib.request.urlopen(f"{shared}/_stcore/host-config") as answer:
            assert answer.status == 200


def test_the_dashboard_is_reached_under_this_computers_own_address_alone(address):
    port = urlsplit(address).port
    socket.create_connection(("127.0.0.1", port), timeout=5).close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", port), timeout=5)


def test_a_foreign_name_that_leads_here_is_refused(address):
    asked = urllib.request.Request(address, headers={"Host": "evil.example"})
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(asked, timeout=10)


def test_a_visitor_is_offered_no_tool_of_a_developer(page, address):
    page.goto(address)
    expect(page.get_by_role("heading", name="Connect")).to_be_visible()
    expect(page.get_by_test_id("stAppDeployButton")).to_have_count(0)
    page.get_by_test_id("stMainMenuButton").click()
    expect(page.get_by_test_id("stMainMenuList").first).to_be_visible()
    expect(page.get_by_text("Clear cache")).to_have_count(0)
