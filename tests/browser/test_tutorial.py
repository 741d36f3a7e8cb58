"""The way of NVIDIA's own first tutorial, walked in a browser against a server that speaks as the hosted catalog."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest
from playwright.sync_api import Page, expect

from nim_core.testing import NimServer, Says
from tests.browser.conftest import keep_picture
from tests.support.running import until

pytestmark = pytest.mark.browser

KEY = "nvapi-" + "F" * 64
MODEL = "meta/llama-3.2-1b-instruct"
CATALOG = ("meta/llama-3.1-8b-instruct", MODEL, "nvidia/nemotron-mini-4b-instruct", "nvidia/nv-embedqa-e5-v5")
ANSWER = "A GPU is a processor that does many small sums at once."


@pytest.fixture
def catalog():
    """The hosted catalog: it refuses every key but one."""
    with NimServer([Says(ANSWER, each_s=0.01)], models=CATALOG, key=KEY) as server:
        yield server


def credits_left(page: Page, count: int) -> None:
    page.get_by_role("link", name="Connect", exact=True).click()
    expect(page.get_by_test_id("stMetric").filter(has_text="Credits left")).to_contain_text(f"{count:,}")


def ask(page: Page, text: str, answers: int) -> None:
    """Ask on Chat, and wait until so many answers stand there in full."""
    box = page.get_by_test_id("stChatInputTextArea")
    expect(box).to_be_enabled()
    box.fill(text)
    box.press("Enter")
    expect(page.get_by_role("button", name="Regenerate")).to_have_count(answers)
    expect(page.get_by_test_id("stChatMessage").last).to_contain_text(ANSWER)


def copied(page: Page, tab: str) -> str:
    """What the copy button of a code sample puts on the clipboard."""
    sample = page.get_by_role("tabpanel", name=tab).get_by_test_id("stCode")
    sample.hover()
    page.evaluate("navigator.clipboard.writeText('')")
    sample.get_by_label("Copy to clipboard").click()
    until(lambda: page.evaluate("navigator.clipboard.readText()"))
    text: str = page.evaluate("navigator.clipboard.readText()")
    return text


def test_the_tutorial_goes_from_the_key_to_code_that_runs_elsewhere(page, dashboard, catalog):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(dashboard(NIM_LAB_NVIDIA_URL=catalog.url))

    page.get_by_text("NVIDIA API catalog", exact=True).click()
    field = page.get_by_label("API key", exact=True)
    field.fill(KEY)
    field.press("Enter")
    expect(page.get_by_text("is kept for this session only")).to_be_visible()
    credits_left(page, 1000)

    page.get_by_role("link", name="Models", exact=True).click()
    page.get_by_label("Search models").press_sequentially("llama")
    found = page.get_by_role("radiogroup", name="Models", exact=True)
    expect(found.get_by_role("radio")).to_have_count(2)
    found.get_by_text(MODEL).click()
    card = page.locator(".st-key-model_card")
    expect(card.get_by_role("heading")).to_have_text(MODEL)
    expect(card).to_contain_text("1 billion parameters")
    expect(card).to_contain_text("Publisher: meta")
    card.get_by_role("button", name="Use this model").click()
    expect(card.get_by_text(f"Chat and Compare use {MODEL}.")).to_be_visible()

    page.get_by_role("link", name="Chat", exact=True).click()
    ask(page, "What is GPU?", answers=1)
    assert catalog.bodies[0]["messages"] == [{"role": "user", "content": "What is GPU?"}]
    assert catalog.bodies[0]["model"] == MODEL
    assert (catalog.bodies[0]["temperature"], catalog.bodies[0]["stream"]) == (0.25, True)
    page.get_by_role("tab", name="JSON", exact=True).click()
    shown = page.locator(".st-key-chat_json").get_by_test_id("stCode")
    assert json.loads(shown.first.inner_text()) == catalog.bodies[0]
    expect(shown.last).to_contain_text(ANSWER)
    page.get_by_role("tab", name="Preview", exact=True).click()

    # The parameters are open; folded, they open again.
    fold = page.locator(".st-key-chat_parameters summary")
    temperature = page.get_by_role("slider", name="Temperature")
    fold.click()
    expect(temperature).to_be_hidden()
    fold.click()
    for value in ("0.3", "0.35"):
        temperature.press("ArrowRight")
        expect(temperature).to_have_value(value)
    page.get_by_text("Stream", exact=True).click()
    expect(page.get_by_role("switch", name="Stream")).not_to_be_checked()
    ask(page, "And what is a CPU?", answers=2)
    assert (catalog.bodies[1]["temperature"], catalog.bodies[1].get("stream", False)) == (0.35, False)
    keep_picture(page, "tutorial-chat")
    credits_left(page, 998)

    page.get_by_role("link", name="Chat", exact=True).click()
    page.get_by_role("tab", name="Code", exact=True).click()
    page.get_by_role("tab", name="Python", exact=True).click()
    whole = copied(page, "Python")
    assert "stream=True" not in whole
    page.get_by_text("Stream", exact=True).click()
    expect(page.get_by_role("tabpanel", name="Python")).to_contain_text("stream=True")
    for code in (whole, copied(page, "Python")):
        assert not re.search("nvapi-|F{8}", code)
        asked_before = len(catalog.bodies)
        ran = subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"NVIDIA_API_KEY": KEY},
            capture_output=True,
            text=True,
            check=True,
        )
        assert ran.stdout.strip() == ANSWER
        (sent,) = catalog.bodies[asked_before:]
        assert (sent["model"], sent["temperature"], sent["messages"][-1]["content"]) == (
            MODEL,
            0.35,
            "And what is a CPU?",
        )
