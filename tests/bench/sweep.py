"""One sweep through the whole product path, beside the SDK's own stream and bare aiohttp: python -m tests.bench.sweep

Ours is what the dashboard does: Runs starts the worker, which measures and stores each answer in SQLite, and this
process reads its events. The window ends when all is stored and told. First-token errors are against the server's
record, paired by the answer's id; CPU and memory are the worker's.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import openai

from nim_core.history import open_history
from nim_core.settings import Settings
from nim_core.values.dialogue import Message
from nim_core.values.experiment import new_experiment
from nim_core.values.parameters import GenerationParameters
from nim_core.values.request import Request
from nim_core.values.sets import grid
from nim_core.values.visitor import Visitor
from nim_core.worker.runs import Runs
from tests.bench.truth import ROOT, Pace, Server, cpu_s, first_token_errors_ms, memory_mib, p99, served

SETS = grid(temperature=[0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 1.4])
REQUEST = Request("m", (Message("user", "What is GPU?"),), GenerationParameters(temperature=0.2))
IMPORTS = "import nim_core.worker.process; print(open('/proc/self/status').read())"

Seen = tuple[str, float]
"""An answer's id and its seconds to the first token."""


@dataclass
class Client:
    """What was measured of one client, one value a round; first-token errors of all rounds together."""

    windows: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    errors_ms: list[float] = field(default_factory=list)


def ours(client: Client, runs: Runs, server: Server, repeats: int, at_once: int) -> None:
    """The product path: one experiment in the worker process, to the end of its run."""
    experiment = new_experiment(
        "What is GPU?", SETS, endpoint=server.url, model="m", repeats=repeats, concurrency=at_once
    )
    runs.start_worker()
    pid = runs.worker_pid
    assert pid is not None
    began, known, requests = cpu_s(pid), set(server.truths()), len(SETS) * repeats
    view = runs.start(experiment, total=requests, key=None, visitor=Visitor("bench"))
    view.wait(600)
    ended = time.monotonic()
    client.cpu.append(cpu_s(pid) - began)
    history = open_history(Settings())
    rows = history.experiments.generations(experiment.id)
    history.close()
    assert len(rows) == requests
    assert all(row.status == "ok" for row in rows)
    truths = server.truths()
    client.windows.append(ended - min(truths[row.request_id or ""].arrival for row in rows))
    client.errors_ms += first_token_errors_ms(rows, truths)
    assert len(truths) - len(known) == requests + 1


def peer(
    client: Client,
    work: Callable[[Server, int, int], Awaitable[list[Seen]]],
    server: Server,
    requests: int,
    at_once: int,
) -> None:
    """A client in this process."""
    began = time.process_time()
    seen = asyncio.run(_frozen(work(server, requests, at_once)))
    ended = time.monotonic()
    client.cpu.append(time.process_time() - began)
    truths = server.truths()
    client.windows.append(ended - min(truths[id_].arrival for id_, _ in seen))
    client.errors_ms += [1000 * (ttft - (truths[id_].first - truths[id_].arrival)) for id_, ttft in seen]


async def _frozen(work: Awaitable[list[Seen]]) -> list[Seen]:
    gc.collect()
    gc.freeze()  # as the worker does after its imports
    return await work


async def sdk(server: Server, requests: int, at_once: int) -> list[Seen]:
    client = openai.AsyncOpenAI(api_key="not-needed", base_url=server.url, max_retries=0)

    async def one() -> Seen:
        ttft, text, began = None, "", time.monotonic()
        stream = await client.chat.completions.create(**REQUEST.body())
        async for chunk in stream:
            if chunk.choices and chunk.choices[0].delta.content:
                ttft = ttft or time.monotonic() - began
                text += chunk.choices[0].delta.content
        assert ttft is not None
        return stream.response.headers["x-request-id"], ttft

    return await _many(one, requests, at_once, client.close)


async def bare(server: Server, requests: int, at_once: int) -> list[Seen]:
    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=512))

    async def one() -> Seen:
        ttft, text, began = None, "", time.monotonic()
        async with session.post(f"{server.url}/chat/completions", json=REQUEST.body()) as response:
            async for line in response.content:
                if line.startswith(b"data: {"):
                    choices = json.loads(line[6:])["choices"]
                    if choices and (content := choices[0]["delta"].get("content")):
                        ttft = ttft or time.monotonic() - began
                        text += content
        assert ttft is not None
        return response.headers["x-request-id"], ttft

    return await _many(one, requests, at_once, session.close)


async def _many(
    one: Callable[[], Awaitable[Seen]], requests: int, at_once: int, close: Callable[[], Awaitable[None]]
) -> list[Seen]:
    await one()  # the warm-up, as ours has one
    gate = asyncio.Semaphore(at_once)

    async def gated() -> Seen:
        async with gate:
            return await one()

    seen = await asyncio.gather(*(gated() for _ in range(requests)))
    await close()
    return list(seen)


def _memory_of_imports() -> float:
    """Peak MiB of a Python that has only made the worker's imports."""
    printed = subprocess.run([sys.executable, "-c", IMPORTS], cwd=ROOT, capture_output=True, text=True, check=True)
    return next(int(line.split()[1]) for line in printed.stdout.splitlines() if line.startswith("VmHWM")) / 1024


def main() -> None:
    """Measure in alternating rounds and print a table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.sweep", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--repeats", type=int, default=16)
    parser.add_argument("--at-once", type=int, default=16)
    asked = parser.parse_args()
    requests, pace = len(SETS) * asked.repeats, Pace()
    clients = {"openai, its own stream": Client(), "NIM Lab": Client(), "aiohttp alone": Client()}
    with tempfile.TemporaryDirectory() as folder, served(pace) as server:
        os.environ["NIM_LAB_STORE"] = f"sqlite:///{Path(folder) / 'history.sqlite3'}"
        runs = Runs()
        # The dashboard starts its worker long before anybody presses Run; peers have made their imports too.
        ours(Client(), runs, server, 1, asked.at_once)
        work: dict[str, Callable[[Client], None]] = {
            "openai, its own stream": lambda client: peer(client, sdk, server, requests, asked.at_once),
            "NIM Lab": lambda client: ours(client, runs, server, asked.repeats, asked.at_once),
            "aiohttp alone": lambda client: peer(client, bare, server, requests, asked.at_once),
        }
        for number in range(asked.rounds):
            names = list(clients)
            for name in names[number % 3 :] + names[: number % 3]:
                work[name](clients[name])
        assert runs.worker_pid is not None
        above = memory_mib(runs.worker_pid, "VmHWM") - _memory_of_imports()
        runs.close()
    _report(clients, requests, asked.at_once, pace, above)


def _report(clients: dict[str, Client], requests: int, at_once: int, pace: Pace, above: float) -> None:
    ideal, chunks = pace.ideal_s(requests, at_once), (requests + 1) * pace.tokens
    base = statistics.median(clients["openai, its own stream"].cpu)
    print(f"{requests} requests, {at_once} at once, {pace.tokens} tokens; ideal window {ideal:.2f} s")
    print(f"{'median of the rounds (worst)':26}{'window / ideal':>16}{'us / chunk':>14}{'CPU / SDK':>11}", end="")
    print(f"{'first token, ms: median':>25}{'p99':>7}{'worst':>7}")
    for name, client in clients.items():
        windows, cpu, late = client.windows, client.cpu, client.errors_ms
        print(f"{name:26}{statistics.median(windows) / ideal:8.3f} ({max(windows) / ideal:.3f})", end="")
        print(f"{statistics.median(cpu) / chunks * 1e6:8.0f} ({max(cpu) / chunks * 1e6:3.0f})", end="")
        print(f"{statistics.median(cpu) / base:11.2f}{statistics.median(late):25.2f}{p99(late):7.1f}{max(late):7.1f}")
    print(f"The worker's peak memory above its imports: {above:.1f} MiB")


if __name__ == "__main__":
    main()
