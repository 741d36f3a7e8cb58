"""Thirty visitors at once, each with an answer that grows: python -m tests.bench.sessions [--sessions N] [--seconds N]

Each is a client of this bench's own that speaks Streamlit's protocol over a websocket: it opens Chat, asks one
question, and a scripted server answers at 20 tokens/s. Counted: the seconds of each stream in which a frame with
new text came, the gaps between such frames (a page looks every 300 ms; what is more is the server's delay), how
long one more visitor's small rerun of Connect takes meanwhile and before, and the CPU of dashboard and worker.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from dataclasses import dataclass, field
from itertools import pairwise
from urllib.parse import urlencode

import aiohttp
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from nim_core.testing import NimServer, Says
from pages.parts.drawing.live import TICK_S
from tests.bench.dashboard import MODEL, cpu_s, dashboard, paragraphs

PROBE_S = 1.0
OVER = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_EARLY_FOR_RERUN)


@dataclass
class Visitor:
    """One session: its websocket, the id of its chat input, and when frames with new text came."""

    socket: aiohttp.ClientWebSocketResponse
    query: str
    page: str
    chat_input: str = ""
    texts: list[float] = field(default_factory=list)

    async def rerun(self, **widgets: str) -> None:
        """Ask for a run of the page's script, with what was typed into the chat input."""
        message = BackMsg()
        message.rerun_script.query_string = self.query
        message.rerun_script.page_name = self.page
        for name, typed in widgets.items():
            message.rerun_script.widget_states.widgets.add(id=name).chat_input_value.data = typed
        await self.socket.send_bytes(message.SerializeToString())

    async def until_over(self) -> None:
        """Read until a run of the script has come to its end."""
        while (message := await self._next()).WhichOneof("type") != "script_finished" or (
            message.script_finished not in OVER
        ):
            pass

    async def until_answered(self) -> None:
        """Read the stream to its end, when the question can be asked again."""
        while (message := await self._next()).delta.new_element.button.label != "Regenerate":
            if "word" in message.delta.new_element.markdown.body:
                self.texts.append(time.monotonic())

    async def _next(self) -> ForwardMsg:
        message = ForwardMsg.FromString(await self.socket.receive_bytes(timeout=120))
        if message.delta.new_element.chat_input.id:
            self.chat_input = message.delta.new_element.chat_input.id
        return message


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.sessions", description=__doc__)
    parser.add_argument("--sessions", type=int, default=30)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--per-second", type=float, default=20.0)
    parser.add_argument("--runs", type=int, default=1)
    asked = parser.parse_args()
    says = Says(paragraphs(round(asked.seconds * asked.per_second)), each_s=1 / asked.per_second)
    print(f"{asked.sessions} sessions, each with {asked.seconds} s of text at {asked.per_second:g} tokens/s")
    for _ in range(asked.runs):
        with NimServer([says]) as server, dashboard(NIM_LAB_ENDPOINTS=server.url) as (address, pid):
            asyncio.run(_run(address, pid, server.url, asked.sessions))


async def _run(address: str, pid: int, url: str, sessions: int) -> None:
    query = urlencode({"endpoint": url, "model": MODEL})
    async with aiohttp.ClientSession() as web:
        prober = await _opened(web, address, "", "")
        alone = await _reruns(prober, 5)
        visitors = [await _opened(web, address, query, "chat") for _ in range(sessions)]
        cpu, began = cpu_s(pid), time.monotonic()
        streams = asyncio.gather(*(_chat(visitor) for visitor in visitors))
        beside: list[float] = []
        while not streams.done():
            beside += await _reruns(prober, 1)
        await streams
        took = time.monotonic() - began
        page, worker = (100 * (after - before) / took for after, before in zip(cpu_s(pid), cpu, strict=True))
    kept = [_seconds_kept(visitor.texts) for visitor in visitors]
    gaps = [1000 * (b - a) for visitor in visitors for a, b in pairwise(visitor.texts)]
    print(
        f"seconds with new text: {min(kept):.1%} in the worst session, {statistics.median(kept):.1%} in the median; "
        f"gap median {statistics.median(gaps):.0f} ms (the page's own {1000 * TICK_S:.0f}), "
        f"p95 {statistics.quantiles(gaps, n=20)[-1]:.0f} ms; a rerun of Connect median "
        f"{statistics.median(beside):.0f} ms, worst {max(beside):.0f} ms (alone {statistics.median(alone):.0f} ms); "
        f"dashboard {page:.1f}% and worker {worker:.1f}% of a core"
    )


async def _opened(web: aiohttp.ClientSession, address: str, query: str, page: str) -> Visitor:
    socket = await web.ws_connect(f"{address.replace('http', 'ws')}/_stcore/stream", protocols=["streamlit"])
    visitor = Visitor(socket, query, page)
    await visitor.rerun()
    await visitor.until_over()
    return visitor


async def _chat(visitor: Visitor) -> None:
    await visitor.rerun(**{visitor.chat_input: "Go on"})
    await visitor.until_answered()


async def _reruns(visitor: Visitor, count: int) -> list[float]:
    """Milliseconds that reruns of the page take, one a second."""
    took = []
    for _ in range(count):
        began = time.monotonic()
        await visitor.rerun()
        await visitor.until_over()
        took.append(1000 * (time.monotonic() - began))
        await asyncio.sleep(PROBE_S)
    return took


def _seconds_kept(texts: list[float]) -> float:
    """The share of the seconds of a stream in which at least one frame with new text came."""
    seconds = {int(moment - texts[0]) for moment in texts}
    return len(seconds) / (int(texts[-1] - texts[0]) + 1)


if __name__ == "__main__":
    main()
