"""A key typed on Connect and used on every page: afterwards it is nowhere but in memory."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from nim_core.testing import Chunks, NimServer, Says, event
from tests.browser.conftest import keep_picture
from tests.test_keys_stay import CANARY, LOUD, PIECES, files_with_the_key, processes_with_the_key

pytestmark = pytest.mark.browser

# The server's own output goes where its errors go, which the test reads; the worker's is its pipe.
SAYS_ALL = LOUD + 'import os, sys\nif "streamlit" in sys.orig_argv:\n    os.dup2(2, 1)\n'


def frames_of(page):
    """Everything that the server sends to a tab."""
    found = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: found.append(frame)))
    return found


def holds_key(frame):
    return CANARY.encode() in (frame if isinstance(frame, bytes) else frame.encode())


def test_a_key_that_was_typed_and_used_is_in_no_file_process_log_address_or_other_session(
    dashboard, page, browser, tmp_path, capfd
):
    home = {name: tmp_path / name.lower() for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_DATA_HOME")}
    for folder in home.values():
        folder.mkdir()
    (tmp_path / "loud").mkdir()
    (tmp_path / "loud" / "sitecustomize.py").write_text(SAYS_ALL)
    answer = Chunks([*(event({"content": piece}) for piece in PIECES), event({}, "stop"), b"data: [DONE]\n\n"])
    script = [Says("Hello"), answer]
    with NimServer(script, key=CANARY, models=["meta/llama-3.1-8b-instruct"]) as server:
        own = dashboard(
            NIM_LAB_NVIDIA_URL=server.url,
            PYTHONPATH=str(tmp_path / "loud"),
            OPENAI_LOG="debug",
            STREAMLIT_LOGGER_LEVEL="debug",
            **{name: str(folder) for name, folder in home.items()},
        )
        asked, mine = [], frames_of(page)
        page.on("request", lambda request: asked.append(request.url))
        page.goto(own)
        page.get_by_text("NVIDIA API catalog").first.click()
        page.get_by_label("API key").fill(CANARY)
        page.get_by_label("API key").press("Enter")
        expect(page.get_by_text("kept for this session only")).to_be_visible()
        page.get_by_role("button", name="Check key").click()
        expect(page.get_by_text("The key is good")).to_be_visible()
        page.get_by_role("link", name="Models", exact=True).click()
        page.get_by_role("button", name="Use this model").click()
        page.get_by_role("link", name="Chat", exact=True).click()
        box = page.get_by_test_id("stChatInputTextArea")
        expect(box).to_be_enabled()
        box.fill("What is my key?")
        box.press("Enter")
        expect(page.get_by_text("My key is nvapi-…, I think.")).to_be_visible()
        expect(page.get_by_role("button", name="Regenerate")).to_be_visible()
        keep_picture(page, "chat-without-key")
        conversation = re.search("conversation=([0-9a-f]+)", page.url)[1]
        page.get_by_role("link", name="Compare", exact=True).click()
        page.get_by_role("button", name="Run comparison").click()
        expect(page.get_by_role("tab", name="Answers")).to_be_visible()
        with browser.new_context() as other:
            another = other.new_page()
            theirs = frames_of(another)
            for place in (f"chat?conversation={conversation}", "compare", f"models?endpoint={quote('nvidia')}", ""):
                another.goto(f"{own}/{place}")
                expect(another.get_by_role("heading").first).to_be_visible()
        assert processes_with_the_key() == []
        assert f"Bearer {CANARY}" in {seen.headers.get("Authorization") for seen in server.seen}
    assert theirs
    assert not [frame for frame in [*mine, *theirs] if holds_key(frame)]
    assert not [url for url in asked if CANARY in url]
    assert files_with_the_key(tmp_path) == []
    assert CANARY not in "".join(capfd.readouterr())
