"""What breaks in the middle of a run: no finished answer is lost, none is half written, and the rest can be run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from nim_core.history import open_history
from nim_core.settings import Settings
from nim_core.testing import Chunks, Hangs, NimServer, Says, event
from nim_core.values.events import Notice
from nim_core.values.experiment import new_experiment
from nim_core.values.sets import grid
from nim_core.values.visitor import Visitor
from nim_core.worker.runs import Runs
from tests.support.running import PATIENCE_S, children_of, experiment, is_alive, rows_of, run, until


@pytest.fixture
def runs():
    made = Runs()
    yield made
    made.close()


def test_a_network_that_is_cut_keeps_the_partial_answer_and_resume_sends_what_never_arrived(runs):
    answers = [Says("whole"), Says("whole"), Chunks([event({"content": "partial"})], then="hang")]
    with NimServer(answers) as server:
        asked = experiment(server)
        view = runs.start(asked, total=4, key=None, visitor=Visitor("a"))
        until(lambda: any(pane.text == "partial" for pane in view.look().panes))
    view.wait(PATIENCE_S)
    cut = rows_of(asked)
    assert [(row.text, row.error) for row in cut] == [
        ("whole", None),
        ("whole", None),
        ("partial", "stream_truncated"),
        ("", "network"),
    ]
    with NimServer([Says("later")], port=int(server.url.split(":")[2].split("/")[0])) as server:
        assert run(runs, asked, cut).ended.outcome == "done"
        assert len(server.bodies) == 1
    assert [row.text for row in rows_of(asked)] == ["whole", "whole", "partial", "later"]


# A server of the dashboard without its pages: it starts a run in its worker and waits.
SERVER = """
import sys
from nim_core.history import open_history
from nim_core.worker.runs import Runs
from nim_core.settings import Settings
from nim_core.values.visitor import Visitor
asked = open_history(Settings()).experiments.experiment(sys.argv[1])
runs = Runs()
runs.start(asked, total=4, key=None, visitor=Visitor("a"))
{more}
print(runs.worker_pid, flush=True)
sys.stdin.read()
"""


def serve_elsewhere(asked, more=""):
    """A server in another process that runs an experiment; with its worker's process id."""
    history = open_history(Settings())
    history.experiments.save(asked)
    history.close()
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER.format(more=more), asked.id],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    return server, int(server.stdout.readline())


def test_killing_the_server_ends_its_worker_keeps_finished_rows_and_resume_runs_the_missing(runs):
    with NimServer([Says("kept"), Says("kept"), Hangs()]) as nim:
        asked = experiment(nim)
        server, worker = serve_elsewhere(asked)
        until(lambda: len(nim.bodies) == 3)
        server.kill()
        server.communicate()
        until(lambda: not is_alive(worker))
    kept = [row for row in rows_of(asked) if row.status == "ok"]
    assert [row.text for row in kept] == ["kept", "kept"]
    with NimServer([Says("new")]) as nim:
        moved = replace(asked, endpoint=nim.url)
        assert run(runs, moved, kept).ended.outcome == "done"
        assert len(nim.bodies) == 2
    assert [row.text for row in rows_of(asked) if row in kept] == ["kept", "kept"]
    assert sorted(row.text for row in rows_of(asked)) == ["kept", "kept", "new", "new"]


HOLDER = """
import os, signal
if not os.fork():
    os.close(1)
    signal.pause()
"""


def test_the_worker_ends_with_its_server_even_when_another_process_holds_its_input_open():
    with NimServer([Hangs()]) as nim:
        server, worker = serve_elsewhere(experiment(nim), more=HOLDER)
        (holder,) = [pid for pid in children_of(server.pid) if pid != worker]
        server.kill()
        server.communicate()
        until(lambda: not is_alive(worker))
        assert is_alive(holder)
        os.kill(holder, signal.SIGKILL)


@pytest.fixture
def poem():
    """A comparison on the built-in model that takes some seconds."""
    sets = grid(temperature=[0, 1], max_tokens=[60], stop=[("§",)])
    return new_experiment("Write a poem.", sets, endpoint="local", model="m", repeats=2, warmup=0)


@pytest.mark.model
def test_killing_the_server_ends_the_built_in_model_too(poem):
    server, worker = serve_elsewhere(poem)
    until(lambda: rows_of(poem))
    (model,) = children_of(worker)
    server.kill()
    server.communicate()
    until(lambda: not is_alive(worker) and not is_alive(model))
    assert rows_of(poem)[0].status == "ok"


@pytest.mark.model
def test_killing_the_worker_ends_the_built_in_model_and_the_next_run_resumes(runs, poem):
    view = runs.start(poem, total=4, key=None, visitor=Visitor("a"))
    until(lambda: rows_of(poem))
    (model,) = children_of(runs.worker_pid)
    os.kill(runs.worker_pid, signal.SIGKILL)
    view.wait(PATIENCE_S)
    until(lambda: not is_alive(model))
    kept = rows_of(poem)
    assert run(runs, poem, kept).ended.outcome == "done"
    after = rows_of(poem)
    assert [row.status for row in after] == ["ok"] * 4
    assert all(row in after for row in kept)


@pytest.mark.model
def test_killing_the_built_in_model_in_an_answer_keeps_the_part_and_starts_it_again_for_the_others(runs, poem):
    view = runs.start(poem, total=4, key=None, visitor=Visitor("a"))
    until(lambda: any(pane.text for pane in view.look().panes))
    for model in children_of(runs.worker_pid):
        os.kill(model, signal.SIGKILL)
    view.wait(PATIENCE_S)
    rows = rows_of(poem)
    assert view.ended.outcome == "done"
    assert [row.error for row in rows] == ["stream_truncated", None, None, None]
    assert rows[0].text
    assert view.look().notices == (Notice("local_model_restarted"),)


# Every look at the wall clock finds it hours away from where it was.
JUMPING_CLOCK = """
import datetime, itertools, time
jumps = itertools.cycle([7200.0, -86400.0, 600.0, -1.0])
real = time.time
time.time = lambda: real() + next(jumps)
class Jumping(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return super().now(tz) + datetime.timedelta(seconds=next(jumps))
datetime.datetime = Jumping
"""


def test_a_jumping_clock_moves_no_time_but_the_moment_of_the_start(tmp_path):
    (tmp_path / "sitecustomize.py").write_text(JUMPING_CLOCK)
    root = Path(__file__).parent.parent.parent
    out = tmp_path / "rows.jsonl"
    words = ["compare", "--prompt", "Hi", "--model", "m", "--warmup", "0", "--rpm", "600", "--out", str(out), "--quiet"]
    with NimServer([Says(["a", "b", "c"], first_s=0.05, each_s=0.01)]) as server:
        subprocess.run(
            [sys.executable, "-m", "nim_core", *words, "--endpoint", server.url],
            check=True,
            cwd=root,
            env=os.environ | {"PYTHONPATH": str(tmp_path)},
        )
    import pandas as pd

    rows = pd.read_json(out, lines=True)
    waits_and_times = rows[["wait_s", "ttft_s", "ttfo_s", "latency_s", "itl_s"]].stack()
    assert waits_and_times.between(0, 30).all()
    assert pd.to_datetime(rows["started_at"]).max() - pd.to_datetime(rows["started_at"]).min() > pd.Timedelta("1h")
