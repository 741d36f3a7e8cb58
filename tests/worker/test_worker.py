"""The worker process and the dashboard's side of it: real processes, killed in the middle."""

from __future__ import annotations

import array
import fcntl
import os
import random
import signal
import sqlite3
import termios
import threading
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from nim_core.analysis.telling import ending_sentence
from nim_core.testing import Chunks, NimServer, Says, event
from nim_core.values.visitor import Visitor
from nim_core.worker.runs import KEPT_VIEWS, Runs
from tests.support.running import PATIENCE_S, experiment, is_alive, run, until

CANARY = "nvapi-CANARY-not-a-real-key-0123456789"


@pytest.fixture
def runs():
    made = Runs()
    yield made
    made.close()


def test_a_run_in_the_worker_ends_with_every_row_on_disk(runs, history):
    with NimServer([Says("Hello world")]) as server:
        asked = experiment(server)
        view = runs.start(asked, total=4, key=None, visitor=Visitor("a"))
        view.wait(PATIENCE_S)
    assert view.ended.outcome == "done"
    assert [row.status for row in history.experiments.generations(asked.id)] == ["ok"] * 4


def test_the_view_shows_the_text_of_each_set_as_it_has_arrived(runs):
    with NimServer([Chunks([event({"content": "Hello"})], then="hang")]) as server:
        view = runs.start(experiment(server, concurrency=2), total=4, key=None, visitor=Visitor("a"))
        until(lambda: all(pane.text == "Hello" for pane in view.look().panes))
        runs.stop(view.experiment.id)
        view.wait(PATIENCE_S)
    assert view.ended.outcome == "stopped"


def test_a_run_that_is_going_on_is_found_and_not_started_again(runs):
    with NimServer([Chunks([event({"content": "Hello"})], then="hang")]) as server:
        asked = experiment(server)
        first = runs.start(asked, total=4, key=None, visitor=Visitor("a"))
        assert runs.start(asked, total=4, key=None, visitor=Visitor("b")) is first
        until(lambda: server.seen)
        assert len(server.seen) == 1


def test_many_runs_go_on_at_once_in_one_worker(runs):
    with NimServer([Says(["a"] * 5, first_s=0.1)]) as server:
        views = [runs.start(experiment(server), total=4, key=None, visitor=Visitor(str(n))) for n in range(5)]
        for view in views:
            view.wait(PATIENCE_S)
    assert [view.ended.outcome for view in views] == ["done"] * 5


def test_killing_the_worker_ends_its_runs_with_a_sentence_and_loses_no_finished_row(runs, history):
    with NimServer([Says("kept"), Chunks([event({"content": "lost"})], then="hang")]) as server:
        asked = experiment(server)
        view = runs.start(asked, total=4, key=None, visitor=Visitor("a"))
        until(lambda: len(server.seen) == 2)
        os.kill(runs.worker_pid, signal.SIGKILL)
        view.wait(PATIENCE_S)
    assert view.ended.outcome == "interrupted"
    assert "Resume" in ending_sentence(view.ended)
    assert [row.text for row in history.experiments.generations(asked.id)] == ["kept"]


def test_after_a_worker_was_killed_the_next_run_starts_another_and_resumes(runs, history):
    answers = [Says("kept"), Chunks([], then="hang"), Says("new")]
    with NimServer(answers) as server:
        asked = experiment(server)
        view = runs.start(asked, total=4, key=None, visitor=Visitor("a"))
        until(lambda: len(server.seen) == 2)
        os.kill(runs.worker_pid, signal.SIGKILL)
        view.wait(PATIENCE_S)
        again = runs.start(asked, total=3, key=None, visitor=Visitor("a"))
        again.wait(PATIENCE_S)
        assert len(server.seen) == 5
    assert sorted(row.text for row in history.experiments.generations(asked.id)) == ["kept", "new", "new", "new"]


@pytest.fixture
def long_answers():
    """A server that gives long answers once it may; a warm-up waits for that, and nothing is told before."""
    may_answer = threading.Event()

    def script(_seen):
        may_answer.wait(PATIENCE_S)
        return Says(["word " * 100_000])

    with NimServer(script) as server:
        yield server, may_answer


@contextmanager
def killed_in_the_middle_of_a_line(runs, view, may_answer):
    """Kill the worker while it tells a long answer, of which half a line can then be read."""
    with view._changed:  # whoever reads what the worker tells comes no further than the first line
        may_answer.set()
        process = runs.start_worker()
        until(lambda: waiting_in(process.stdout) > 32_000)
        process.kill()
        process.wait()
        yield


def waiting_in(pipe):
    count = array.array("i", [0])
    fcntl.ioctl(pipe, termios.FIONREAD, count)
    return count[0]


def test_a_worker_that_is_killed_while_it_tells_a_long_answer_ends_its_runs_with_a_sentence(runs, long_answers):
    server, may_answer = long_answers
    view = runs.start(experiment(server, warmup=1), total=4, key=None, visitor=Visitor("a"))
    with killed_in_the_middle_of_a_line(runs, view, may_answer):
        pass
    view.wait(PATIENCE_S)
    assert view.ended.outcome == "interrupted"


def test_a_run_whose_worker_is_dead_is_started_anew_before_anybody_was_told(runs, long_answers):
    server, may_answer = long_answers
    asked = experiment(server, warmup=1)
    view = runs.start(asked, total=4, key=None, visitor=Visitor("a"))
    with killed_in_the_middle_of_a_line(runs, view, may_answer):
        again = runs.start(asked, total=4, key=None, visitor=Visitor("a"))
        assert again is not view
        assert view.ended.outcome == "interrupted"
    again.wait(PATIENCE_S)
    assert (again.ended.outcome, again.look().finished) == ("done", 4)


def test_a_long_run_is_not_forgotten_over_many_short_ones(monkeypatch):
    with NimServer([Chunks([event({"content": "Hello"})], then="hang")]) as server:
        monkeypatch.setenv("NIM_LAB_ENDPOINTS", server.url)
        runs = Runs(shared=True)
        long = runs.start(experiment(server), total=4, key=None, visitor=Visitor("a"))
        # These end at once: where they would go is not permitted.
        short = [experiment(server, endpoint="http://127.0.0.1:9/v1") for _ in range(KEPT_VIEWS + 1)]
        for each in short:
            runs.start(each, total=4, key=None, visitor=Visitor("b")).wait(PATIENCE_S)
        assert runs.view(long.experiment.id) is long
        assert runs.view(short[0].id) is None
        runs.close()


def test_a_stop_that_comes_while_the_store_is_being_opened_stops_the_run(runs, tmp_path):
    with NimServer() as server, closing(sqlite3.connect(tmp_path / "history.sqlite3")) as another:
        another.execute("BEGIN IMMEDIATE")
        asked = experiment(server)
        view = runs.start(asked, total=4, key=None, visitor=Visitor("a"))
        runs.stop(asked.id)
        view.wait(PATIENCE_S)
        assert view.ended.outcome == "stopped"
        another.rollback()
        assert run(runs, experiment(server)).ended.outcome == "done"
        assert len(server.bodies) == 4


def test_the_worker_ends_when_its_server_is_gone(runs):
    process = runs.start_worker()
    worker = process.pid
    process.stdin.close()
    until(lambda: not is_alive(worker))


def test_what_has_arrived_is_kept_when_the_server_ends(runs, history):
    with NimServer([Chunks([event({"content": "partial"})], then="hang")]) as server:
        asked = experiment(server)
        view = runs.start(asked, total=4, key=None, visitor=Visitor("a"))
        until(lambda: view.look().panes[0].text or view.look().panes[1].text)
        runs.close()
    (row,) = history.experiments.generations(asked.id)
    assert (row.status, row.text) == ("cancelled", "partial")


def test_a_long_answer_takes_at_most_ten_times_its_size_in_the_worker(runs):
    chance = random.Random(1)
    words = [f"{''.join(chance.choices('etaoinshrdlu', k=5))} " for _ in range(10_000)]
    long = chance.choices(words, k=1_000_000)
    with NimServer([Says("short"), Says(["".join(long[at : at + 200]) for at in range(0, len(long), 200)])]) as server:
        asked = experiment(server, repeats=1)
        run(runs, replace(asked, sets=asked.sets[:1]))
        before = most_memory(runs.worker_pid)
        view = run(runs, replace(experiment(server, repeats=1), sets=asked.sets[:1]))
        assert view.look().panes[0].text == "".join(long)
        assert most_memory(runs.worker_pid) - before < 10 * len("".join(long))


def most_memory(pid):
    (line,) = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) * 1024


def test_a_key_reaches_the_server_and_nothing_else(runs, tmp_path, monkeypatch, capfd):
    monkeypatch.setenv("NVIDIA_API_KEY", CANARY + "-environment")
    with NimServer([Says("Hello")], key=CANARY) as server:
        view = runs.start(experiment(server), total=4, key=CANARY, visitor=Visitor("a"))
        view.wait(PATIENCE_S)
        assert {seen.headers["Authorization"] for seen in server.seen} == {f"Bearer {CANARY}"}
        process = Path(f"/proc/{runs.worker_pid}")
        assert CANARY.encode() not in (process / "environ").read_bytes()
        assert CANARY.encode() not in (process / "cmdline").read_bytes()
    assert view.ended.outcome == "done"
    runs.close()
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert written
    assert not [path for path in written if CANARY.encode() in path.read_bytes()]
    assert CANARY not in "".join(capfd.readouterr())


def test_a_refused_key_stands_in_no_error_text(runs, history, capfd):
    with NimServer([Says("Hello")], key="nvapi-another") as server:
        asked = experiment(server)
        view = runs.start(asked, total=4, key=CANARY, visitor=Visitor("a"))
        view.wait(PATIENCE_S)
    (row,) = history.experiments.generations(asked.id)
    assert row.error == "key_refused"
    assert CANARY not in repr(row) + repr(view) + "".join(capfd.readouterr())
