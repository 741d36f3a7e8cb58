"""Two people on one server, in two browsers, at the same time."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from http import HTTPStatus

import pytest
from playwright.sync_api import Page, expect

from nim_core.testing import NimServer, Says
from tests.browser.conftest import free_port, keep_picture
from tests.support.oidc import provider, secrets_file

MODEL = "meta/llama-3.2-1b-instruct"
KEYS = {"Ada": "nvapi-" + "ADAA" * 16, "Bob": "nvapi-" + "BOBB" * 16}


@pytest.fixture
def two(browser):
    """Two visitors, each with a browser of their own; what each one's websocket brought."""
    contexts = [browser.new_context(viewport={"width": 1280, "height": 720}) for _ in KEYS]
    pages = {}
    for name, context in zip(KEYS, contexts, strict=True):
        context.set_default_timeout(30_000)
        page = pages[name] = context.new_page()
        page.frames_seen = bytearray()
        page.on("websocket", lambda socket, page=page: socket.on("framereceived", lambda data: _take(page, data)))
    yield pages
    for context in contexts:
        context.close()


def _take(page: Page, data: bytes | str) -> None:
    page.frames_seen.extend(data if isinstance(data, bytes) else data.encode())


def open_page(page: Page, name: str) -> None:
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


def test_two_visitors_with_two_keys_see_nothing_of_one_another(two, dashboard):
    def script(seen):
        who = next((name for name, key in KEYS.items() if key in str(seen.headers)), "nobody")
        return Says([f"for {who} alone. "] * 40, each_s=0.05)

    with NimServer(script, models=[MODEL]) as server:
        address = dashboard(NIM_LAB_SHARED="1", NIM_LAB_NVIDIA_URL=server.url)
        for name, page in two.items():
            page.goto(address)
            page.get_by_text("NVIDIA API catalog", exact=True).first.click()
            page.get_by_label("API key").fill(KEYS[name])
            page.get_by_label("API key").press("Enter")
            expect(page.get_by_text(f"nvapi-…{KEYS[name][-4:]}")).to_be_visible()
            open_page(page, "Models")
            expect(page.locator(".st-key-model_card").get_by_role("heading")).to_have_text(MODEL)
            page.get_by_role("button", name="Use this model").click()
            expect(page.get_by_text(f"Chat and Compare use {MODEL}.")).to_be_visible()
            open_page(page, "Chat")
        for name, page in two.items():  # both answers stream at once
            page.get_by_placeholder("Ask the model").fill(f"A question of {name}")
            page.get_by_placeholder("Ask the model").press("Enter")
        for name, page in two.items():
            expect(page.get_by_text(f"for {name} alone").first).to_be_visible()
            expect(page.get_by_role("button", name="Stop")).to_have_count(0)
            open_page(page, "Connect")
            expect(page.get_by_test_id("stMetricValue").first).to_have_text("999")
            keep_picture(page, f"shared-{name.lower()}")
        addresses = {name: page.url for name, page in two.items()}
    for name, other in (("Ada", "Bob"), ("Bob", "Ada")):
        seen = bytes(two[name].frames_seen)
        for theirs in (f"question of {other}", f"for {other} alone", KEYS[other], KEYS[other][-4:]):
            assert theirs.encode() not in seen
        assert KEYS[name].encode() not in seen
        assert KEYS[name] not in addresses[name]


def log_in(page: Page, user: str) -> None:
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("link", name=user).click()
    expect(page.get_by_text(f"Logged in as {user.title()}")).to_be_visible()
    open_page(page, "Compare")


def test_who_logs_in_has_one_workspace_wherever_they_come_from(two, dashboard, tmp_path):
    here, elsewhere = two.values()
    port = free_port()
    with provider(free_port()) as issuer:
        secrets = tmp_path / "secrets.toml"
        secrets.write_text(secrets_file(issuer, f"http://localhost:{port}"))
        address = dashboard("--secrets.files", str(secrets), port=port)
        for page in (here, elsewhere):
            page.goto(address)
            expect(page.get_by_role("button", name="Log in")).to_be_visible()
            expect(page.get_by_test_id("stSidebarNav")).to_have_count(0)
        log_in(here, "ada")
        here.get_by_label("Repeats").fill("1")
        here.get_by_role("button", name="Run comparison").click()
        expect(here.get_by_role("button", name="Run 5 more rounds")).to_be_visible()
        log_in(elsewhere, "ada")
        expect(elsewhere.get_by_text("What is GPU? · 3 sets × 1")).to_be_visible()
        elsewhere.get_by_role("button", name="Log out").click()
        log_in(elsewhere, "bob")
        expect(elsewhere.get_by_text("Press Run comparison.")).to_be_visible()


def test_a_server_that_listens_beyond_loopback_is_shared_by_itself(page, dashboard):
    page.goto(dashboard(STREAMLIT_SERVER_ADDRESS="0.0.0.0"))  # as an operator sets it for a class
    expect(page.get_by_text("This server is shared.")).to_be_visible()
    page.wait_for_url(re.compile("workspace=[0-9a-f]{32}"))


def test_a_name_that_another_site_leads_here_is_refused(dashboard):
    address = dashboard()
    asked = urllib.request.Request(address, headers={"Host": "evil.example"})
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(asked)
    assert refusal.value.code == HTTPStatus.FORBIDDEN
    assert "--server.allowedHosts" in refusal.value.read().decode()
