"""The pace of a key: one clock, evenly spaced, fair between sessions. The clock of these tests is the loop's own."""

from __future__ import annotations

import asyncio
from itertools import chain, pairwise

import pytest

from nim_core.run.connections import Connections
from nim_core.run.waiting.pace import Pace
from nim_core.values.visitor import Visitor
from tests.support.virtual_time import VirtualTime

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend():
    return "asyncio", {"loop_factory": VirtualTime}


def now():
    return asyncio.get_running_loop().time()


async def moments(lane, count, pace=None):
    """When a run's next turns come; with `pace`, each answer goes well."""
    came = []
    for _ in range(count):
        await lane.turn()
        came.append(now())
        if pace is not None:
            pace.went_well()
    return came


def gaps(came):
    return [round(later - earlier, 6) for earlier, later in pairwise(came)]


async def test_turns_are_spaced_evenly_and_the_first_comes_at_once():
    with Pace(40).lane("a", None) as lane:
        assert await moments(lane, 4) == pytest.approx([0, 1.5, 3, 4.5])


async def test_turns_that_nobody_took_are_not_saved_up_for_a_burst():
    with Pace(60).lane("a", None) as lane:
        await moments(lane, 2)
        await asyncio.sleep(30)
        assert gaps(await moments(lane, 4)) == [1, 1, 1]


async def test_many_that_wait_at_once_are_spaced_as_those_that_come_one_by_one():
    with Pace(240).lane("a", None) as lane:
        came = await asyncio.gather(*(moments(lane, 1) for _ in range(5)))
    assert [each for (each,) in came] == pytest.approx([0, 0.25, 0.5, 0.75, 1])


async def test_after_a_refusal_nothing_goes_out_for_a_while_and_then_at_half_the_pace():
    pace = Pace(240)
    with pace.lane("a", None) as lane:
        await moments(lane, 1)
        pace.slow_down(5)
        came = await moments(lane, 3)
    assert came == pytest.approx([5, 5.5, 6])


async def test_after_a_refusal_no_two_turns_are_closer_than_the_full_pace_however_many_answers_go_well():
    pace = Pace(240)
    with pace.lane("a", None) as lane:
        await moments(lane, 4, pace)
        pace.slow_down(1)
        between = gaps(await moments(lane, 20, pace))
    assert between[:2] == pytest.approx([60 / 132, 60 / 145.2], abs=1e-5)
    assert between == sorted(between, reverse=True)
    assert between[-1] == 0.25


async def test_each_answer_that_goes_well_brings_a_tenth_back_and_never_more_than_all():
    pace = Pace(60)
    pace.slow_down(0)
    assert pace.distance(60) == 2
    pace.went_well()
    assert pace.distance(60) == pytest.approx(2 / 1.1)
    for _ in range(20):
        pace.went_well()
    assert pace.distance(60) == 1


async def test_a_refusal_also_holds_the_turns_that_wait_already():
    pace = Pace(60)
    with pace.lane("a", None) as first, pace.lane("b", None) as second:
        await first.turn()
        waiting = asyncio.create_task(moments(second, 1))
        await asyncio.sleep(0.5)
        pace.slow_down(10)
        assert await waiting == pytest.approx([10.5])


async def test_a_refusal_without_a_time_still_keeps_the_next_turn_at_half_the_pace_away():
    pace = Pace(60)
    with pace.lane("a", None) as lane:
        await lane.turn()
        pace.slow_down(0)
        assert await moments(lane, 1) == pytest.approx([2])


async def test_calls_that_were_refused_together_halve_the_pace_once_and_the_longest_wait_counts():
    pace = Pace(60)
    with pace.lane("a", None) as lane:
        for seconds in (5, 10, 7):
            pace.slow_down(seconds)
        assert await moments(lane, 2) == pytest.approx([10, 12])
        pace.slow_down(1)
        assert await moments(lane, 1) == pytest.approx([16])


async def test_a_run_that_asks_for_less_slows_itself_and_nobody_else():
    pace = Pace(240)
    with pace.lane("careful", 1) as careful, pace.lane("other", None) as other:
        own = asyncio.create_task(moments(careful, 3))
        between = gaps(await moments(other, 700))
        assert (between.count(0.25), between.count(0.5)) == (696, 3)
        assert gaps(await own) == pytest.approx([60, 60], abs=0.25)


async def test_a_run_that_asks_for_less_keeps_its_distance_after_it_waited_for_others():
    pace = Pace(6)
    with pace.lane("other", None) as other, pace.lane("careful", 3) as careful:
        await other.turn()
        assert await moments(careful, 2) == pytest.approx([10, 30])


async def test_two_runs_with_one_key_share_its_clock_and_each_keeps_its_own_number(settings):
    connections = Connections(settings)
    access = connections.access("nvidia", "nvapi-" + "FAKE" * 16)
    other, careful = connections.lane(access, Visitor("a"), None), connections.lane(access, Visitor("b"), 1)
    assert other.pace is careful.pace
    assert (other.rpm, careful.rpm) == (40, 1)


async def test_where_no_limit_is_known_each_run_has_its_own_pace_alone():
    pace = Pace(None)
    with pace.lane("careful", 1) as careful, pace.lane("other", 60) as other, pace.lane("free", None) as free:
        came = await asyncio.gather(moments(careful, 2), moments(other, 3), moments(free, 3))
    assert came == [[0, 60], [0, 1, 2], [0, 0, 0]]


async def test_where_no_limit_is_known_a_runs_own_pace_is_halved_by_a_refusal_too():
    pace = Pace(None)
    with pace.lane("a", 240) as lane:
        await lane.turn()
        pace.slow_down(1)
        assert await moments(lane, 3) == pytest.approx([1, 1.5, 2])


async def test_a_run_that_names_more_than_is_known_of_its_key_quickens_the_clock_while_it_lasts_for_itself_alone():
    pace = Pace(40)
    with pace.lane("usual", None) as usual, pace.lane("usual", None) as second:
        with pace.lane("quick", 240) as quick:
            slowly = asyncio.create_task(moments(usual, 4))
            between = gaps(await moments(quick, 20))
            assert set(between) == {0.25, 0.5}
            assert min(gaps(await slowly)) >= 1.5
        together = await asyncio.gather(moments(usual, 3), moments(second, 3))
        assert set(gaps(sorted(chain(*together)))) == {1.5}


async def test_without_any_limit_turns_come_at_once_and_a_refusal_holds_them_all_the_same():
    pace = Pace(None)
    with pace.lane("a", None) as lane:
        assert await moments(lane, 3) == [0, 0, 0]
        pace.slow_down(3)
        assert await moments(lane, 2) == pytest.approx([3, 3])


async def test_two_sessions_take_turns_however_many_one_of_them_asks_for():
    pace = Pace(60)
    granted = []

    async def ask(lane, session):
        await lane.turn()
        granted.append(session)

    # The one session has three runs, which would otherwise hold three places of four.
    with pace.lane("many", None) as a, pace.lane("many", None) as b, pace.lane("few", None) as c:
        asked = [ask(lane, "many") for lane in (a, b, a, b)] + [ask(c, "few") for _ in range(3)]
        await asyncio.gather(*asked)
    assert granted[:6] == ["many", "few", "many", "few", "many", "few"]


async def test_a_turn_that_is_given_up_costs_the_others_nothing():
    pace = Pace(60)
    lanes = [pace.lane("a", None) for _ in range(3)]
    waiting = [asyncio.create_task(moments(lane, 1)) for lane in lanes]
    await asyncio.sleep(0.5)
    waiting[1].cancel()
    await asyncio.wait(waiting)
    assert [waiting[0].result(), waiting[2].result()] == [pytest.approx([0]), pytest.approx([1])]
