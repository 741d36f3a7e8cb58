"""The server that benches measure against, as a process of its own: it numbers its answers and keeps the truth.

python -m tests.bench.truth [--tokens 64] [--first 0.1] [--each 0.01]     serves until stdin closes
"""

from __future__ import annotations

import argparse
import gc
import itertools
import json
import os
import random
import statistics
import subprocess
import sys
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from nim_core.testing import NimServer, Says, Truth
from nim_core.values.generation import Generation

ROOT = Path(__file__).parent.parent.parent
WORDS = ["a", "model", "draws", "each", "next", "token", "from", "many", "and", "what", "it", "draws", "is", "chance"]


@dataclass(frozen=True)
class Pace:
    """How each answer goes out: its tokens, seconds to the first, and from each to the next."""

    tokens: int = 64
    first_s: float = 0.1
    each_s: float = 0.01

    @property
    def answer_s(self) -> float:
        """Seconds from a request to the last token of its answer."""
        return self.first_s + (self.tokens - 1) * self.each_s

    def ideal_s(self, requests: int, at_once: int) -> float:
        """The shortest window for so many requests, so many at a time."""
        return -(-requests // at_once) * self.answer_s


@dataclass(frozen=True)
class Server:
    """The running server: its base URL and what it wrote."""

    url: str
    pace: Pace

    def truths(self) -> dict[str, Truth]:
        """What was written so far, by the id of the answer."""
        with urllib.request.urlopen(self.url.removesuffix("/v1") + "/truth") as response:
            return {each["request_id"]: Truth(**each) for each in json.load(response)}


def tokens_of(number: int, count: int) -> list[str]:
    """The tokens of the answer with this number; no two answers are alike."""
    return [f"Answer{number} ", *(f"{word} " for word in random.Random(number).choices(WORDS, k=count - 1))]


@contextmanager
def served(pace: Pace) -> Iterator[Server]:
    """The server in a process of its own."""
    options = ["--tokens", str(pace.tokens), "--first", str(pace.first_s), "--each", str(pace.each_s)]
    command = [sys.executable, "-m", "tests.bench.truth", *options]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield Server(json.loads(process.stdout.readline())["url"], pace)
        finally:
            process.stdin.close()


def first_token_errors_ms(rows: Iterable[Generation], truths: dict[str, Truth]) -> list[float]:
    """By how much the stored time to first token differs from the server's own, of each row."""
    errors = []
    for row in rows:
        assert row.request_id is not None
        assert row.timing.ttft_s is not None
        truth = truths[row.request_id]
        errors.append(1000 * (row.timing.ttft_s - (truth.first - truth.arrival)))
    return errors


def p99(values: list[float]) -> float:
    """The 99th percentile."""
    return statistics.quantiles(values, n=100)[98]


def cpu_s(pid: int) -> float:
    """CPU seconds that a living process has used, with its threads that have ended (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mib(pid: int, field: str) -> float:
    """VmRSS or VmHWM, the peak, of a process (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(f"{field}:")) / 1024


def main() -> None:
    """Serve numbered answers from the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.truth", description=__doc__)
    parser.add_argument("--tokens", type=int, default=Pace.tokens)
    parser.add_argument("--first", type=float, default=Pace.first_s)
    parser.add_argument("--each", type=float, default=Pace.each_s)
    asked = parser.parse_args()
    numbers = itertools.count(1)

    def answer(_: object) -> Says:
        return Says(tokens_of(next(numbers), asked.tokens), first_s=asked.first, each_s=asked.each)

    gc.collect()
    gc.freeze()
    with NimServer(answer) as server:
        print(json.dumps({"url": server.url}), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
