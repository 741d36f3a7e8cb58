"""What one long answer on the Chat page costs, beside st.write_stream: python -m tests.bench.chat_bytes [--tokens N]

A scripted server says 4,000 tokens (about 20 kB) at 100 tokens/s. Counted: bytes of websocket frames that
reach the browser (uncompressed), CPU seconds of the dashboard's process and of its worker, and how long a
slider takes to react in the middle. The same text then goes through st.write_stream in an app of this bench's own.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, Page

from nim_core.testing import NimServer, Says
from tests.bench.dashboard import FAKE_KEY, MODEL, chromium, cpu_s, dashboard, paragraphs, served, tab, words

WRITE_STREAM = """
import json, sys, urllib.request
import streamlit as st

def tokens(url):
    body = json.dumps({"model": "m", "stream": True, "messages": [{"role": "user", "content": "x"}]}).encode()
    asked = urllib.request.Request(url + "/chat/completions", body, {"Content-Type": "application/json"})
    for line in urllib.request.urlopen(asked):
        if line.startswith(b"data: {"):
            choices = json.loads(line[6:])["choices"]
            if choices and choices[0]["delta"].get("content"):
                yield choices[0]["delta"]["content"]

if st.button("Go"):
    st.write_stream(tokens(sys.argv[1]))
    st.write("finished")
"""


def main() -> None:
    """Measure both and print a table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.chat_bytes", description=__doc__)
    parser.add_argument("--tokens", type=int, default=4_000)
    parser.add_argument("--per-second", type=float, default=100.0)
    parser.add_argument("--skip-write-stream", action="store_true")
    asked = parser.parse_args()
    answers = {"words on one line": words(asked.tokens), "paragraphs": paragraphs(asked.tokens)}
    print(f"{asked.tokens:,} tokens at {asked.per_second:g}/s; CPU as a share of one core while it streams")
    with chromium() as browser:
        for name, tokens in answers.items():
            says = Says(tokens, each_s=1 / asked.per_second)
            with NimServer([says]) as server:
                _report(f"Chat, {name}", tokens, *_chat(browser, server.url))
                if not asked.skip_write_stream:
                    _report(f"st.write_stream, {name}", tokens, *_write_stream(browser, server.url))


def _chat(browser: Browser, url: str) -> tuple[int, float, float, float | None]:
    with dashboard(NIM_LAB_NVIDIA_URL=url, NVIDIA_API_KEY=FAKE_KEY) as (address, pid):
        page, sizes = tab(browser)
        page.goto(f"{address}/?endpoint=nvidia&model={MODEL}")
        page.get_by_role("link", name="Chat", exact=True).click()
        box = page.get_by_test_id("stChatInputTextArea")
        box.fill("Go on")
        page.wait_for_timeout(1_000)
        sizes.clear()
        cpu, began = sum(cpu_s(pid)), time.monotonic()
        box.press("Enter")
        page.get_by_text("tokens/s").first.wait_for()
        page.get_by_role("button", name="Regenerate").wait_for(timeout=600_000)
        page.wait_for_timeout(500)
        used, took, counted = sum(cpu_s(pid)) - cpu, time.monotonic() - began, sum(sizes)
        reaction = _reaction(page)
        page.close()
        return counted, used, took, reaction


def _reaction(page: Page) -> float:
    """Seconds from a key on a slider to what the server makes of it, while another answer streams."""
    page.get_by_role("button", name="Regenerate").click()
    page.get_by_text("tokens/s,").first.wait_for()
    page.wait_for_timeout(3_000)
    page.get_by_role("slider", name="Frequency penalty").focus()
    # The clock runs in the browser, so that the driver's own delays are not counted. What answers is the
    # server: a penalty that was moved is no longer listed as not sent.
    page.evaluate("""() => {
        const listed = () => document.querySelector('[aria-label="Remove Frequency penalty"]');
        window.reaction = new Promise(done => addEventListener('keydown', () => {
            const began = performance.now();
            const look = () => listed() ? setTimeout(look, 5) : done((performance.now() - began) / 1000);
            look();
        }, {once: true, capture: true}));
    }""")
    page.keyboard.press("ArrowRight")
    return float(page.evaluate("window.reaction"))


def _write_stream(browser: Browser, url: str) -> tuple[int, float, float, None]:
    with tempfile.TemporaryDirectory() as folder:
        app = Path(folder) / "write_stream.py"
        app.write_text(WRITE_STREAM, encoding="utf-8")
        with served(app, url) as (address, pid):
            page, sizes = tab(browser)
            page.goto(address)
            go = page.get_by_role("button", name="Go")
            go.wait_for()
            sizes.clear()
            cpu, began = sum(cpu_s(pid)), time.monotonic()
            go.click()
            page.get_by_text("finished", exact=True).wait_for(timeout=600_000)
            counted = sum(sizes), sum(cpu_s(pid)) - cpu, time.monotonic() - began
            page.close()
            return *counted, None


def _report(name: str, tokens: list[str], sent: int, cpu: float, took: float, reaction: float | None) -> None:
    size = len("".join(tokens)) / 1e3
    reacted = f", a slider reacts in {1000 * reaction:.0f} ms" if reaction is not None else ""
    print(
        f"{name} ({size:.0f} kB): {sent / 1e3:,.0f} kB to the browser, {cpu:.1f} s of CPU in {took:.1f} s "
        f"= {cpu / took:.1%}{reacted}"
    )


if __name__ == "__main__":
    main()
