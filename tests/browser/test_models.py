"""Models in a real browser: the keyboard alone, and the reload."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from nim_core.testing import Hangs, NimServer, Says
from tests.browser.conftest import keep_picture

pytestmark = pytest.mark.browser

FAMILIES = ("meta/llama-3.{}-{}b-instruct", "qwen/qwen{}-{}b-instruct", "google/gemma-{}-{}b-it")
MANY = [family.format(version, size) for family in FAMILIES for version in range(1, 9) for size in range(1, 9)]


@pytest.fixture
def catalog():
    with NimServer([Says("Hello")], models=[*MANY, "nvidia/nv-embed-v1"]) as server:
        yield server


def at_models(page: Page, dashboard, server) -> None:
    page.goto(f"{dashboard(NIM_LAB_NVIDIA_URL=server.url)}/models?endpoint=nvidia")
    expect(page.get_by_label("Search models")).to_be_visible()


def card(page: Page):
    return page.locator(".st-key-model_card").get_by_role("heading")


def models(page: Page):
    return page.get_by_role("radiogroup", name="Models", exact=True).get_by_role("radio")


def test_the_keyboard_alone_finds_and_takes_a_model_which_survives_a_reload(page, dashboard, catalog):
    at_models(page, dashboard, catalog)
    page.get_by_label("Search models").focus()
    page.keyboard.type("llama 3.2")
    expect(models(page)).to_have_count(8)
    expect(card(page)).to_have_text("meta/llama-3.2-1b-instruct")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    expect(card(page)).to_have_text("meta/llama-3.2-2b-instruct")
    page.keyboard.press("ArrowDown")
    expect(card(page)).to_have_text("meta/llama-3.2-3b-instruct")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Use this model")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Chat and Compare use meta/llama-3.2-3b-instruct.")).to_be_visible()
    keep_picture(page, "models")
    expect(page).to_have_url(re.compile("model=meta%2Fllama-3.2-3b-instruct"))
    page.get_by_role("link", name="Chat").click()
    expect(page.get_by_role("heading", name="Chat")).to_be_visible()
    page.reload()
    expect(page.locator(".st-key-sidebar_place")).to_contain_text("meta/llama-3.2-3b-instruct")


def test_the_list_follows_the_typing_without_enter(page, dashboard, catalog):
    at_models(page, dashboard, catalog)
    expect(models(page)).to_have_count(len(MANY))
    page.get_by_label("Search models").press_sequentially("gemna 8")
    expect(models(page)).to_have_count(15)


def test_a_model_that_does_not_chat_is_greyed_and_cannot_be_taken(page, dashboard, catalog):
    at_models(page, dashboard, catalog)
    page.get_by_text("Filters").click()
    page.get_by_text("Show models that do not chat").click()
    other = page.get_by_role("radiogroup", name="Models that do not chat").get_by_role("radio")
    expect(other).to_be_disabled()


def test_a_test_that_brings_no_answer_can_be_stopped_while_it_is_waited_for(page, dashboard):
    with NimServer([Hangs()], models=MANY[:1]) as server:
        address = dashboard(NIM_LAB_NVIDIA_URL=server.url, NVIDIA_API_KEY="nvapi-" + "FAKE" * 16)
        page.goto(f"{address}/models?endpoint=nvidia")
        page.get_by_role("button", name="Test it").click()
        expect(page.get_by_text("Waiting for one token")).to_be_visible()
        page.get_by_role("button", name="Stop", exact=True).click()
        expect(page.get_by_text("Stopped before an answer came.")).to_be_visible()
        expect(page.get_by_role("button", name="Stop", exact=True)).to_have_count(0)


def test_nothing_leaves_the_window_sideways_on_a_phone(page, dashboard, catalog):
    page.set_viewport_size({"width": 390, "height": 844})
    at_models(page, dashboard, catalog)
    expect(card(page)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
