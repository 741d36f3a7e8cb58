"""Every page and state, in both themes, as axe-core judges it; and the main way by keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from nim_core.testing import NimServer, Says
from tests.browser.test_chat import ask, regenerate
from tests.browser.test_newcomer import other_server
from tests.support.running import until

pytestmark = pytest.mark.browser

# All at one moment: between two questions a script may begin, and what it will replace fades.
AT_REST = """document.querySelector("[data-testid='stApp']").dataset.testScriptState === 'notRunning'
    && !document.querySelector("[data-stale='true']")
    && document.getAnimations().every(
        each => each.playState !== 'running' || each.effect.getTiming().iterations === Infinity
    )"""
ANSWERS = [Says(f"A GPU draws pictures, and number {each} says so at some length.") for each in range(30)]


@pytest.fixture(params=["light", "dark"])
def page(request, browser: Browser) -> Iterator[Page]:
    """A visitor's tab in each theme."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 720}, color_scheme=request.param, reduced_motion="reduce"
    )
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def server():
    with NimServer(ANSWERS) as running:
        yield running


def settled(page: Page) -> None:
    """Wait until the page is drawn, nothing on it is stale, and nothing moves or fades."""
    expect(page.locator("[data-testid='stApp'][data-test-script-state='notRunning']")).to_be_attached()
    until(lambda: page.evaluate(AT_REST))


def findings(page: Page, state: str) -> list[str]:
    """What axe finds serious or critical on the page as it stands."""
    settled(page)
    return [
        f"{state}: {violation['id']} at {node['target']}: {node['html'][:200]} {node['failureSummary'][:200]}"
        for violation in Axe().run(page).response["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


def test_connect_is_accessible_with_each_choice(page, dashboard, server):
    page.goto(dashboard(NIM_LAB_NVIDIA_URL=server.url))
    expect(page.get_by_text("Nothing to enter")).to_be_visible()
    found = findings(page, "built-in model")
    page.get_by_text("NVIDIA API catalog", exact=True).click()
    page.get_by_text("How to get a key").click()
    found += findings(page, "hosted, without a key")
    field = page.get_by_label("API key", exact=True)
    field.fill("nvapi-" + "F" * 64)
    field.press("Enter")
    page.get_by_role("button", name="Check key").click()
    expect(page.get_by_text("Choose a model")).to_be_visible()
    page.get_by_text("Set my credits").click()
    expect(page.get_by_label("Credits I have now")).to_be_visible()
    found += findings(page, "hosted, with a key")
    page.get_by_text("Other server", exact=True).click()
    expect(page.get_by_text("Enter the address")).to_be_visible()
    found += findings(page, "other server")
    field = page.get_by_label("Server URL", exact=True)
    field.fill("no address")
    field.press("Enter")
    expect(page.get_by_text("is no web address")).to_be_visible()
    found += findings(page, "a wrong address")
    assert not found, "\n".join(found)


def test_models_is_accessible_with_its_list_and_card(page, dashboard, server):
    page.goto(f"{dashboard(NIM_LAB_NVIDIA_URL=server.url)}/models?endpoint=nvidia")
    expect(page.get_by_role("button", name="Use this model")).to_be_visible()
    found = findings(page, "list and card")
    page.get_by_text("Filters", exact=True).click()
    page.get_by_text("Show models that do not chat").click()
    page.get_by_role("button", name="Use this model").click()
    page.get_by_text("Parameters it takes").click()
    page.get_by_text("Code", exact=True).click()
    expect(page.get_by_text("Chat and Compare use")).to_be_visible()
    found += findings(page, "everything open")
    assert not found, "\n".join(found)


def test_chat_is_accessible_empty_and_with_an_answer_on_each_tab(page, dashboard, server):
    other_server(page, dashboard(), server.url)
    page.get_by_role("link", name="Chat", exact=True).click()
    expect(page.get_by_text("No model is chosen")).to_be_visible()
    found = findings(page, "no model")
    page.get_by_role("link", name="Models", exact=True).click()
    page.get_by_role("button", name="Use this model").click()
    page.get_by_role("link", name="Chat", exact=True).click()
    expect(page.get_by_text("Ask anything below")).to_be_visible()
    found += findings(page, "empty")
    ask(page, "What is GPU?")
    expect(regenerate(page)).to_be_visible()
    found += findings(page, "an answer")
    for name in ("JSON", "Code"):
        page.get_by_role("tab", name=name, exact=True).click()
        expect(page.get_by_role("tabpanel", name=name, exact=True)).to_contain_text("What is GPU?")
        found += findings(page, name)
    assert not found, "\n".join(found)


def test_compare_is_accessible_empty_and_with_results_on_each_tab(page, dashboard, server):
    other_server(page, dashboard(), server.url)
    page.get_by_role("link", name="Models", exact=True).click()
    page.get_by_role("button", name="Use this model").click()
    page.get_by_role("link", name="Compare", exact=True).click()
    expect(page.get_by_label("Prompt", exact=True)).to_be_visible()
    page.get_by_text("System prompt, seed and pace").click()
    found = findings(page, "empty")
    page.get_by_role("button", name="Run comparison").click()
    page.get_by_role("button", name="Run 5 more rounds").wait_for()
    found += findings(page, "Answers")
    for view in ("Differences", "Repetition"):
        page.get_by_role("radio", name=view).click()
        expect(page.get_by_text("Marked:")).to_be_visible()
        found += findings(page, view)
    for name in ("Length", "Latency", "Repetition", "Data"):
        page.get_by_role("tab", name=name).click()
        expect(page.get_by_role("tabpanel", name=name)).to_be_visible()
        found += findings(page, name)
    assert not found, "\n".join(found)


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the focus is there, as somebody without a mouse does."""
    for _ in range(80):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never came to {target}")


def test_the_keyboard_alone_runs_a_comparison_and_reads_every_tab(page, dashboard, server):
    address = dashboard(NIM_LAB_ENDPOINTS=server.url)
    page.goto(f"{address}/?endpoint={quote(server.url, safe='')}&model=m")
    expect(page.get_by_role("heading", name="Connect")).to_be_visible()
    tab_to(page, page.get_by_role("link", name="Compare", exact=True))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Compare")).to_be_visible()
    tab_to(page, page.get_by_label("Prompt", exact=True))
    tab_to(page, page.get_by_role("button", name="Run comparison"))
    page.keyboard.press("Enter")
    page.get_by_role("tab", name="Data").wait_for()
    settled(page)
    for before, name in pairwise(("Answers", "Length", "Latency", "Repetition", "Data")):
        # A redrawn page may drop the focus; Tab finds the open tab again.
        tab_to(page, page.get_by_role("tab", name=before))
        page.keyboard.press("ArrowRight")
        content = ".stDataFrame" if name == "Data" else ".js-plotly-plot"
        expect(page.get_by_role("tabpanel", name=name).locator(content).first).to_be_visible()
        settled(page)
    tab_to(page, page.get_by_role("button", name="Download CSV"))
    with page.expect_download():
        page.keyboard.press("Enter")
