"""Ten visitors for half an hour, one request in twenty faulty: python -m tests.bench.soak [--minutes N] [--visitors N]

Real Chromium tabs chat and compare on one dashboard against a scripted server. Reported: the memory of the dashboard
and of its worker after a fifth of the time and at the end; requests that the server saw and the store's meter does
not have; finished answers that the store does not have; runs that never ended. The last three should be 0, the
memory should not have grown by more than a tenth.
"""

from __future__ import annotations

import argparse
import random
import re
import sqlite3
import statistics
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Error, Page

from nim_core.testing import Answer, Chunks, Hangs, NimServer, Raw, Received, Says, event
from tests.bench.dashboard import chromium, dashboard
from tests.support.running import children_of

MODEL = "soak"
FAULTY = 0.05
PATIENCE_S = 25.0
"""A visitor stops what has not ended by then."""

DRAIN_S = 120.0
PART = event({"content": "half an answer "})
FAULTS: tuple[Answer, ...] = (
    Raw(500, '{"error": {"message": "internal"}}'),
    Raw(502, "<html>Bad gateway</html>", "text/html"),
    Raw(503, '{"detail": "ResourceExhausted: Worker local total request limit reached"}'),
    Raw(429, '{"status": 429, "title": "Too Many Requests"}', headers={"Retry-After": "1"}),
    Raw(400, '{"message": "Unsupported parameter(s): `top_p`"}'),
    Raw(401, '{"detail": "Authentication failed"}'),
    Raw(404, '{"detail": "Function not found"}'),
    Raw(200, "<html>a page</html>", "text/html"),
    Chunks([PART], "cut"),
    Chunks([PART], "reset"),
    Chunks([PART, b'data: {"error": {"message": "it broke"}}\n\n']),
    Chunks([b"data: {broken\n\n"]),
    Chunks([b"data: [DONE]\n\n"]),
    Hangs(),
    Chunks([PART], "hang"),
)


class Script:
    """Says numbered answers, now and then a fault; counts what it gave."""

    def __init__(self) -> None:
        self.whole: set[str] = set()
        self.given: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._random = random.Random(1)

    def __call__(self, seen: Received) -> Answer:
        """The answer to one request."""
        with self._lock:
            number = self.given.total()
            fault = self._random.random() < FAULTY
            self.given["faults" if fault else "answers"] += 1
            if fault:
                return self._random.choice(FAULTS)
            if seen.body.get("max_tokens") != 8:  # the warm-up's, which is no row
                self.whole.add(f"answer {number}.")
        words = [f"answer {number}. ", *(f"word{self._random.randrange(50)} " for _ in range(60))]
        return Says(words, first_s=0.1, each_s=0.02)


class Visitor:
    """One tab: chats four times, compares once, and so on; never waits, so that one thread can move ten."""

    def __init__(self, page: Page, address: str, url: str) -> None:
        self._page = page
        self._place = f"endpoint={quote(url)}&model={MODEL}"
        self._address = address
        self._turn = 0
        self._since = 0.0
        self._comparing = False
        page.set_default_timeout(5_000)

    def step(self, *, may_ask: bool = True) -> bool:
        """Ask where nothing is on its way, stop what takes too long; whether something is on its way."""
        stop = self._page.get_by_role("button", name="Stop", exact=True)
        if self._since and stop.count():
            if time.monotonic() - self._since > PATIENCE_S:
                stop.first.click()
            return True
        if not may_ask or time.monotonic() - self._since < 2:
            return False
        self._since = time.monotonic()
        self._turn += 1
        if self._turn % 5 == 0:
            self._page.goto(f"{self._address}/compare?{self._place}")
            self._page.get_by_role("button", name="Run comparison").click()
        else:
            if self._turn % 5 == 1:
                self._page.goto(f"{self._address}/chat?{self._place}")
            box = self._page.get_by_test_id("stChatInputTextArea")
            box.fill(f"Question {self._turn}", timeout=5_000)
            box.press("Enter")
        return True


def main() -> None:
    """Run, and print the report."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--visitors", type=int, default=10)
    asked = parser.parse_args()
    script = Script()
    with (
        tempfile.TemporaryDirectory() as folder,
        NimServer(script, models=[MODEL]) as server,
        dashboard(NIM_LAB_STORE=f"sqlite:///{folder}/history.sqlite3", NIM_LAB_ENDPOINTS=server.url) as (address, pid),
    ):
        memory = _visit(address, server.url, pid, asked.visitors, 60 * asked.minutes)
        sent = len(server.bodies)
        _report(script, memory, sent, Path(folder) / "history.sqlite3")


def _visit(address: str, url: str, pid: int, visitors: int, seconds: float) -> list[tuple[float, int, int]]:
    """Let the visitors work, then let what is on its way end; the memory over time: seconds, dashboard, worker."""
    memory: list[tuple[float, int, int]] = []
    with chromium() as browser:
        all_ = [Visitor(browser.new_context().new_page(), address, url) for _ in range(visitors)]
        began = time.monotonic()
        missed = 0
        while (passed := time.monotonic() - began) < seconds:
            missed += _step(all_, may_ask=True)[1]
            memory.append((passed / seconds, _memory_kib(pid), sum(map(_memory_kib, children_of(pid)))))
        ends = time.monotonic() + DRAIN_S
        while _step(all_, may_ask=False)[0] and time.monotonic() < ends:
            time.sleep(0.5)
        time.sleep(3)
    print(f"{visitors} visitors, {seconds / 60:g} minutes; steps that a tab could not take at once: {missed}")
    return memory


def _step(visitors: Sequence[Visitor], *, may_ask: bool) -> tuple[int, int]:
    """One step of each; how many have something on its way, and how many could not step."""
    going = missed = 0
    for each in visitors:
        try:
            going += each.step(may_ask=may_ask)
        except Error:  # a busy page is asked again in the next round
            missed += 1
    return going, missed


def _memory_kib(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return 0
    found = re.search(r"VmRSS:\s+(\d+)", status)
    return int(found[1]) if found else 0


def _report(script: Script, memory: list[tuple[float, int, int]], sent: int, store: Path) -> None:
    with sqlite3.connect(store) as database:
        outcomes = Counter(outcome for (outcome,) in database.execute("SELECT outcome FROM requests"))
        rows = list(database.execute("SELECT status, text FROM generations"))
        runs = Counter(outcome for (outcome,) in database.execute("SELECT outcome FROM experiments"))
    kept = {found[0] for status, text in rows if (found := re.match(r"answer \d+\.", text))}
    silent = sum(status == "cancelled" and not text for status, text in rows)
    for name, at in (("dashboard", 1), ("worker", 2)):
        early = statistics.median(each[at] for each in memory if 0.2 <= each[0] <= 0.3)
        late = statistics.median(each[at] for each in memory if each[0] >= 0.9)
        print(f"memory of the {name}: {early / 1024:.0f} MiB, then {late / 1024:.0f} MiB ({late / early - 1:+.1%})")
    print(f"requests: {sent} sent ({dict(script.given)}), {outcomes.total()} kept, {sent - outcomes.total()} lost")
    print(f"outcomes: {dict(outcomes)}; rows: {dict(Counter(status for status, _ in rows))}")
    print(f"answers that are in no row: {max(len(script.whole - kept) - silent, 0)} of {len(script.whole)}")
    print(f"runs: {dict(runs)}; stuck: {runs[None]}")


if __name__ == "__main__":
    main()
