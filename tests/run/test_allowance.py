"""The operator's key, lent to visitors: so many requests an hour each, at its own pace."""

from __future__ import annotations

import asyncio

import pytest

from nim_core.analysis.telling import ending_sentence
from nim_core.history import open_history
from nim_core.run.connections import Connections
from nim_core.run.retry import RetryPolicy
from nim_core.run.runner import Run
from nim_core.run.waiting.allowance import HOUR_S, Allowance
from nim_core.testing import NimServer, Raw, Says
from nim_core.values.experiment import new_experiment
from nim_core.values.sets import grid
from nim_core.values.visitor import Visitor

ADA, BOB = (Visitor(name, name * 32, hourly=3) for name in "ab")
KEY = "nvapi-" + "FAKE" * 16


@pytest.fixture
def lend(settings):
    """Runs two cells for a visitor with the operator's key; `lend.again()` stands for a worker that starts anew."""

    class Lender:
        def __init__(self):
            self.history = open_history(settings)

        def __call__(self, server, visitor, experiment=None, **changes):
            return asyncio.run(self._run(server, visitor, experiment, changes))

        async def _run(self, server, visitor, experiment, changes):
            asked = experiment or experiment_at(server, **changes)
            connections = Connections(settings.model_copy(update={"nvidia_url": server.url}))
            mine = self.history.of(visitor.workspace)
            access = connections.access("nvidia", KEY)
            policy = RetryPolicy(transient=(0.01, 0.01))
            ended = await Run(asked, access, connections, mine, lambda _: None, visitor=visitor, policy=policy).go()
            await connections.close()
            return asked, ended, mine.experiments.generations(asked.id)

    made = Lender()
    yield made
    made.history.close()


def experiment_at(server, **changes):
    plan = {"endpoint": "nvidia", "model": "m", "repeats": 1, "warmup": 0} | changes
    return new_experiment("What is GPU?", grid(temperature=[0, 1]), **plan)


def test_the_hour_counts_back_from_each_request():
    now = 10_000.0
    allowance = Allowance(2, [now - HOUR_S - 1, now - HOUR_S + 60], lambda: now)
    assert allowance.take() is None
    assert allowance.take() == pytest.approx(60)
    now += 61
    assert allowance.take() is None


def test_a_visitor_whose_requests_are_used_up_is_told_when_to_go_on_and_keeps_what_is_there(lend):
    with NimServer([Says("Hello")]) as server:
        lend(server, ADA)
        _, ended, rows = lend(server, ADA)
        assert len(server.bodies) == 3
        assert [row.status for row in rows] == ["ok"]
        assert ended.outcome == "parked"
        assert "3 requests an hour" in ending_sentence(ended)
        assert 3_500 < ended.resume_after_s <= HOUR_S


def test_one_visitors_requests_leave_the_others_theirs(lend):
    with NimServer([Says("Hello")]) as server:
        lend(server, ADA)
        assert lend(server, ADA)[1].outcome == "parked"
        assert lend(server, BOB)[1].outcome == "done"


def test_retries_and_warm_up_count_too(lend):
    with NimServer([Says("Warm"), Raw(500, "{}"), Says("Hello")]) as server:
        _, ended, rows = lend(server, ADA, warmup=1)
        assert len(server.bodies) == 3
        assert ended.outcome == "parked"
        assert len(rows) == 1


def test_what_is_on_its_way_is_finished_when_the_last_request_is_used(lend):
    with NimServer([Says(["slow"] * 5, each_s=0.5)]) as server:
        _, ended, rows = lend(server, ADA, repeats=2, concurrency=4)
        assert ended.outcome == "parked"
        assert [row.status for row in rows] == ["ok"] * 3


def test_a_visitor_cannot_go_faster_than_the_operators_key(settings):
    connections = Connections(settings)
    access = connections.access("nvidia", KEY)
    assert connections.lane(access, ADA, 9_000).rpm == 40
    assert connections.lane(access, Visitor("own key", "c" * 32), 9_000).rpm == 9_000
