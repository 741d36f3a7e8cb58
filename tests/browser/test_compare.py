"""Compare on a projector and on a phone."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from nim_core.experiment import new_experiment
from nim_core.parameters import grid
from nim_core.testing import NimServer, Says

pytestmark = pytest.mark.browser


def at_compare(page: Page, address: str, server: NimServer) -> None:
    page.goto(f"{address}/compare?endpoint={quote(server.url, safe='')}&model=m")
    expect(page.get_by_role("button", name="Run comparison")).to_be_enabled()


def test_while_a_run_goes_on_every_answer_stands_in_sight_and_the_plan_comes_back_at_its_end(page, dashboard):
    with NimServer([Says(["word "] * 30, each_s=0.05)]) as server:
        at_compare(page, dashboard(NIM_LAB_ENDPOINTS=server.url), server)
        run = page.get_by_role("button", name="Run comparison")
        run.click()
        expect(page.get_by_text("word word").first).to_be_in_viewport()
        for name in ("focused", "balanced", "creative"):
            expect(page.get_by_text(name, exact=True)).to_be_in_viewport()
        expect(page.get_by_text("What is GPU?", exact=True).last).to_be_in_viewport()
        expect(run).to_be_hidden()
        expect(run).to_be_visible()


def test_a_comparison_is_planned_run_and_read_on_a_phone(page, dashboard):
    page.set_viewport_size({"width": 390, "height": 844})
    with NimServer([Says("one two three"), Says("one two three four")]) as server:
        at_compare(page, dashboard(NIM_LAB_ENDPOINTS=server.url), server)
        page.get_by_label("Prompt", exact=True).fill("What is a phone?")
        page.get_by_role("button", name="Add sets").click()
        page.get_by_role("button", name="repetition-proof").click()
        expect(page.get_by_text("4 sets × 3 repeats = 12 requests")).to_be_visible()
        page.get_by_role("button", name="Run comparison").click()
        page.get_by_role("tab", name="Length").click()
        expect(page.locator(".js-plotly-plot").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert {body["messages"][-1]["content"] for body in server.bodies} == {"What is a phone?"}


def test_times_are_told_in_the_zone_of_the_browser(browser, dashboard, history):
    kept = new_experiment("What is a zone?", grid(temperature=[0, 1]), endpoint="local", model="m")
    history.store.save(replace(kept, created_at="2026-01-01T20:00:00.000Z"))
    with browser.new_context(timezone_id="Asia/Seoul") as seoul:
        page = seoul.new_page()
        page.goto(f"{dashboard()}/compare?experiment={kept.id}")
        expect(page.get_by_text("2026-01-02 05:00")).to_be_visible()
