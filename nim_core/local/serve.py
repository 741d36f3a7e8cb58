"""Serves the built-in model on 127.0.0.1, in the process that calls it, and ends with its parent.

`python -m nim_core.local.serve PARENT` is the child of nim_core.local.server: it reads one JSON line from stdin
({"gguf", "key", "port"}), answers one JSON line on stdout ({"url"} or {"error"}) and serves until stdin closes or
PARENT is no longer its parent.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from nim_core.children import watch_parent
from nim_core.errors import LocalModelError
from nim_core.words import N_, Sentence

from .weights import model_id

HOST = "127.0.0.1"
SLOTS = 4
SLOT_TOKENS = 2048
EVERY_FIELD = -1  # all bits set
POLL_S = 1.0


def serve(
    gguf: Path, *, key: str | None, on_ready: Callable[[str], None], port: int = 0, ended: threading.Event | None = None
) -> NoReturn:
    """Serves `gguf` until `ended` is set or Ctrl-C is pressed, then ends this process (exit code 0 or 130).

    `on_ready` is told the base URL, as "http://127.0.0.1:40123/v1". Port 0 is a free one. Without a `key`
    every program on this machine may ask, as is usual for a local server. It never returns:
    llama.cpp's own shutdown waits without end for an answer in progress. Raises LocalModelError when it
    cannot start.
    """
    server = _start(gguf, key, port)
    ended, code = ended or threading.Event(), 0
    try:
        on_ready(f"{server.listening_address}/v1")
        # In turns: a Ctrl-C that comes just before an endless wait begins would not end it.
        while not ended.wait(POLL_S):
            pass
    except KeyboardInterrupt:
        code = 130
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def thread_count() -> int:
    """The threads that llama.cpp computes with: all cores but one, at least 1 and at most 8.

    Its threads wait for each other by spinning: with one thread a core, any other work on the machine (the
    page that draws the answers) stalls all of them. Measured on two cores, tokens/s at the median: 2 threads
    158 alone and 36 beside one busy process (0.7 at worst); 1 thread 129 and 127.
    """
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    return max(1, min(8, cores - 1))


def run_child() -> None:
    """The child's work: takes its order from stdin, tells its address, serves until its parent is gone."""
    # llama.cpp may print: only our one line may reach the pipe that the parent reads.
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    line = sys.stdin.buffer.readline()
    if not line:
        return
    order = json.loads(line)
    ended = threading.Event()
    watch_parent(int(sys.argv[1]), ended.set)

    def tell(message: dict[str, str]) -> None:
        print(json.dumps(message), file=answer, flush=True)

    try:
        serve(
            Path(order["gguf"]),
            key=order["key"],
            port=order["port"],
            on_ready=lambda url: tell({"url": url}),
            ended=ended,
        )
    except LocalModelError as problem:
        tell({"error": str(problem)})
        sys.exit(2)


def parameters(gguf: Path, key: str | None, port: int) -> Any:
    """What llama.cpp's server is told. Raises LocalModelError where xllamacpp cannot be loaded."""
    try:
        import xllamacpp
    except ImportError as problem:
        raise LocalModelError(
            N_(
                "The package xllamacpp, which runs the built-in model, cannot be loaded ({reason}). "
                "Install it with `pip install -r requirements.txt`. The other endpoints go on working without it."
            ),
            reason=problem,
        ) from problem
    params = xllamacpp.CommonParams()
    params.model.path = str(gguf)
    params.model_alias = {model_id(gguf)}
    params.offline = True
    params.hostnames, params.port, params.api_keys = [HOST], port, [key] if key else []
    params.ui = params.endpoint_slots = params.endpoint_props = params.endpoint_metrics = False
    # No page of another origin may read an answer: the default allows every origin, with credentials.
    params.cors_origins, params.cors_credentials = f"http://{HOST}", False
    # With a unified cache, runs of one seed that share a batch give different texts.
    params.n_parallel, params.n_ctx, params.kv_unified = SLOTS, SLOTS * SLOT_TOKENS, False
    # Each slot keeps its prompt; the store of past prompts beside the slots may grow to 8 GB by default.
    params.cache_prompt, params.cache_ram_mib = True, 0
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = thread_count()
    params.verbosity = 1  # errors alone
    _make_neutral(params.sampling)
    return params


def _make_neutral(sampling: Any) -> None:
    """What a request does not send does nothing, and what it sends works in the order of vLLM, and so of NIM."""
    sampling.temp, sampling.top_k, sampling.top_p, sampling.min_p = 1.0, 0, 1.0, 0.0
    # All that a slot can hold. -1, said to mean just that, turns every penalty off.
    sampling.penalty_last_n = SLOT_TOKENS
    sampling.samplers = "penalties;temperature;min_p;top_k;top_p"
    # All of this counts as asked for: a model file may carry values of its own, which would take its place.
    sampling.user_sampling_config = EVERY_FIELD


def _start(gguf: Path, key: str | None, port: int) -> Any:
    params = parameters(gguf, key, port)
    _check_port(port)
    from xllamacpp import Server

    try:
        return Server(params)
    except RuntimeError as problem:
        raise LocalModelError(
            N_("llama.cpp could not load {file}: the file is damaged, or too big for memory."), file=gguf
        ) from problem


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        if os.name == "posix":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as problem:
            why = getattr(problem, "strerror", None) or Sentence(N_("a port is a number from 0 to 65535"))
            raise LocalModelError(
                N_(
                    "Port {port} of {host} cannot be used: {reason}. "
                    "Choose another with --port, or leave --port out for a free one."
                ),
                port=str(port),
                host=HOST,
                reason=why,
            ) from problem


if __name__ == "__main__":
    run_child()
