"""The line before the built-in model: never more calls in it than it has slots, fair, and each knows its place."""

from __future__ import annotations

import asyncio
from statistics import median

import pytest

from nim_core.history import open_history
from nim_core.local.serve import SLOTS
from nim_core.run.connections import Connections
from nim_core.run.retry import RetryPolicy
from nim_core.run.runner import Run
from nim_core.run.waiting.slots import Slots
from nim_core.testing import Chunks, NimServer, Raw, Says, event
from nim_core.values.events import Arrived, Finished, Queued, Waiting
from nim_core.values.experiment import new_experiment
from nim_core.values.sets import grid
from nim_core.values.visitor import Visitor

pytestmark = pytest.mark.anyio


class Class:
    """Calls that go through slots: who is in, and what those that wait were told last."""

    def __init__(self, count):
        self.slots = Slots(count)
        self.came, self.told, self.calls = [], {}, {}

    async def asks(self, *names):
        """Each name is a call of the session that its first letter names."""
        for name in names:
            self.calls[name] = asyncio.create_task(self._call(name))
            await settled()

    async def leaves(self):
        self.slots.leave()
        await settled()

    async def gives_up(self, name):
        self.calls[name].cancel()
        await settled()

    async def _call(self, name):
        await self.slots.enter(name[0], lambda before: self.told.update({name: before}))
        self.told.pop(name, None)
        self.came.append(name)


async def settled():
    for _ in range(5):
        await asyncio.sleep(0)


async def test_as_many_as_there_are_slots_come_in_at_once_and_are_told_nothing():
    here = Class(2)
    await here.asks("a1", "b1", "c1")
    assert here.came == ["a1", "b1"]
    assert here.told == {"c1": 0}


async def test_sessions_take_turns_however_many_calls_one_of_them_has():
    here = Class(1)
    await here.asks("a1", "a2", "a3", "a4", "b1", "b2")
    for _ in range(5):
        await here.leaves()
    assert here.came == ["a1", "a2", "b1", "a3", "b2", "a4"]


async def test_each_call_that_waits_is_told_its_place_and_told_again_when_it_changes():
    here = Class(1)
    await here.asks("a1", "a2", "a3", "b1")
    assert here.told == {"a2": 0, "b1": 1, "a3": 2}
    await here.leaves()
    assert here.told == {"b1": 0, "a3": 1}
    await here.gives_up("b1")
    assert here.told["a3"] == 0


async def test_a_call_that_gives_up_leaves_its_slot_to_the_next():
    here = Class(1)
    await here.asks("a1", "b1", "c1")
    here.slots.leave()  # b1 is called, and gives up before it can come in
    await here.gives_up("b1")
    assert here.came == ["a1", "c1"]


@pytest.fixture
def lab(settings):
    """Runs at a scripted server that has as few slots as the test wants."""

    class Narrow(Connections):
        count = 1

        def slots(self, access):
            self.few = getattr(self, "few", None) or Slots(self.count)
            return self.few

    class Lab:
        def __init__(self):
            self.connections, self.history, self.events = Narrow(settings), open_history(settings), []

        def run(self, server, session, *, emit=None, **changes):
            plan = {"endpoint": server.url, "model": "m", "repeats": 1, "warmup": 0} | changes
            asked = new_experiment("What is GPU?", grid(temperature=[0]), **plan)
            access = self.connections.access(server.url, None)
            policy = RetryPolicy(transient=(3600.0,))
            emit, visitor = emit or self.events.append, Visitor(session)
            return Run(asked, access, self.connections, self.history, emit, visitor=visitor, policy=policy)

    made = Lab()
    yield made
    made.history.close()


async def test_a_run_holds_no_slot_while_it_waits_to_send_a_call_again(lab):
    with NimServer([Raw(500, "{}"), Says("Hello")]) as server:
        refused = asyncio.Event()
        unlucky = lab.run(server, "a", emit=lambda happened: isinstance(happened, Waiting) and refused.set())
        going = asyncio.create_task(unlucky.go())
        await refused.wait()
        assert (await lab.run(server, "b").go()).outcome == "done"
        unlucky.stop()
        await going
        await lab.connections.close()


async def test_a_stopped_run_gives_its_slots_back(lab):
    with NimServer([Chunks([event({"content": "Hello"})], then="hang"), Says("Hello")]) as server:
        arrived = asyncio.Event()
        stopped = lab.run(server, "a", emit=lambda happened: isinstance(happened, Arrived) and arrived.set())
        going = asyncio.create_task(stopped.go())
        await arrived.wait()
        stopped.stop()
        await going
        assert (await lab.run(server, "b").go()).outcome == "done"
        await lab.connections.close()


async def test_no_more_calls_are_on_their_way_than_there_are_slots_whatever_the_runs_ask_for(lab):
    lab.connections.count = 2
    with NimServer([Says(["a"] * 3, first_s=0.05, each_s=0.01)]) as server:
        await asyncio.gather(*(lab.run(server, name, repeats=4, concurrency=4, warmup=1).go() for name in "abc"))
        ends = sorted(truth.last for truth in server.truth)
        arrivals = sorted(seen.arrived for seen in server.seen)
        assert len(arrivals) == 15
        # The third call comes when one of the first two is over, and so on.
        assert all(end < arrived for end, arrived in zip(ends, arrivals[2:], strict=False))
        await lab.connections.close()


@pytest.mark.model
async def test_eight_visitors_wait_for_the_built_in_model_in_the_line_and_not_inside_its_server(settings):
    connections, history = Connections(settings), open_history(settings)
    access, told = connections.access("local", None), {}

    async def visit(number):
        asked = new_experiment(
            "Tell a story.", grid(max_tokens=[60]), endpoint="local", model="m", repeats=1, warmup=0, seed=number
        )
        events = []
        await Run(asked, access, connections, history, events.append, visitor=Visitor(str(number))).go()
        told[number] = [each.before for each in events if isinstance(each, Queued)]
        return next(each.generation for each in events if isinstance(each, Finished))

    await visit(0)
    rows = await asyncio.gather(*(visit(number) for number in range(1, 9)))
    await connections.close()
    history.close()
    at_once, later = sorted(rows, key=lambda row: row.wait_s)[:SLOTS], sorted(rows, key=lambda row: row.wait_s)[SLOTS:]
    assert [row.status for row in rows] == ["ok"] * 8
    assert max(row.wait_s for row in at_once) < min(row.timing.latency_s for row in at_once)
    assert min(row.wait_s for row in later) > median(row.timing.ttft_s for row in later)
    assert sorted(len(places) > 0 for number, places in told.items() if number) == [False] * 4 + [True] * 4
    assert all(places == sorted(places, reverse=True) for places in told.values())
