"""Two runners on one experiment: what one has finished is not lost to the other, on SQLite and on PostgreSQL."""

from __future__ import annotations

import itertools
import os
import signal
from contextlib import ExitStack

import pytest

from nim_core.history import open_history
from nim_core.settings import Settings
from nim_core.testing import Chunks, NimServer, Says, event
from nim_core.values.events import Ended
from nim_core.values.visitor import Visitor
from nim_core.worker.runs import Runs
from tests.support.running import PATIENCE_S, experiment, rows_of, run, until

pytestmark = pytest.mark.usefixtures("each_database")

CELLS = 4
BEGINS = Chunks([event({"content": "a beginning"})], then="hang")


class Two:
    """A first runner whose calls are all in flight, and a second one that takes the same experiment up."""

    def __init__(self, stack):
        self.first, self.second = Runs(), Runs()
        for runs in (self.first, self.second):
            stack.callback(runs.close)
        numbers = itertools.count()
        # The first runner's warm-up, its calls, then all of the second runner's.
        self.server = NimServer(lambda _seen: BEGINS if 0 < next(numbers) <= CELLS else Says("whole"))
        self.up = stack.enter_context(ExitStack())
        self.up.enter_context(self.server)
        self.asked = experiment(self.server, warmup=1, concurrency=CELLS)
        self.view = self.first.start(self.asked, total=CELLS, key=None, visitor=Visitor("a"))
        until(lambda: len(self.server.bodies) == 1 + CELLS)
        until(lambda: all(pane.text for pane in self.view.look().panes))

    def second_finishes(self):
        assert run(self.second, self.asked).ended.outcome == "done"
        self.finished = rows_of(self.asked)
        assert [row.text for row in self.finished] == ["whole"] * CELLS

    def network_breaks(self):
        self.up.close()

    def first_ends(self):
        self.view.wait(PATIENCE_S)
        return self.view


@pytest.fixture
def two():
    with ExitStack() as stack:
        yield Two(stack)


def test_a_run_that_is_stopped_loses_nothing_that_another_has_finished(two):
    two.second_finishes()
    two.first.stop(two.asked.id)
    assert two.first_ends().ended.outcome == "stopped"
    assert rows_of(two.asked) == two.finished


def test_a_run_that_breaks_loses_nothing_that_another_has_finished(two):
    two.second_finishes()
    two.network_breaks()
    two.first_ends()
    assert rows_of(two.asked) == two.finished


def test_a_run_that_wakes_from_a_freeze_loses_nothing_that_another_has_finished(two):
    os.kill(two.first.worker_pid, signal.SIGSTOP)
    two.second_finishes()
    two.network_breaks()
    os.kill(two.first.worker_pid, signal.SIGCONT)
    two.first_ends()
    assert rows_of(two.asked) == two.finished


def test_two_dashboards_that_resume_one_experiment_keep_the_first_answer_of_each_cell(two):
    two.first.stop(two.asked.id)
    two.first_ends()
    views = [each.start(two.asked, total=CELLS, key=None, visitor=Visitor("a")) for each in (two.first, two.second)]
    for view in views:
        view.wait(PATIENCE_S)
    assert [view.ended.outcome for view in views] == ["done"] * 2
    assert [row.text for row in rows_of(two.asked)] == ["whole"] * CELLS


def test_what_the_slower_run_tells_is_what_is_kept(two):
    two.second_finishes()
    two.network_breaks()
    look = two.first_ends().look()
    assert (look.finished, look.failed) == (CELLS, 0)
    assert look.ended == Ended("done", "all_in")


def test_a_stop_after_another_has_finished_offers_nothing_to_resume(two):
    two.second_finishes()
    two.first.stop(two.asked.id)
    assert two.first_ends().ended.code == "stopped_complete"
    history = open_history(Settings())
    assert history.experiments.ended(two.asked.id) == two.view.ended
    history.close()
