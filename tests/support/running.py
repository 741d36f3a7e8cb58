"""Runs in real processes, and watching them from a test."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from nim_core.history import open_history
from nim_core.settings import Settings
from nim_core.testing import NimServer
from nim_core.values.experiment import Experiment, new_experiment
from nim_core.values.generation import Generation
from nim_core.values.sets import grid
from nim_core.values.visitor import Visitor
from nim_core.worker.runs import Runs
from nim_core.worker.view import RunView

PATIENCE_S = 60
INTERRUPTIBLE = ("env", "--default-signal=INT")
"""Before a command: Ctrl-C reaches it also where the tests run in the background, which ignores Ctrl-C."""
LOCKER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.read()
"""
SETS = grid(temperature=[0, 1])


def experiment(server: NimServer, **changes: object) -> Experiment:
    """Four cells, sent one after the other and without a warm-up."""
    return new_experiment(
        "What is GPU?", SETS, **({"endpoint": server.url, "model": "m", "repeats": 2, "warmup": 0} | changes)
    )


def run(runs: Runs, asked: Experiment, done: Sequence[Generation] = ()) -> RunView:
    """Run what is missing in the worker, to its end."""
    view = runs.start(asked, total=len(asked.missing(done)), key=None, visitor=Visitor("a"))
    view.wait(PATIENCE_S)
    return view


def rows_of(asked: Experiment) -> list[Generation]:
    """The rows of an experiment in the store of this test."""
    history = open_history(Settings())
    try:
        return history.experiments.generations(asked.id)
    finally:
        history.close()


@contextmanager
def locked_by_another(path: Path) -> Iterator[None]:
    """An SQLite file that another process holds locked for writing."""
    locker = subprocess.Popen(
        [sys.executable, "-c", LOCKER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert locker.stdout is not None
    locker.stdout.readline()
    yield
    locker.communicate()


def until(condition: Callable[[], object]) -> None:
    """Poll for something that another process does."""
    ticking = threading.Event()
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        ticking.wait(0.02)


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and was not waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def children_of(pid: int) -> list[int]:
    """The living processes that a process has started, and those that they have."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(parent) == pid and state != "Z":
            found += [int(stat.parent.name), *children_of(int(stat.parent.name))]
    return found
