"""A scripted NIM server for tests: real HTTP on loopback, answers as told, and a record of what was asked.

python -m nim_core.testing --port 0      serve until stdin closes; the first line of stdout is {"url": …}
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from types import TracebackType
from typing import Any

import orjson
from aiohttp import web

from .scripted import Answer, Chunks, Hangs, Raw, Says, Truth, event, send

__all__ = ["Answer", "Chunks", "Hangs", "NimServer", "Raw", "Received", "Says", "Truth", "event"]

Script = Sequence[Answer] | Callable[["Received"], Answer]
DEFAULT_SCRIPT = (Says("Hello world"),)
DEFAULT_MODELS = ("meta/llama-3.1-8b-instruct", "nvidia/nemotron-mini-4b-instruct", "nvidia/nv-embedqa-e5-v5")


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it came: `body` is its JSON, None where there was none; `arrived` on time.monotonic()."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Any
    arrived: float


class NimServer:
    """An OpenAI-compatible server in a thread of its own, that answers chat calls from a script.

    `script` holds answers used in turn, the last one again and again, or a function from what was asked
    to the answer. `models` are ids, listed as NVIDIA's catalog does, or whole list items. With `key`,
    other keys meet the refusals of the hosted catalog. `seen` is what was asked and `truth` when each
    streamed answer was written.

    >>> with NimServer([Says("Hello world")]) as server:
    ...     server.url.startswith("http://127.0.0.1:")
    True
    """

    def __init__(
        self,
        script: Script = DEFAULT_SCRIPT,
        *,
        models: Sequence[str | Mapping[str, Any]] = DEFAULT_MODELS,
        key: str | None = None,
        port: int = 0,
    ) -> None:
        self.seen: list[Received] = []
        self.truth: list[Truth] = []
        self.url = ""
        self._script = script
        self._models = models
        self._key = key
        self._port = port
        self._answered = 0
        self._loop = asyncio.new_event_loop()
        self._stopping = asyncio.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="nim-server", daemon=True)

    def __enter__(self) -> NimServer:
        self._thread.start()
        self._ready.wait()
        if not self.url:
            self._thread.join()
            raise OSError(f"The server cannot listen on port {self._port}; choose another, or 0 for a free one.")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()

    def change_script(self, script: Script) -> None:
        """Answer from another script from now on, beginning at its start."""
        self._script, self._answered = script, 0

    @property
    def bodies(self) -> list[Any]:
        """The JSON bodies of the chat calls, in their order."""
        return [seen.body for seen in self.seen if seen.method == "POST"]

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._ready.set()
            self._loop.close()

    async def _serve(self) -> None:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_post("/v1/chat/completions", self._chat)
        app.router.add_get("/v1/models", self._list)
        app.router.add_get("/truth", self._tell)
        app.router.add_route("*", "/{path:.*}", self._unknown)
        # A handler that hangs must end with its client, and no log line belongs in a test's output.
        runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await runner.setup()
        try:
            site = web.TCPSite(runner, "127.0.0.1", self._port, backlog=1024)
            with contextlib.suppress(OSError):  # said by __enter__, in the thread that asked
                await site.start()
            if not runner.addresses:
                return
            self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
            self._ready.set()
            await self._stopping.wait()
        finally:
            await runner.cleanup()

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        seen = await self._note(request)
        refusal = self._refusal(seen)
        if refusal is not None:
            return refusal
        if callable(self._script):
            answer = self._script(seen)
        else:
            answer = self._script[min(self._answered, len(self._script) - 1)]
        self._answered += 1
        return await send(answer, request, seen.body, seen.arrived, self.truth)

    async def _list(self, request: web.Request) -> web.Response:
        await self._note(request)
        items = [_catalog_item(model) if isinstance(model, str) else dict(model) for model in self._models]
        return web.Response(body=orjson.dumps({"object": "list", "data": items}), content_type="application/json")

    async def _tell(self, _: web.Request) -> web.Response:
        body = orjson.dumps([asdict(each) for each in self.truth])
        return web.Response(body=body, content_type="application/json")

    async def _unknown(self, request: web.Request) -> web.Response:
        await self._note(request)
        return web.Response(status=404, text="404 page not found")

    async def _note(self, request: web.Request) -> Received:
        arrived = time.monotonic()
        raw = await request.read()
        try:
            body = orjson.loads(raw) if raw else None
        except orjson.JSONDecodeError:
            body = None
        seen = Received(request.method, request.path, dict(request.headers), body, arrived)
        self.seen.append(seen)
        return seen

    def _refusal(self, seen: Received) -> web.Response | None:
        """What the hosted catalog answers to a call without its key."""
        given = seen.headers.get("Authorization")
        if self._key is None or given == f"Bearer {self._key}":
            return None
        if given is None:
            return web.Response(status=401, text="Header of type `authorization` was missing")
        wrong = given.startswith("Bearer nvapi-")
        title, detail = ("Forbidden", "Authorization failed") if wrong else ("Unauthorized", "Authentication failed")
        status = 403 if wrong else 401
        body = orjson.dumps({"status": status, "title": title, "detail": detail})
        return web.Response(status=status, body=body, content_type="application/json")


def _catalog_item(model: str) -> dict[str, Any]:
    return {"id": model, "object": "model", "created": 735790403, "owned_by": model.split("/")[0]}


def main() -> None:
    """Serve one scripted answer from the command line until stdin closes."""
    parser = argparse.ArgumentParser(prog="python -m nim_core.testing", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--tokens", type=int, default=64, help="tokens in an answer")
    parser.add_argument("--first", type=float, default=0.1, help="seconds to the first token")
    parser.add_argument("--each", type=float, default=0.01, help="seconds from token to token")
    asked = parser.parse_args()
    says = Says([f"word{number} " for number in range(asked.tokens)], first_s=asked.first, each_s=asked.each)
    with NimServer([says], port=asked.port) as server:
        sys.stdout.write(orjson.dumps({"url": server.url}).decode() + "\n")
        sys.stdout.flush()
        sys.stdin.read()
