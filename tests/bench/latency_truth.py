"""Whether latency is true while the dashboard draws: python -m tests.bench.latency_truth [--aiperf PYTHON]

A Chromium starts a comparison on the Compare page, 16 calls at once, and shows it live; then the stored times are
compared with the server's own record, answer by answer. `--aiperf` names the Python of an environment in which AIPerf
is installed (python3 -m venv DIR && DIR/bin/pip install aiperf): it then asks the same server in turn with us.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page

from nim_core.history import open_history
from nim_core.settings import Settings
from nim_core.testing import Truth
from tests.bench.dashboard import chromium, dashboard, tab
from tests.bench.truth import Pace, Server, first_token_errors_ms, p99, served

SETS = 3
"""How many sets the Compare page begins with."""

TOKENIZER = {
    "version": "1.0",
    "truncation": None,
    "padding": None,
    "normalizer": None,
    "post_processor": None,
    "decoder": None,
    "added_tokens": [],
    "pre_tokenizer": {"type": "Whitespace"},
    "model": {"type": "WordLevel", "vocab": {"[UNK]": 0, "word": 1}, "unk_token": "[UNK]"},
}


@dataclass
class Errors:
    """First-token errors in ms and inter-token errors as shares, of all rounds; the medians of each round too."""

    first_ms: list[float] = field(default_factory=list)
    itl: list[float] = field(default_factory=list)
    rounds_ms: list[float] = field(default_factory=list)

    def add(self, first_ms: list[float], itl: list[float]) -> None:
        self.first_ms += first_ms
        self.itl += itl
        self.rounds_ms.append(statistics.median(first_ms))


def ours(errors: Errors, page: Page, address: str, server: Server, repeats: int, at_once: int) -> None:
    """One comparison, started and watched in the browser."""
    page.goto(address)
    page.get_by_text("Other server").click()
    page.get_by_label("Server URL").fill(server.url)
    page.get_by_label("Server URL").press("Enter")
    page.get_by_text("Calls go to").wait_for()
    page.get_by_role("link", name="Models", exact=True).click()
    page.get_by_role("button", name="Use this model").click()
    page.get_by_text("Chat and Compare use").wait_for()
    page.get_by_role("link", name="Compare", exact=True).click()
    page.get_by_text("System prompt, seed and pace").click()
    for name, value in {"Calls at once": at_once, "Repeats": repeats}.items():
        box = page.get_by_role("spinbutton", name=name)
        box.fill(str(value))
        box.press("Enter")
    page.get_by_text(f"= {SETS * repeats} requests").wait_for()
    history = open_history(Settings())
    earlier = {each.id for each in history.experiments.comparisons()}
    page.get_by_role("button", name="Run comparison").click()
    page.get_by_role("button", name="Stop").wait_for()
    (asked,) = (each for each in history.experiments.comparisons() if each.id not in earlier)
    page.get_by_role("tab", name="Latency").wait_for(timeout=120_000)
    rows = history.experiments.generations(asked.id)
    history.close()
    assert len(rows) == SETS * repeats
    truths = server.truths()
    itl = []
    for row in rows:
        truth = truths[row.request_id or ""]
        assert row.itl_s is not None
        itl.append(row.itl_s / _itl(truth) - 1)
    errors.add(first_token_errors_ms(rows, truths), itl)


def aiperf(errors: Errors, python: Path, server: Server, requests: int, at_once: int) -> None:
    """The same number of calls by AIPerf, paired by the id that it sends with each."""
    with tempfile.TemporaryDirectory() as folder:
        # Its own tokenizers come over the network; counts come from the server, so that any tokenizer will do.
        Path(folder, "tokenizer.json").write_text(json.dumps(TOKENIZER), encoding="utf-8")
        Path(folder, "tokenizer_config.json").write_text(
            '{"tokenizer_class": "PreTrainedTokenizerFast"}', encoding="utf-8"
        )
        prompts = Path(folder, "prompts.jsonl")
        prompts.write_text('{"text": "What is GPU?"}\n' * requests, encoding="utf-8")
        command = [str(python.with_name("aiperf")), "profile", "--model", "m", "--url", server.url.removesuffix("/v1")]
        command += ["--endpoint-type", "chat", "--streaming", "--tokenizer", folder, "--use-server-token-count"]
        command += ["--input-file", str(prompts), "--custom-dataset-type", "single_turn", "--ui", "none"]
        command += ["--request-count", str(requests), "--warmup-request-count", str(at_once)]
        command += ["--concurrency", str(at_once), "--artifact-dir", f"{folder}/told"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        lines = Path(folder, "told", "profile_export.jsonl").read_text(encoding="utf-8").splitlines()
    told = [each for each in map(json.loads, lines) if each["metadata"]["benchmark_phase"] == "profiling"]
    truths = server.truths()
    pairs = [(each["metrics"], truths[each["metadata"]["x_request_id"]]) for each in told]
    errors.add(
        [its["time_to_first_token"]["value"] - 1000 * (truth.first - truth.arrival) for its, truth in pairs],
        [its["inter_token_latency"]["value"] / (1000 * _itl(truth)) - 1 for its, truth in pairs],
    )


def _itl(truth: Truth) -> float:
    return (truth.last - truth.first) / (truth.tokens - 1)


def main() -> None:
    """Measure in rounds, in turn with AIPerf if asked, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.latency_truth", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--repeats", type=int, default=43)
    parser.add_argument("--at-once", type=int, default=16)
    parser.add_argument("--aiperf", type=Path, metavar="PYTHON")
    asked = parser.parse_args()
    clients = {"NIM Lab, drawn in Chromium": Errors()} | ({"AIPerf": Errors()} if asked.aiperf else {})
    with tempfile.TemporaryDirectory() as folder, served(Pace()) as server, chromium() as browser:
        store = os.environ["NIM_LAB_STORE"] = f"sqlite:///{folder}/history.sqlite3"
        with dashboard(NIM_LAB_STORE=store) as (address, _pid):
            for _ in range(asked.rounds):
                page, _sizes = tab(browser)
                ours(clients["NIM Lab, drawn in Chromium"], page, address, server, asked.repeats, asked.at_once)
                page.close()
                if asked.aiperf:
                    aiperf(clients["AIPerf"], asked.aiperf, server, SETS * asked.repeats, asked.at_once)
    print(f"{asked.rounds} rounds of {SETS * asked.repeats} answers, {asked.at_once} at once; after the warm-up")
    print(f"{'first token against the truth, ms':36}{'median':>8}{'p99':>8}{'worst':>8}   {'of rounds':12}", end="")
    print(f"{'ITL: median':>14}{'worst':>8}")
    for name, errors in clients.items():
        first, itl = errors.first_ms, errors.itl
        rounds = f"{min(errors.rounds_ms):.1f} to {max(errors.rounds_ms):.1f}"
        print(f"{name:36}{statistics.median(first):8.2f}{p99(first):8.1f}{max(first):8.1f}   {rounds:12}", end="")
        print(f"{statistics.median(itl):14.2%}{max(itl, key=abs):8.2%}")


if __name__ == "__main__":
    main()
