"""Compare on a projector and on a phone."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from nim_core.history import History
from nim_core.measures import measure_text
from nim_core.testing import NimServer, Says
from nim_core.values.experiment import Experiment, new_experiment
from nim_core.values.generation import Generation
from nim_core.values.sets import grid

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
    history.experiments.save(replace(kept, created_at="2026-01-01T20:00:00.000Z"))
    with browser.new_context(timezone_id="Asia/Seoul") as seoul:
        page = seoul.new_page()
        page.goto(f"{dashboard()}/compare?experiment={kept.id}")
        expect(page.get_by_text("2026-01-02 05:00")).to_be_visible()


@pytest.fixture
def grid_of_two(history: History) -> Experiment:
    """A comparison over two parameters that has run; each answer says its set and its repeat."""
    sets = grid(temperature=[0, 1], top_p=[0.5, 1])
    asked = new_experiment("What is a map?", sets, endpoint="local", model="m", repeats=2)
    history.experiments.save(asked)
    for order, cell in enumerate(asked.plan(), start=1):
        text = f"{cell.set}, answer {cell.repeat}"
        sent, at = asked.parameters_of(cell), "2026-11-23T10:00:00.000Z"
        answer = Generation(asked.id, cell.set, cell.repeat, order, "local", "m", sent, "ok", at, text=text)
        history.experiments.add(replace(answer, measures=measure_text(text)))
    return asked


def test_a_click_on_a_maps_cell_opens_the_answers_of_its_set(page, dashboard, grid_of_two):
    page.goto(f"{dashboard()}/compare?experiment={grid_of_two.id}")
    page.get_by_role("tab", name="Length").click()
    area = page.locator(".js-plotly-plot .nsewdrag").first
    area.scroll_into_view_if_needed()
    box = area.bounding_box()
    page.mouse.click(box["x"] + 0.95 * box["width"], box["y"] + 0.9 * box["height"])  # in a corner of its cell
    expect(page.get_by_text("temperature=1, top_p=0.5, answer 1")).to_be_visible()
    page.get_by_label("Repeat", exact=True).click()
    page.get_by_role("option", name="2").click()
    expect(page.get_by_text("temperature=1, top_p=0.5, answer 2")).to_be_visible()
