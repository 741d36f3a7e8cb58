"""A real server and a real Chromium."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).parent.parent.parent
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
# A busy machine may take its time; a test fails when a thing does not come, not when it comes late.
expect.set_options(timeout=30_000)

SCREENSHOTS = os.environ.get("NIM_LAB_SCREENSHOTS")
"""Where pictures of the pages are kept, when somebody asks for them."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium a file of tests: while it lives, Playwright's event loop keeps others from running here."""
    chromium = shutil.which("chromium")
    if chromium is None:
        if os.environ.get("NIM_LAB_REQUIRE_BROWSER"):
            pytest.fail("Chromium is required here and not installed (Debian's package chromium).")
        pytest.skip("Chromium is not installed (Debian's package chromium).")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A visitor's tab, with patience for a busy machine."""
    context = browser.new_context(viewport={"width": 1280, "height": 720}, accept_downloads=True)
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """A server that must not be asked for anything; gives its address and what it was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(204)
            self.end_headers()

        do_POST = do_HEAD = do_OPTIONS = do_GET  # noqa: N815  # the names that http.server calls

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()
        thread.join()


@pytest.fixture
def dashboard(tmp_path) -> Iterator[Callable[..., str]]:
    """Starts the dashboard as the README says, on a free port, with a store of its own; gives its address."""
    with ExitStack() as started:
        yield lambda *flags, **more: started.enter_context(running_dashboard(tmp_path, *flags, **more))


@contextmanager
def running_dashboard(folder: Path, *flags: str, port: int | None = None, **environment: str) -> Iterator[str]:
    """A dashboard whose store is in a folder; gives its address."""
    port = port or free_port()
    store = {"NIM_LAB_STORE": f"sqlite:///{folder / 'history.sqlite3'}"}
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    with subprocess.Popen(
        [*command, "--server.headless", "true", *flags],
        cwd=ROOT,
        env=os.environ | store | environment,
        stdout=subprocess.DEVNULL,
    ) as process:
        try:
            address = f"http://localhost:{port}"
            wait_until_healthy(address, process)
            yield address
        finally:
            process.terminate()
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_healthy(address: str, process: subprocess.Popen[bytes]) -> None:
    while True:
        assert process.poll() is None, "the server ended before it was healthy"
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1) as answer:
                if answer.status == 200:
                    return
        except OSError:
            continue


def keep_picture(page: Page, name: str) -> None:
    """Keep a screenshot where NIM_LAB_SCREENSHOTS says."""
    if SCREENSHOTS:
        Path(SCREENSHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(SCREENSHOTS) / f"{name}.png")
