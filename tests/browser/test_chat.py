"""Chat in a real browser: streaming, Stop, reload, tabs, Korean input, hostile text."""

from __future__ import annotations

import json
import re
from urllib.parse import unquote

import pytest
from playwright.sync_api import expect

from nim_core.testing import NimServer, Says
from tests.browser.conftest import keep_picture
from tests.browser.test_newcomer import other_server

pytestmark = pytest.mark.browser

LONG = "\n\n".join(f"Paragraph {number} says a few words about graphics." for number in range(200))
FINISHED = re.compile("Regenerate")


@pytest.fixture
def chat(dashboard, page):
    """Opens Chat on a scripted server as a visitor does: `chat(server)`; gives the page."""

    def opened(server):
        other_server(page, dashboard(), server.url)
        page.get_by_role("link", name="Models", exact=True).click()
        page.get_by_role("button", name="Use this model").click()
        page.get_by_role("link", name="Chat", exact=True).click()
        expect(page.get_by_test_id("stChatInputTextArea")).to_be_enabled()
        return page

    return opened


def ask(page, text):
    box = page.get_by_test_id("stChatInputTextArea")
    expect(box).to_be_enabled()
    box.fill(text)
    box.press("Enter")


def stop(page):
    return page.get_by_role("button", name="Stop", exact=True)


def regenerate(page):
    return page.get_by_role("button", name="Regenerate")


@pytest.mark.model
def test_the_built_in_model_answers_with_no_key_and_no_setting(dashboard, page):
    page.goto(f"{dashboard()}/chat")
    expect(page.get_by_test_id("stChatInputTextArea")).to_be_enabled()
    ask(page, "What is a GPU? Answer in one sentence.")
    expect(regenerate(page)).to_be_visible(timeout=180_000)
    expect(page.get_by_text(re.compile(r"tokens in and \d+ tokens out"))).to_be_visible()
    keep_picture(page, "chat-answer")


def test_an_answer_grows_while_it_is_written_and_stop_keeps_what_had_arrived(chat):
    with NimServer([Says(LONG, each_s=0.02)]) as server:
        page = chat(server)
        ask(page, "Go on")
        expect(page.get_by_text("Paragraph 2 says")).to_be_visible()
        expect(page.get_by_text(re.compile(r"about \d+ tokens, \d+ tokens/s"))).to_be_visible()
        expect(page.get_by_text("Paragraph 6 says")).to_be_in_viewport()
        expect(stop(page)).to_be_in_viewport()
        keep_picture(page, "chat-streaming")
        stop(page).click()
        expect(regenerate(page)).to_be_visible()
    expect(page.get_by_text("Stopped here")).to_be_visible()
    expect(page.get_by_text("Paragraph 2 says")).to_be_attached()
    expect(page.get_by_text("Paragraph 199 says")).not_to_be_attached()
    expect(stop(page)).not_to_be_attached()


def test_a_reload_and_a_page_switch_while_it_streams_lose_nothing(chat):
    with NimServer([Says(LONG[:6000], each_s=0.01)]) as server:
        page = chat(server)
        ask(page, "Go on")
        expect(page.get_by_text("Paragraph 3 says")).to_be_visible()
        page.reload()
        expect(page.get_by_text("Paragraph 5 says")).to_be_attached()
        page.get_by_role("link", name="Connect", exact=True).click()
        expect(page.get_by_role("heading", name="Connect")).to_be_visible()
        page.get_by_role("link", name="Chat", exact=True).click()
        expect(regenerate(page)).to_be_visible(timeout=60_000)
        expect(page.get_by_text("Paragraph 100 says")).to_be_attached()
        assert len(server.bodies) == 1


def test_a_slider_moves_while_an_answer_streams_and_the_answer_goes_on(chat):
    with NimServer([Says(LONG, each_s=0.02), Says("Second.")]) as server:
        page = chat(server)
        ask(page, "Go on")
        expect(page.get_by_text("Paragraph 1 says")).to_be_visible()
        slider = page.get_by_role("slider", name="Temperature")
        slider.press("ArrowRight")
        expect(slider).to_have_value("0.3")
        expect(page.get_by_text("Paragraph 6 says")).to_be_attached()
        stop(page).click()
        expect(regenerate(page)).to_be_visible()
        regenerate(page).click()
        expect(page.get_by_text("version 2 of 2")).to_be_visible()
    assert [body["temperature"] for body in server.bodies] == [0.25, 0.3]


def test_the_tabs_show_the_exact_call_and_code_for_it(chat):
    with NimServer([Says("Hello world")]) as server:
        page = chat(server)
        ask(page, "What is a tensor?")
        expect(regenerate(page)).to_be_visible()
        page.get_by_role("tab", name="JSON").click()
        shown = page.locator(".st-key-chat_json").get_by_test_id("stCode").first
        expect(shown).to_contain_text("What is a tensor?")
        assert json.loads(shown.locator("code").inner_text()) == server.bodies[0]
        expect(shown.get_by_label("Copy to clipboard")).to_be_attached()
        page.get_by_role("tab", name="Code").first.click()
        for language in ("Python", "LangChain", "Node", "Shell"):
            page.get_by_role("tab", name=language).click()
            expect(page.get_by_role("tabpanel", name=language)).to_contain_text("What is a tensor?")


def test_korean_composed_by_an_input_method_is_sent_whole_and_once(chat):
    with NimServer([Says("네.")]) as server:
        page = chat(server)
        page.get_by_test_id("stChatInputTextArea").click()
        keyboard = page.context.new_cdp_session(page)
        for step in ("ㅎ", "하", "한"):
            keyboard.send("Input.imeSetComposition", {"text": step, "selectionStart": 1, "selectionEnd": 1})
        # Enter that ends a composition reaches the page with key code 229 and must not send.
        for kind in ("rawKeyDown", "keyUp"):
            keyboard.send(
                "Input.dispatchKeyEvent",
                {"type": kind, "key": "Process", "code": "Enter", "windowsVirtualKeyCode": 229},
            )
        expect(page.get_by_test_id("stChatInputTextArea")).to_have_value("한")
        keyboard.send("Input.insertText", {"text": "한"})
        for step in ("ㄱ", "그", "글"):
            keyboard.send("Input.imeSetComposition", {"text": step, "selectionStart": 1, "selectionEnd": 1})
        keyboard.send("Input.insertText", {"text": "글"})
        expect(page.get_by_test_id("stChatInputTextArea")).to_have_value("한글")
        page.keyboard.press("Enter")
        expect(regenerate(page)).to_be_visible()
        expect(page.get_by_test_id("stChatMessage").first).to_contain_text("한글")
    assert [body["messages"][-1]["content"] for body in server.bodies] == ["한글"]


def test_hostile_text_loads_nothing_runs_nothing_and_shows_where_its_links_go(chat, listener):
    address, asked = listener
    hostile = "\n\n".join(
        (
            f"![a]({address}/inline.png)",
            f"![b][image] and [word][link]\n\n[image]: {address}/reference.png\n[link]: {address}/hidden",
            f"[![c]({address}/linked.png)]({address}/x)",
            f"<img src='{address}/html.png' onerror='document.title=\"run\"'>",
            f"<script src='{address}/script.js'></script><style>@import url({address}/style.css)</style>",
            f"<iframe src='{address}/frame'></iframe><link rel=stylesheet href='{address}/link.css'>",
            f"| a |\n|---|\n| ![e]({address}/table.png) |",
            f"$\\includegraphics{{{address}/latex.png}}$ [click me]({address}/target)",
            "the end of it",
            f"$$\n```\n$$\n![d]({address}/maths.png)",
        )
    )
    with NimServer([Says([hostile[at : at + 40] for at in range(0, len(hostile), 40)], each_s=0.02)]) as server:
        page = chat(server)
        title = page.title()
        ask(page, f"![q]({address}/question.png)")
        expect(regenerate(page)).to_be_visible()
        expect(page.get_by_text("the end of it")).to_be_visible()
        expect(page.get_by_text(f"click me ({address}/target)")).to_be_visible()
        keep_picture(page, "chat-hostile")
    assert asked == []
    assert page.title() == title
    assert page.get_by_test_id("stChatMessage").locator("img[src^='http'], iframe, script").count() == 0
    links = page.get_by_test_id("stChatMessage").last.locator("a").all()
    assert links
    assert [link.inner_text() for link in links] == [unquote(link.get_attribute("href")) for link in links]


def test_code_maths_and_tables_are_rendered_and_code_can_be_copied(chat):
    text = "```python\nprint('hi')\n```\n\n$$x^2$$\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    with NimServer([Says([text])]) as server:
        page = chat(server)
        ask(page, "Show me")
        expect(regenerate(page)).to_be_visible()
    message = page.get_by_test_id("stChatMessage").last
    expect(message.locator("table td").first).to_have_text("1")
    expect(message.locator(".katex").first).to_be_visible()
    expect(message.get_by_label("Copy to clipboard")).to_be_attached()


def test_a_conversation_is_downloaded_as_a_script_and_deleted_with_undo(chat, tmp_path):
    with NimServer([Says("Hello world")]) as server:
        page = chat(server)
        ask(page, "What is a tensor?")
        expect(regenerate(page)).to_be_visible()
    page.get_by_role("button", name="Manage").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download Python script").click()
    download.value.save_as(tmp_path / "again.py")
    assert "'What is a tensor?'" in (tmp_path / "again.py").read_text(encoding="utf-8")
    page.get_by_role("button", name="Delete conversation").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Hello world")).to_be_visible()
