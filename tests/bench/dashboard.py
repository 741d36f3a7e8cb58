"""What the benches of the dashboard share: a server of its own, a browser's tab whose bytes are counted, CPU time."""

from __future__ import annotations

import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parent.parent.parent
MODEL = "meta/llama-3.1-8b-instruct"
FAKE_KEY = "nvapi-" + "F" * 64


@contextmanager
def chromium() -> Iterator[Browser]:
    """The Chromium of this machine."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield browser
        browser.close()


def tab(browser: Browser) -> tuple[Page, list[int]]:
    """A tab, and the sizes of the websocket frames that reach it, uncompressed."""
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.set_default_timeout(60_000)
    sizes: list[int] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: sizes.append(len(frame))))
    return page, sizes


@contextmanager
def dashboard(**environment: str) -> Iterator[tuple[str, int]]:
    """NIM Lab as the README starts it, with an empty store unless one is named; its address and process id."""
    with tempfile.TemporaryDirectory() as folder:
        store = {"NIM_LAB_STORE": f"sqlite:///{folder}/history.sqlite3"}
        with served(ROOT / "app.py", **(store | environment)) as server:
            yield server


@contextmanager
def served(app: Path, *arguments: str, **environment: str) -> Iterator[tuple[str, int]]:
    """A Streamlit app on a free port, once it is healthy; gives its address and its process id."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = [f"--server.port={port}", "--server.address=localhost", "--server.headless=true"]
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", str(app), *options, "--", *arguments],
        cwd=app.parent,
        env=os.environ | {"STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false"} | environment,
        stdout=subprocess.DEVNULL,
    )
    address = f"http://localhost:{port}"
    try:
        while True:
            try:
                with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1):
                    break
            except OSError:
                time.sleep(0.02)
        yield address, process.pid
    finally:
        process.terminate()
        process.wait()


def cpu_s(pid: int) -> tuple[float, float]:
    """CPU seconds that a process has used, and that its living children have (Linux)."""
    # A child belongs to the thread that started it.
    children = [child for task in Path(f"/proc/{pid}/task").glob("*/children") for child in task.read_text().split()]
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return own, sum(sum(cpu_s(int(child))) for child in children)


def spread(values: Sequence[float], decimals: int = 0) -> str:
    """The median of several runs and their range."""
    return f"{statistics.median(values):,.{decimals}f} ({min(values):,.{decimals}f} to {max(values):,.{decimals}f})"


def words(count: int) -> list[str]:
    """Tokens of about five characters on one line."""
    return [f"word{number % 10} " if number % 7 else "and " for number in range(count)]


def paragraphs(count: int) -> list[str]:
    """The same with a paragraph's end after every 80 tokens."""
    return [token if (number + 1) % 80 else f"{token.strip()}.\n\n" for number, token in enumerate(words(count))]
