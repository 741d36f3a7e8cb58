"""A store that fails: no finished answer is lost, none is half written, and the rest can be run."""

from __future__ import annotations

import os
import resource
import sqlite3
import subprocess
import tempfile
import threading

import pytest

from nim_core.analysis.telling import ending_sentence
from nim_core.history import open_history
from nim_core.settings import Settings
from nim_core.testing import NimServer, Says
from nim_core.values.visitor import Visitor
from nim_core.worker.runs import Runs
from tests.support.running import PATIENCE_S, experiment, locked_by_another, rows_of, run

WHOLE = "A finished answer. " * 5_000


@pytest.fixture
def runs():
    made = Runs()
    yield made
    made.close()


def fails_before_anything_is_sent(runs):
    with NimServer() as server:
        view = run(runs, experiment(server))
        assert view.ended.outcome == "failed"
        assert server.bodies == []
    return ending_sentence(view.ended)


class FileLimit:
    """A worker that may write no big file."""

    said = "disk"

    def __init__(self, folder):
        self.folder = folder

    def begin(self, runs):
        runs.start_worker()
        self._set(runs, 600_000)

    def end(self, runs):
        self._set(runs, resource.RLIM_INFINITY)

    def close(self):
        """Nothing was set but for the worker."""

    def _set(self, runs, size):
        resource.prlimit(runs.worker_pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


class SmallDisk:
    """A file system of its own that is soon full."""

    said = "The disk is full. Free some space"

    def __init__(self, folder):
        self.folder = folder
        mounted("-t", "tmpfs", "-o", "size=1500k", "tmpfs", folder)

    def begin(self, runs):
        """It is small from the beginning."""

    def end(self, runs):
        mounted("-o", "remount,size=64m", self.folder)

    def close(self):
        subprocess.run(["umount", "--lazy", self.folder], check=True)


def mounted(*words):
    subprocess.run(["mount", *words], check=True, stderr=subprocess.DEVNULL)


def may_mount():
    with tempfile.TemporaryDirectory() as folder:
        try:
            SmallDisk(folder).close()
        except (OSError, subprocess.CalledProcessError):
            return False
    return True


@pytest.fixture(params=[FileLimit, SmallDisk] if may_mount() else [FileLimit])
def little_room(request, tmp_path, monkeypatch):
    folder = tmp_path / "small"
    folder.mkdir()
    made = request.param(folder)
    monkeypatch.setenv("NIM_LAB_STORE", f"sqlite:///{folder / 'history.sqlite3'}")
    yield made
    made.close()


def test_a_full_disk_ends_the_run_with_what_to_do_and_keeps_what_was_finished(runs, little_room):
    with NimServer([Says([WHOLE])]) as server:
        asked = experiment(server, repeats=20, concurrency=4)
        little_room.begin(runs)
        view = run(runs, asked)
        kept = rows_of(asked)
        assert view.ended.outcome == "failed"
        assert little_room.said in ending_sentence(view.ended)
        assert "Resume" in ending_sentence(view.ended)
        assert 0 < view.look().finished == len(kept) < 40
        assert {row.text for row in kept} == {WHOLE}
        little_room.end(runs)
        sent = len(server.bodies)
        again = run(runs, asked, kept)
        assert again.ended.outcome == "done"
        assert len(server.bodies) - sent == 40 - len(kept)
    after = rows_of(asked)
    assert len(after) == 40
    assert all(row in after for row in kept)


def test_a_store_that_may_not_be_written_says_so_before_anything_is_sent(runs, tmp_path, monkeypatch):
    open_history(Settings()).close()
    monkeypatch.setenv("NIM_LAB_STORE", f"sqlite:///file:{tmp_path / 'history.sqlite3'}?mode=ro&uri=true")
    assert "It may not be written. Check the rights" in fails_before_anything_is_sent(runs)


def test_a_store_that_is_locked_for_too_long_ends_the_run_and_keeps_what_was_finished(runs, tmp_path, monkeypatch):
    path = tmp_path / "history.sqlite3"
    monkeypatch.setenv("NIM_LAB_STORE", f"sqlite:///{path}?timeout=0.2")
    third, locked = threading.Event(), threading.Event()

    def script(_seen):
        if len(server.bodies) == 3:
            third.set()
            locked.wait(PATIENCE_S)
        return Says("kept")

    with NimServer(script) as server:
        asked = experiment(server)
        view = runs.start(asked, total=4, key=None, visitor=Visitor("a"))
        third.wait(PATIENCE_S)
        with locked_by_another(path):
            locked.set()
            view.wait(PATIENCE_S)
            kept = rows_of(asked)
        assert view.ended.outcome == "failed"
        assert "Another program has held it locked" in ending_sentence(view.ended)
        assert [row.text for row in kept] == ["kept", "kept"]
        assert run(runs, asked, kept).ended.outcome == "done"
        assert len(server.bodies) == 5
    assert rows_of(asked)[:2] == kept


def test_a_store_of_rubbish_says_so_before_anything_is_sent(runs, tmp_path):
    (tmp_path / "history.sqlite3").write_bytes(b"this is no database" * 1_000)
    assert "The file is damaged, or it is no store" in fails_before_anything_is_sent(runs)


def test_the_log_of_the_server_says_what_ended_a_run(runs, tmp_path, capfd):
    (tmp_path / "history.sqlite3").write_bytes(b"this is no database" * 1_000)
    said = fails_before_anything_is_sent(runs)
    runs.close()
    assert said in capfd.readouterr().err


def test_a_store_with_damaged_pages_says_so_before_anything_is_sent(runs, tmp_path):
    open_history(Settings()).close()
    with (tmp_path / "history.sqlite3").open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(40 * 4096))
    assert "The file is damaged, or it is no store" in fails_before_anything_is_sent(runs)


def test_after_a_damaged_store_was_moved_away_a_new_one_is_begun(runs, tmp_path):
    path = tmp_path / "history.sqlite3"
    path.write_bytes(b"this is no database" * 1_000)
    fails_before_anything_is_sent(runs)
    path.rename(tmp_path / "damaged.sqlite3")
    with NimServer() as server:
        asked = experiment(server)
        assert run(runs, asked).ended.outcome == "done"
    assert len(rows_of(asked)) == 4


def test_a_store_from_a_newer_version_says_so_before_anything_is_sent(runs, tmp_path):
    open_history(Settings()).close()
    with sqlite3.connect(tmp_path / "history.sqlite3") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    assert "Update NIM Lab" in fails_before_anything_is_sent(runs)


def test_two_servers_share_one_sqlite_file(runs, tmp_path):
    other = Runs()
    try:
        with NimServer([Says(["a", "b"], first_s=0.01)]) as server:
            many = [experiment(server, repeats=10, concurrency=4) for _ in range(6)]
            views = [
                which.start(asked, total=20, key=None, visitor=Visitor("a"))
                for which, asked in zip([runs, other] * 3, many, strict=True)
            ]
            for view in views:
                view.wait(PATIENCE_S)
    finally:
        other.close()
    assert [view.ended.outcome for view in views] == ["done"] * 6
    assert [len(rows_of(asked)) for asked in many] == [20] * 6


def test_two_servers_that_run_the_same_experiment_leave_one_row_a_cell(runs):
    other = Runs()
    try:
        with NimServer([Says(["a", "b"], first_s=0.01)]) as server:
            asked = experiment(server, repeats=5)
            views = [which.start(asked, total=10, key=None, visitor=Visitor("a")) for which in (runs, other)]
            for view in views:
                view.wait(PATIENCE_S)
    finally:
        other.close()
    assert [view.ended.outcome for view in views] == ["done"] * 2
    assert len(rows_of(asked)) == 10
