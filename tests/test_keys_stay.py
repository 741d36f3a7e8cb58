"""A key stays in memory: it is in no file, no log, no output and no process's arguments or environment."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from nim_core.catalog.available import listing_of
from nim_core.errors import KINDS
from nim_core.exports import transcript
from nim_core.exports.html_report import to_html
from nim_core.exports.notebook import to_notebook
from nim_core.exports.rows import FORMATS
from nim_core.exports.script import to_script
from nim_core.exports.transcript import Transcript
from nim_core.history import open_history
from nim_core.planning.permalink import encode
from nim_core.settings import Settings
from nim_core.testing import Chunks, Hangs, NimServer, Raw, Says, event
from nim_core.values.endpoints import resolve
from nim_core.values.visitor import Visitor
from nim_core.worker.runs import Runs
from tests.support.running import PATIENCE_S, experiment, is_alive, until

ROOT = Path(__file__).parent.parent
DATA = ROOT / "tests" / "data"
# Another one in each process: tests that run beside this one hand theirs to children.
CANARY = f"nvapi-CANARY-not-a-real-key-{os.getpid():010}"
LINES = [json.loads(line) for name in ("responses", "more_responses") for line in (DATA / f"{name}.jsonl").open("rb")]
# One answer of each kind, by the kind: its name is also the model that is answered so.
REFUSALS = {each["expect"]: each for each in reversed(LINES) if each["expect"] in KINDS}
# What a server may answer that repeats the key it was sent.
ECHOES = {
    "echo-json": Raw(401, json.dumps({"detail": f"Incorrect API key provided: {CANARY}"})),
    "echo-text": Raw(403, f"Bearer {CANARY} is revoked", "text/plain"),
    "echo-html": Raw(502, f"<html><body>Authorization: Bearer {CANARY}</body></html>", "text/html"),
    "echo-redirect": Raw(307, "", headers={"Location": f"http://127.0.0.1:9/v1?key={CANARY}"}),
    "echo-stream": Chunks(
        [event({"content": "Hello"}), b'data: {"error": {"message": "bad key %s"}}\n\n' % CANARY.encode()]
    ),
}
PIECES = ["My key is ", CANARY[:3], CANARY[3:20], CANARY[20:], ", I think. ", CANARY, CANARY[:9]]
ECHOES |= {
    "echo-answer": Chunks(
        [
            event({"reasoning_content": f"Bearer {CANARY}"}),
            *(event({"content": piece}) for piece in PIECES),
            event({}, CANARY),
            b"data: [DONE]\n\n",
        ],
        headers={"x-request-id": CANARY},
    ),
    "echo-broken-off": Chunks([event({"content": piece}) for piece in PIECES], "cut", headers={"nvcf-reqid": CANARY}),
    "echo-headers": Raw(400, '{"message": "no"}', headers={"x-request-id": CANARY, "retry-after": CANARY}),
    "echo-escaped": Raw(400, json.dumps({"message": f"no {CANARY}"}).replace("v", "\\u0076")),
}
ANSWERED = "My key is nvapi-…, I think. nvapi-…nvapi-CAN"
# Every logger at its lowest level, before and after ours is set up.
LOUD = """
import logging
logging.basicConfig(level=logging.DEBUG)
for name in ("openai", "httpx2", "httpcore2", "aiohttp", "asyncio"):
    logging.getLogger(name).setLevel(logging.DEBUG)
"""
COMMANDS = """
import json, sys
from nim_core.terminal.commands import main
for words in json.load(sys.stdin):
    try:
        main(words)
    except SystemExit as end:
        print("exit", end.code, flush=True)
"""
CHECKS = """
import json, sys
from nim_core.logs import guard_logs
guard_logs()
from nim_core.catalog.check import judged
from nim_core.values.experiment import new_trial
from nim_core.worker.runs import Runs
from nim_core.values.visitor import Visitor
asked = json.load(sys.stdin)
runs = Runs()
for model in asked["models"]:
    trial = new_trial(endpoint=asked["url"], model=model, rpm=None)
    view = runs.start(trial, total=1, key=asked["key"], visitor=Visitor("a"))
    view.wait(60)
    print(judged(view))
runs.close()
"""


# Every failure with its values, and with all exceptions that hang on it.
TRACEBACKS = """
import asyncio, json, sys, traceback
from nim_core.errors import CallError
from nim_core.values.dialogue import Message
from nim_core.values.parameters import GenerationParameters
from nim_core.values.request import Request
from nim_core.call.reply import Reply
from nim_core.call.transport import Transport
asked = json.load(sys.stdin)
async def main():
    transport = Transport(asked["url"], asked["key"])
    for model in asked["models"]:
        request = Request(model, (Message("user", "Hi"),), GenerationParameters())
        try:
            await transport.complete(request, Reply(), lambda _piece: None)
        except CallError as error:
            while error is not None:
                traceback.print_exception(error)
                print(error.args, vars(error))
                error = error.__cause__ or error.__context__
    await transport.close()
asyncio.run(main())
"""


@pytest.fixture
def loud(tmp_path, monkeypatch) -> dict[str, str]:
    """An environment in which everything is logged; the processes that are started here get it too."""
    (tmp_path / "loud").mkdir()
    (tmp_path / "loud" / "sitecustomize.py").write_text(LOUD)
    given = {"OPENAI_LOG": "debug", "PYTHONASYNCIODEBUG": "1", "PYTHONPATH": str(tmp_path / "loud")}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return os.environ | given


def refusing(seen):
    """The answer that the model's name asks for."""
    wanted = seen.body["model"]
    if wanted in ECHOES:
        return ECHOES[wanted]
    if wanted in REFUSALS:
        each = REFUSALS[wanted]
        return Raw(each["status"], each["body"], each["content_type"], each["headers"])
    return Says("Hello world")


def exports(asked, rows):
    """Everything that can be taken away from a comparison or a conversation."""
    conversation = Transcript("t", ((asked, rows[0] if rows else None),))
    return b"".join(
        each if isinstance(each, bytes) else str(each).encode()
        for each in (
            *(write(rows) for write in FORMATS.values()),
            to_html(asked, rows),
            to_notebook(asked, rows),
            to_script(asked),
            encode(asked),
            transcript.to_json(conversation),
            transcript.to_markdown(conversation),
            transcript.to_python(conversation, lambda name: name),
        )
    )


def files_with_the_key(folder):
    return [path for path in folder.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()]


def processes_with_the_key(*, but=()):
    """Processes whose arguments or environment hold the key."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            shown = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
        if CANARY.encode() in shown and int(folder.name) not in but:
            found.append(folder.name)
    return found


def python(code, given, environment):
    """Run a program and give what it wrote, on both channels."""
    ran = subprocess.run(
        [sys.executable, "-c", code],
        input=json.dumps(given),
        text=True,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=PATIENCE_S,
    )
    assert ran.returncode == 0, ran.stdout
    return ran.stdout


def test_the_terminal_shows_and_writes_the_key_nowhere_whatever_the_server_answers(tmp_path, loud):
    models = ["ok", *ECHOES, *(kind for kind in REFUSALS if not KINDS[kind].retried)]
    with NimServer(refusing) as server, NimServer(key="nvapi-another") as closed:
        asks = ["--endpoint", server.url, "--model"]
        few = ["--repeats", "1", "--warmup", "0", "--concurrency", "2"]
        commands = [["chat", "Hi", *asks, model] for model in models if model != "echo-html"]
        commands += [
            ["compare", "--prompt", "Hi", *asks, "ok", *few, "--out", str(tmp_path / f"rows.{ending}")]
            for ending in ("csv", "json", "jsonl", "parquet")
        ]
        commands += [
            ["compare", "--prompt", "Hi", *asks, "echo-json", *few],
            ["compare", "--prompt", "Hi", *asks, "echo-stream", *few, "--out", str(tmp_path / "refused.csv")],
            ["models", "--endpoint", server.url],
            ["models", "--endpoint", closed.url],
            ["chat", "Hi", "--endpoint", closed.url],
            ["compare", "--prompt", "Hi", "--endpoint", closed.url],
        ]
        said = python(COMMANDS, commands, loud | {"NVIDIA_API_KEY": CANARY})
        assert f"Bearer {CANARY}" in {seen.headers.get("Authorization") for seen in server.seen}
    assert said.count("exit 0") >= 6
    assert said.count("exit 1") >= len(models) - 1
    assert CANARY not in said
    assert files_with_the_key(tmp_path) == []


def test_the_check_of_a_key_shows_and_writes_it_nowhere_whatever_the_server_answers(tmp_path, loud):
    models = ["ok", *ECHOES, *REFUSALS]
    with NimServer(refusing) as server:
        said = python(CHECKS, {"url": server.url, "key": CANARY, "models": models}, loud)
        assert {seen.headers["Authorization"] for seen in server.seen} == {f"Bearer {CANARY}"}
    assert said.count("KeyCheck(") == len(models)
    assert CANARY not in said
    assert files_with_the_key(tmp_path) == []


def test_the_worker_shows_and_writes_the_key_nowhere_whatever_the_server_answers(tmp_path, loud, capfd):
    runs = Runs()
    with NimServer(refusing) as server:
        asked = {model: experiment(server, model=model, repeats=1) for model in ("ok", *ECHOES, *REFUSALS)}
        views = {model: runs.start(each, total=2, key=CANARY, visitor=Visitor("a")) for model, each in asked.items()}
        waiting = {"echo-html", *(kind for kind in REFUSALS if KINDS[kind].retried)}
        for model in views.keys() - waiting:
            views[model].wait(PATIENCE_S)
        assert processes_with_the_key() == []
        # The others would be sent again after seconds or minutes: stopped, the failure that they met is stored.
        for model in waiting:
            runs.stop(asked[model].id)
            views[model].wait(PATIENCE_S)
        runs.close()
    history = open_history(Settings())
    kept = {model: history.experiments.generations(each.id) for model, each in asked.items()}
    history.close()
    errors = {row.error for rows in kept.values() for row in rows}
    assert {row.text for row in kept["echo-answer"]} == {ANSWERED}
    assert {row.reasoning for row in kept["echo-answer"]} == {"Bearer nvapi-…"}
    assert {row.request_id for row in kept["echo-answer"]} == {"nvapi-…"}
    assert {row.text for row in kept["echo-broken-off"]} == {ANSWERED}
    for model, each in asked.items():
        assert CANARY.encode() not in exports(each, kept[model]), model
    assert REFUSALS.keys() <= errors
    assert CANARY not in repr(views) + "".join(capfd.readouterr())
    assert files_with_the_key(tmp_path) == []


def test_a_list_of_models_that_repeats_the_key_is_shown_and_kept_without_it(tmp_path, settings):
    models = [{"id": f"a/{CANARY}", "owned_by": CANARY}, "calm"]
    history = open_history(settings)
    with NimServer(models=models) as server:
        place = resolve(server.url)
        listing = listing_of(place, CANARY, settings, history.sightings, history.meter.fingerprint(CANARY))
    history.close()
    assert [(each.id, each.publisher) for each in listing.models] == [("a/nvapi-…", "nvapi-…"), ("calm", "calm")]
    assert files_with_the_key(tmp_path) == []


def test_a_failed_call_printed_with_all_its_causes_shows_no_key(loud):
    with NimServer(refusing) as server:
        models = [*(name for name in ECHOES if name not in ("echo-answer",)), *REFUSALS]
        said = python(TRACEBACKS, {"url": server.url, "key": CANARY, "models": models}, loud)
    assert said.count("Traceback") >= len(models)
    assert CANARY not in said


def test_a_killed_worker_leaves_the_key_nowhere(tmp_path, loud, capfd):
    runs = Runs()
    with NimServer([Says("kept"), Hangs()]) as server:
        view = runs.start(experiment(server), total=4, key=CANARY, visitor=Visitor("a"))
        until(lambda: len(server.bodies) == 2)
        worker = runs.worker_pid
        assert processes_with_the_key() == []
        os.kill(worker, signal.SIGKILL)
        view.wait(PATIENCE_S)
    until(lambda: not is_alive(worker))
    assert CANARY not in repr(view) + "".join(capfd.readouterr())
    assert files_with_the_key(tmp_path) == []


def test_a_worker_that_cannot_read_an_order_ends_without_showing_its_key(loud):
    order = json.dumps({"key": CANARY, "do": "start", "session": "a"}) + "\n"
    ended = subprocess.run(
        [sys.executable, "-m", "nim_core.worker", str(os.getpid())],
        input=order.encode(),
        cwd=ROOT,
        env=loud,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=PATIENCE_S,
    )
    assert b"StartOrder" in ended.stdout
    assert CANARY[:12].encode() not in ended.stdout  # a value that is shown is shortened


GUARDED = """
import logging, sys
from nim_core.logs import HELD, guard_logs
from nim_core.values.visitor import Visitor
guard_logs()
import openai
key = sys.stdin.read()
logging.getLogger("other").warning("Bearer %s", key)
logging.getLogger("other").debug({"Authorization": f"Bearer {key}"})
logging.getLogger("other").error("%d", key)
try:
    raise ValueError(f"api_key={key}")
except ValueError:
    logging.getLogger("another").exception("It failed")
later = logging.StreamHandler()
logging.getLogger("other").addHandler(later)
logging.getLogger("other").critical(key)
for name in HELD:
    assert logging.getLogger(name).getEffectiveLevel() == logging.WARNING, name
"""


def test_whatever_is_logged_by_whomever_holds_no_key(loud):
    ended = subprocess.run(
        [sys.executable, "-c", GUARDED], input=CANARY, text=True, cwd=ROOT, env=loud, stderr=subprocess.PIPE
    )
    assert ended.returncode == 0, ended.stderr
    assert CANARY not in ended.stderr
    assert ended.stderr.count("…") >= 6
    assert "It failed" in ended.stderr
    assert "ValueError" in ended.stderr
