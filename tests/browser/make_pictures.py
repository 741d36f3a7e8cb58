"""Makes the pictures of the README from the real application on the built-in model.

python -m tests.browser.make_pictures

Beside the pictures it writes the names that are seen on them: a test compares those with the page as it is.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.conftest import QUIET, ROOT, free_port, wait_until_healthy

DOCS = ROOT / "docs"
PICTURES = {"light": DOCS / "compare.png", "dark": DOCS / "compare-dark.png"}
NAMES = DOCS / "compare.txt"
SIZE = {"width": 1280, "height": 1560}

_NAMED = "h1, [data-testid='stSidebarNavLink'], [data-testid='stWidgetLabel'], main [role='tab'], main button"


def show_comparison(page: Page, address: str) -> None:
    """Run the comparison that stands ready on Compare, and open its lengths."""
    page.goto(address)
    page.get_by_role("button", name="Run comparison").click()
    page.get_by_role("tab", name="Length").click(timeout=180_000)
    expect(page.locator(".js-plotly-plot").first).to_be_visible()
    expect(page.get_by_text("differences were looked at")).to_be_visible()


def seen_names(page: Page) -> list[str]:
    """What the page calls its links, fields, buttons and tabs, in the order of the page."""
    texts = [" ".join(text.split()) for text in page.locator(_NAMED).all_inner_texts()]
    return [text for text in texts if text]


def main() -> None:
    """Start the dashboard on an empty history, and take its picture in both themes."""
    chromium, port = shutil.which("chromium"), free_port()
    assert chromium, "Chromium is not installed (Debian's package chromium)."
    address = f"http://localhost:{port}"
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    with tempfile.TemporaryDirectory() as folder:
        store = {"NIM_LAB_STORE": f"sqlite:///{folder}/history.sqlite3"}
        server = subprocess.Popen([*command, "--server.headless", "true"], cwd=ROOT, env=os.environ | store)
        try:
            wait_until_healthy(address, server)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
                page = browser.new_page(viewport=SIZE)
                show_comparison(page, f"{address}/compare")
                NAMES.write_text("\n".join(seen_names(page)) + "\n", encoding="utf-8")
                for theme, picture in PICTURES.items():
                    take(page, theme, picture)
        finally:
            server.terminate()
            server.wait()


def take(page: Page, theme: str, picture: Path) -> None:
    """The page in one theme; the pointer is out of the way and nothing is half drawn."""
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    page.mouse.move(SIZE["width"] - 5, 5)
    page.reload()
    page.get_by_role("tab", name="Length").click()
    expect(page.get_by_text("differences were looked at")).to_be_visible()
    expect(page.locator("[data-testid='stApp'][data-test-script-state='notRunning']")).to_be_attached()
    page.locator(".js-plotly-plot .points path, .js-plotly-plot .point").first.wait_for()
    page.mouse.move(SIZE["width"] - 5, 5)
    page.screenshot(path=picture, animations="disabled")


if __name__ == "__main__":
    main()
