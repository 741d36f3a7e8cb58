"""How long everything takes to start: python -m tests.bench.start [--runs N]

The import of nim_core and what it must not load; the terminal's help; the dashboard until its server is healthy,
and from there until a browser that is already open shows Connect; the built-in model's first answer from cold,
its weights fetched before. Each run starts a new process.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time

from playwright.sync_api import Browser

from nim_core.local.weights import ensure_weights
from nim_core.settings import Settings
from tests.bench.dashboard import ROOT, chromium, dashboard, spread, tab

HEAVY = ("pandas", "plotly", "scipy", "openai")
IMPORT = f"""
import sys, time
began = time.perf_counter()
import nim_core
print(1000 * (time.perf_counter() - began), *(name for name in {HEAVY} if name in sys.modules))
"""


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.start", description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    imports, loaded = zip(*(_imported() for _ in range(asked.runs)), strict=True)
    helps = [_help() for _ in range(asked.runs)]
    with chromium() as browser:
        healthy, drawn = zip(*(_dashboard(browser) for _ in range(asked.runs)), strict=True)
    ensure_weights(Settings(), lambda _progress: None)
    first, whole = zip(*(_answer() for _ in range(asked.runs)), strict=True)
    print(f"median (range) of {asked.runs} runs, ms")
    print(f"import nim_core                                 {spread(imports)}, heavy modules: {set(loaded)}")
    print(f"python -m nim_core --help                       {spread(helps)}")
    print(f"streamlit run app.py until healthy              {spread(healthy)}")
    print(f"then until Connect is drawn                     {spread(drawn)}")
    print(
        f"built-in model from cold, by the terminal's chat: first words {spread(first)}, its 16 tokens {spread(whole)}"
    )


def _imported() -> tuple[float, str]:
    """Milliseconds of the import inside a new interpreter, and the heavy modules that came with it."""
    took, *loaded = _output("-c", IMPORT).split()
    return float(took), " ".join(loaded) or "none"


def _help() -> float:
    began = time.monotonic()
    _output("-m", "nim_core", "--help")
    return 1000 * (time.monotonic() - began)


def _output(*arguments: str) -> str:
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True, capture_output=True, text=True).stdout


def _dashboard(browser: Browser) -> tuple[float, float]:
    """Milliseconds from the start to the first good /_stcore/health, and from there to Connect's last element."""
    page, _ = tab(browser)
    began = time.monotonic()
    with dashboard() as (address, _pid):
        healthy = time.monotonic()
        page.goto(address, wait_until="commit")
        page.get_by_text("no limit of requests that is known here").wait_for()
        drawn = time.monotonic()
        page.close()
    return 1000 * (healthy - began), 1000 * (drawn - healthy)


def _answer() -> tuple[float, float]:
    """Milliseconds from the start of a new process to its first words and to its end."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        with subprocess.Popen(
            [sys.executable, "-m", "nim_core", "chat", "Say hello.", "--max-tokens", "16"],
            cwd=ROOT,
            env=os.environ | {"NIM_LAB_STORE": f"sqlite:///{folder}/history.sqlite3"},
            stdout=subprocess.PIPE,
        ) as process:
            assert process.stdout is not None
            process.stdout.read(1)
            first = time.monotonic()
            process.stdout.read()
        return 1000 * (first - began), 1000 * (time.monotonic() - began)


if __name__ == "__main__":
    main()
