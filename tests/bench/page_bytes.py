"""What eight live panes of Compare cost: python -m tests.bench.page_bytes [--runs N]

A scripted server says 1,000 tokens (about 5 kB) at 100 tokens/s to each of eight sets, all at once. Counted
from the press of Run until the result stands: bytes of websocket frames that reach the browser (uncompressed),
and CPU seconds of the dashboard's process and of its worker.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from urllib.parse import urlencode

from playwright.sync_api import Browser

from nim_core.planning.permalink import encode
from nim_core.run.sender import WARMUP_TOKENS
from nim_core.testing import NimServer, Received, Says
from nim_core.values.experiment import new_experiment
from nim_core.values.parameters import GenerationParameters
from nim_core.values.sets import ParameterSet
from tests.bench.dashboard import MODEL, chromium, cpu_s, dashboard, paragraphs, spread, tab, words

SETS = 8
SETTLED_MS = 1_000


def main() -> None:
    """Measure in alternating runs and print a table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.page_bytes", description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--tokens", type=int, default=1_000)
    parser.add_argument("--per-second", type=float, default=100.0)
    asked = parser.parse_args()
    texts = {"words on one line": words(asked.tokens), "paragraphs": paragraphs(asked.tokens)}
    found: dict[str, list[tuple[float, ...]]] = {name: [] for name in texts}
    with chromium() as browser:
        for _ in range(asked.runs):
            for name, tokens in texts.items():
                with NimServer(_script(Says(tokens, each_s=1 / asked.per_second))) as server:
                    found[name].append(_compare(browser, server.url))
    print(f"{SETS} panes x {asked.tokens:,} tokens at {asked.per_second:g}/s; median (range) of {asked.runs} runs")
    for name, runs in found.items():
        sent, page, worker = zip(*runs, strict=True)
        print(
            f"{name} ({SETS * len(''.join(texts[name])) / 1e3:.0f} kB of text): {spread(sent)} kB to the browser; "
            f"dashboard {spread(page, 1)}%, worker {spread(worker, 1)}% of a core"
        )


def _script(says: Says) -> Callable[[Received], Says]:
    """The warm-up, which asks for few tokens, gets few."""
    return lambda seen: Says("Ready") if seen.body.get("max_tokens", 0) <= WARMUP_TOKENS else says


def _compare(browser: Browser, url: str) -> tuple[float, float, float]:
    """The kB to the browser, and the shares of a core in percent of the dashboard and of its worker."""
    sets = [ParameterSet(f"set {number}", GenerationParameters(max_tokens=1024 + number)) for number in range(SETS)]
    plan = encode(new_experiment("Go on", sets, endpoint=url, model=MODEL, repeats=1))
    with dashboard(NIM_LAB_ENDPOINTS=url) as (address, pid):
        page, sizes = tab(browser)
        page.goto(f"{address}/compare?{urlencode({'endpoint': url, 'model': MODEL, 'plan': plan})}")
        page.get_by_text("System prompt, seed and pace").click()
        at_once = page.get_by_role("spinbutton", name="Calls at once")
        at_once.fill(str(SETS))
        at_once.press("Enter")
        page.wait_for_timeout(SETTLED_MS)
        sizes.clear()
        cpu, began = cpu_s(pid), time.monotonic()
        page.get_by_role("button", name="Run comparison").click()
        page.get_by_text("tokens/s,").first.wait_for()
        page.get_by_role("button", name="Stop").wait_for(state="detached")
        used, took = cpu_s(pid), time.monotonic() - began
        page.get_by_role("tab", name="Answers").wait_for()
        page.wait_for_timeout(SETTLED_MS)
        page.close()
    shares = [100 * (after - before) / took for after, before in zip(used, cpu, strict=True)]
    return sum(sizes) / 1e3, shares[0], shares[1]


if __name__ == "__main__":
    main()
