"""Which slots, threads and batches suit the built-in model: python -m tests.bench.local_model [--runs N]

For each setting the model is started anew, warmed up, and asked for answers of 96 tokens, one at once and four
at once; then again beside a process that keeps one core busy, as a page that draws charts does. Told: tokens/s
in total and the median first token, over the runs, which go through all settings in turn.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from nim_core.call.reply import Reply
from nim_core.call.transport import Transport
from nim_core.local.serve import SLOT_TOKENS, parameters, thread_count
from nim_core.local.weights import MODEL_ID, ensure_weights
from nim_core.settings import Settings
from nim_core.values.dialogue import Message
from nim_core.values.parameters import GenerationParameters
from nim_core.values.request import Request
from tests.bench.dashboard import ROOT, spread

TOKENS = 96
PROMPT = "Tell a long story about a lighthouse keeper, in many sentences."

# It ends with its parent, however that ends.
BUSY = """
import os, sys, threading
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0))).start()
while True: pass
"""


@dataclass(frozen=True, slots=True)
class Setting:
    """Slots, threads, and tokens computed in one go."""

    slots: int = 4
    threads: int = 1
    ubatch: int = 512


SETTINGS = (
    *(Setting(slots) for slots in (4, 2, 8)),
    Setting(threads=2),
    *(Setting(ubatch=ubatch) for ubatch in (64, 2048)),
)


def main() -> None:
    """Measure in alternating runs and print a table, or serve one setting."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.local_model", description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--serve", type=json.loads, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve:
        _serve(Setting(**asked.serve))
    ensure_weights(Settings(), lambda _progress: None)
    found: dict[Setting, list[list[tuple[float, float]]]] = {setting: [] for setting in SETTINGS}
    for _ in range(asked.runs):
        for setting, runs in found.items():
            with _served(setting) as url:
                alone = asyncio.run(_measured(url))
                with _busy():
                    runs.append([*alone, *asyncio.run(_measured(url))])
    print(f"{os.cpu_count()} cores, default threads {thread_count()}; median (range) of {asked.runs} runs")
    heads = [f"{at_once} at once{beside}" for beside in ("", ", busy") for at_once in (1, 4)]
    print(f"{'slots threads ubatch':22}" + "".join(f"{head:>40}" for head in heads))
    for setting, runs in found.items():
        rates = [spread([run[place][0] for run in runs]) for place in range(len(heads))]
        firsts = [1000 * statistics.median(run[place][1] for run in runs) for place in range(len(heads))]
        cells = [f"{rate} tokens/s, {first:.0f} ms" for rate, first in zip(rates, firsts, strict=True)]
        print(f"{setting.slots:5}{setting.threads:8}{setting.ubatch:7}  " + "".join(f"{cell:>40}" for cell in cells))


async def _measured(url: str) -> list[tuple[float, float]]:
    """Tokens/s in total and seconds to the first token at the median, one at once and four at once."""
    transport = Transport(url, None)
    await asyncio.gather(*(_answer(transport, seed, 8) for seed in range(4)))
    found = []
    for at_once in (1, 4):
        began = time.monotonic()
        replies = await asyncio.gather(*(_answer(transport, 100 + seed, TOKENS) for seed in range(at_once)))
        took = time.monotonic() - began
        tokens = sum(reply.usage.completion_tokens or 0 for reply in replies)
        found.append((tokens / took, statistics.median(reply.timing.ttft_s or 0.0 for reply in replies)))
    await transport.close()
    return found


async def _answer(transport: Transport, seed: int, tokens: int) -> Reply:
    values = GenerationParameters(temperature=0.8, seed=seed, max_tokens=tokens)
    reply = Reply()
    await transport.complete(Request(MODEL_ID, (Message("user", PROMPT),), values), reply, lambda _piece: None)
    return reply


@contextmanager
def _served(setting: Setting) -> Iterator[str]:
    command = [sys.executable, "-m", "tests.bench.local_model", "--serve", json.dumps(asdict(setting))]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["url"]
        process.stdin.close()


def _serve(setting: Setting) -> None:
    import xllamacpp

    params = parameters(ensure_weights(Settings(), lambda _progress: None), None, 0)
    params.n_parallel, params.n_ctx = setting.slots, setting.slots * SLOT_TOKENS
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = setting.threads
    params.n_batch = params.n_ubatch = setting.ubatch
    server = xllamacpp.Server(params)
    print(json.dumps({"url": f"{server.listening_address}/v1"}), flush=True)
    sys.stdin.read()
    os._exit(0)


@contextmanager
def _busy() -> Iterator[None]:
    with subprocess.Popen([sys.executable, "-c", BUSY], stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        yield
        process.stdin.close()


if __name__ == "__main__":
    main()
