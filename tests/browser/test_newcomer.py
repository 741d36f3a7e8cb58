"""A newcomer's first comparison, in a real browser on the real built-in model."""

from __future__ import annotations

import csv
import re

import nbformat
import pytest
from playwright.sync_api import expect

from nim_core.analysis.table import COLUMNS
from nim_core.testing import NimServer, Says
from tests.browser.conftest import keep_picture

pytestmark = pytest.mark.browser

A_WHILE = 120_000


@pytest.mark.model
def test_one_press_gives_a_comparison_with_no_key_and_no_setting(dashboard, page, tmp_path):
    address = dashboard()
    page.goto(address)
    expect(page.get_by_role("heading", name="Connect")).to_be_visible()
    keep_picture(page, "connect")
    page.get_by_role("link", name="Compare", exact=True).click()
    expect(page.get_by_label("Prompt", exact=True)).to_have_value("What is GPU?")
    page.get_by_role("button", name="Run comparison").click()
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    page.get_by_role("tab", name="Answers").wait_for(timeout=A_WHILE)
    expect(page.get_by_text(re.compile(r"Total [\d.]+ s"))).to_have_count(3)
    keep_picture(page, "compare-answers")
    for name in ("Length", "Latency", "Repetition"):
        page.get_by_role("tab", name=name).click()
        expect(page.locator(".js-plotly-plot").first).to_be_visible()
        expect(page.get_by_text("differences were looked at")).to_be_visible()
        keep_picture(page, f"compare-{name.lower()}")
    page.get_by_role("tab", name="Data").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    path = tmp_path / "rows.csv"
    download.value.save_as(path)
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert [row["status"] for row in rows] == ["ok"] * 9
    with page.expect_download() as download:
        page.get_by_role("button", name="Download notebook").click()
    download.value.save_as(tmp_path / "lab.ipynb")
    cells = nbformat.read(tmp_path / "lab.ipynb", as_version=4).cells
    assert any("compare(" in cell.source for cell in cells if cell.cell_type == "code")


def other_server(page, address, url):
    """Choose another server and its first chat model, as a visitor does."""
    page.goto(address)
    page.get_by_text("Other server").click()
    field = page.get_by_label("Server URL", exact=True)
    field.fill(url)
    field.press("Enter")
    expect(page.get_by_text("Calls go to")).to_be_visible()


def test_a_run_goes_on_across_a_page_switch_and_a_reload(dashboard, page):
    address = dashboard()
    with NimServer([Says(["word "] * 20, first_s=0.2, each_s=0.05)]) as server:
        other_server(page, address, server.url)
        page.get_by_role("link", name="Models", exact=True).click()
        choose_first_model(page)
        page.get_by_role("link", name="Compare", exact=True).click()
        page.get_by_role("button", name="Run comparison").click()
        expect(page.get_by_role("button", name="Stop")).to_be_visible()
        page.get_by_role("link", name="Connect", exact=True).click()
        expect(page.get_by_role("heading", name="Connect")).to_be_visible()
        page.get_by_role("link", name="Compare", exact=True).click()
        expect(page.get_by_role("button", name="Stop")).to_be_visible()
        page.reload()
        expect(page.get_by_role("button", name="Stop")).to_be_visible()
        page.get_by_role("tab", name="Answers").wait_for(timeout=A_WHILE)
        assert len([body for body in server.bodies if body]) == 10  # the warm-up and nine answers


def test_stop_keeps_what_has_arrived_and_resume_runs_the_rest(dashboard, page):
    address = dashboard()
    with NimServer([Says(["word "] * 40, each_s=0.1)]) as server:
        other_server(page, address, server.url)
        page.get_by_role("link", name="Models", exact=True).click()
        choose_first_model(page)
        page.get_by_role("link", name="Compare", exact=True).click()
        page.get_by_role("button", name="Run comparison").click()
        page.get_by_text("word word word").first.wait_for()
        page.get_by_role("button", name="Stop").click()
        expect(page.get_by_text("Stopped. The finished answers are kept")).to_be_visible()
        server.change_script([Says("resumed")])
        page.get_by_role("button", name="Resume").click()
        page.get_by_role("button", name="Run 5 more rounds").wait_for()


def choose_first_model(page):
    """Take what the Models page offers first."""
    page.get_by_role("button", name="Use this model").click()
    expect(page.get_by_text("No model chosen yet")).to_have_count(0)


def test_every_response_carries_the_security_headers(dashboard, page):
    address = dashboard()
    headers = page.goto(address).headers
    assert "img-src 'self' data: blob:" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_the_policy_breaks_nothing_of_our_own(dashboard, page):
    address = dashboard()
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if "Content Security" in message.text else None)
    for path in ("", "models", "chat", "compare"):
        page.goto(f"{address}/{path}")
        expect(page.get_by_role("heading").first).to_be_visible()
    assert complaints == []
