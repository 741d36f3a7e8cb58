"""CPU per streamed chunk: our transport beside the SDK's own stream and bare aiohttp, in alternating runs.

    python tests/bench/transport.py [--requests 128] [--at-once 16] [--tokens 64] [--rounds 5]

The server runs in a process of its own; first-token errors are against its record on the same monotonic clock.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Awaitable, Callable

import aiohttp
import openai

from nim_core.experiment import Message
from nim_core.parameters import GenerationParameters
from nim_core.protocol.request import Request
from nim_core.protocol.stream import Reply
from nim_core.transport import Transport

REQUEST = Request("m", (Message("user", "Hi"),), GenerationParameters(temperature=0.2))
Client = Callable[[], Awaitable[float]]


async def ours(url: str, at_once: int, requests: int) -> list[float]:
    transport = Transport(url, None)

    async def one() -> float:
        reply = Reply()
        began = time.monotonic()
        await transport.complete(REQUEST, reply, lambda _text, _reasoning: None)
        assert reply.timing.ttft_s is not None
        return began + reply.timing.ttft_s

    return await many(one, at_once, requests, transport.close)


async def sdk(url: str, at_once: int, requests: int) -> list[float]:
    client = openai.AsyncOpenAI(api_key="not-needed", base_url=url, max_retries=0)

    async def one() -> float:
        first = None
        text = ""
        async for chunk in await client.chat.completions.create(**REQUEST.body()):
            if chunk.choices and chunk.choices[0].delta.content:
                first = first or time.monotonic()
                text += chunk.choices[0].delta.content
        assert first is not None
        return first

    return await many(one, at_once, requests, client.close)


async def bare(url: str, at_once: int, requests: int) -> list[float]:
    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=512))

    async def one() -> float:
        first = None
        async with session.post(f"{url}/chat/completions", json=REQUEST.body()) as response:
            async for line in response.content:
                if line.startswith(b"data: {"):
                    choices = json.loads(line[6:])["choices"]
                    if choices and choices[0]["delta"].get("content"):
                        first = first or time.monotonic()
        assert first is not None
        return first

    return await many(one, at_once, requests, session.close)


async def many(one: Client, at_once: int, requests: int, close: Callable[[], Awaitable[None]]) -> list[float]:
    await one()
    gc.collect()
    gc.freeze()  # as the worker does after its imports
    gate = asyncio.Semaphore(at_once)

    async def gated() -> float:
        async with gate:
            return await one()

    firsts = await asyncio.gather(*(gated() for _ in range(requests)))
    await close()
    return list(firsts)


def truths(url: str) -> list[float]:
    with urllib.request.urlopen(url.removesuffix("/v1") + "/truth") as response:
        return [each["first"] for each in json.load(response)]


def errors_ms(seen: list[float], true: list[float]) -> list[float]:
    """First-token errors: the runs send alike, so that the order of arrivals pairs them."""
    return [(mine - its) * 1000 for mine, its in zip(sorted(seen), sorted(true)[-len(seen) :], strict=True)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=128)
    parser.add_argument("--at-once", type=int, default=16)
    parser.add_argument("--tokens", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    command = [sys.executable, "-m", "nim_core.testing", "--tokens", str(asked.tokens)]
    clients = {"openai, its own stream": sdk, "NIM Lab": ours, "aiohttp alone": bare}
    cpu: dict[str, list[float]] = {name: [] for name in clients}
    late: dict[str, list[float]] = {name: [] for name in clients}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        url = json.loads(server.stdout.readline())["url"]
        for _ in range(asked.rounds):
            for name, client in clients.items():
                before, began = len(truths(url)), time.process_time()
                seen = asyncio.run(client(url, asked.at_once, asked.requests))
                cpu[name].append(time.process_time() - began)
                late[name] += errors_ms(seen, truths(url)[before:])
        server.stdin.close()
    chunks = (asked.requests + 1) * asked.tokens
    base = statistics.median(cpu["openai, its own stream"])
    sys.stdout.write(f"{'client':24}{'CPU s':>8}{'us/chunk':>10}{'/ SDK':>8}{'first token ms: median':>24}{'p99':>8}\n")
    for name in clients:
        spent = statistics.median(cpu[name])
        p99 = statistics.quantiles(late[name], n=100)[98]
        shown = f"{spent:8.2f}{spent / chunks * 1e6:10.0f}{spent / base:8.2f}"
        sys.stdout.write(f"{name:24}{shown}{statistics.median(late[name]):24.1f}{p99:8.1f}\n")


if __name__ == "__main__":
    main()
