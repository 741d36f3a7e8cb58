"""The runner against a real server: order, retry, rate, stop, and what is kept."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import pairwise

import pytest

from nim_core.analysis.telling import ending_sentence
from nim_core.call.transport import Timeouts
from nim_core.history import open_history
from nim_core.run.connections import Connections
from nim_core.run.endings import PARKED_REST_S
from nim_core.run.retry import RetryPolicy
from nim_core.run.runner import Run
from nim_core.testing import Chunks, Hangs, NimServer, Raw, Says, event
from nim_core.values.events import Arrived, Ended, Finished, Sent
from nim_core.values.experiment import new_experiment
from nim_core.values.generation import Usage
from nim_core.values.sets import grid

pytestmark = pytest.mark.anyio

SETS = grid(temperature=[0, 0.5, 1])
QUICK = RetryPolicy(transient=(0.01, 0.02), timeout=(0.01,), rate_limited=(0.01, 0.02, 0.03))
BUSY = Raw(429, '{"status": 429, "title": "Too Many Requests"}')


class Lab:
    """A history, connections, and the events of the runs made here."""

    def __init__(self, settings, server):
        self.history = open_history(settings)
        self.connections = Connections(settings, Timeouts(first_byte_s=2.0, between_bytes_s=2.0))
        self.server = server
        self.events = []

    def run(self, experiment, emit=None, policy=QUICK):
        access = self.connections.access(experiment.endpoint, None)
        return Run(experiment, access, self.connections, self.history, emit or self.events.append, policy=policy)

    def experiment(self, sets=SETS, **changes):
        return new_experiment(
            "What is GPU?", sets, **({"endpoint": self.server.url, "model": "m", "repeats": 2, "warmup": 0} | changes)
        )

    def rows(self, experiment):
        return self.history.experiments.generations(experiment.id)


@asynccontextmanager
async def lab(settings, script):
    with NimServer(script) as server:
        made = Lab(settings, server)
        yield made
        await made.connections.close()
        made.history.close()


async def test_every_cell_is_sent_once_in_the_order_of_the_plan(settings):
    async with lab(settings, [Says("Hello world")]) as here:
        experiment = here.experiment()
        ended = await here.run(experiment).go()
        sent = [body["temperature"] for body in here.server.bodies]
        assert ended.outcome == "done"
        assert sent == [experiment.parameters_of(cell).temperature for cell in experiment.plan()]
        assert [row.order for row in here.rows(experiment)] == [1, 2, 3, 4, 5, 6]


async def test_a_set_sends_what_it_names_and_nothing_else(settings):
    async with lab(settings, [Says()]) as here:
        await here.run(here.experiment(repeats=1)).go()
        assert set(here.server.bodies[0]) == {"model", "messages", "temperature", "stream", "stream_options"}


@pytest.mark.parametrize("count", [2**31, 2**64 - 1])
async def test_a_count_that_no_database_keeps_loses_no_answer(each_database, settings, count):
    usage = b'data: {"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": %d}}\n\n' % count
    answer = Chunks([event({"content": "whole"}), event({}, "stop"), usage])
    async with lab(settings, [answer]) as here:
        experiment = here.experiment()
        ended = await here.run(experiment).go()
        assert ended.outcome == "done"
        assert [(row.text, row.usage) for row in here.rows(experiment)] == [("whole", Usage(5, None))] * 6


async def test_the_warm_up_is_sent_first_and_is_no_row(settings):
    async with lab(settings, [Says()]) as here:
        experiment = here.experiment(warmup=1)
        await here.run(experiment).go()
        assert len(here.server.bodies) == 7
        assert here.server.bodies[0]["max_tokens"] == 8
        assert len(here.rows(experiment)) == 6


async def test_a_generation_is_on_disk_before_it_is_told(settings):
    async with lab(settings, [Says()]) as here:
        experiment = here.experiment()
        found = []

        def emit(happened):
            if isinstance(happened, Finished):
                found.append(happened.generation in here.rows(experiment))

        await here.run(experiment, emit).go()
        assert found == [True] * 6


async def test_as_many_calls_as_asked_for_go_out_at_once(settings):
    async with lab(settings, [Says(["a"] * 20, first_s=0.2)]) as here:
        await here.run(here.experiment(concurrency=3, repeats=1)).go()
        arrivals = [seen.arrived for seen in here.server.seen]
        firsts = [truth.first for truth in here.server.truth]
        assert max(arrivals) < min(firsts)


async def test_a_failure_that_may_pass_is_sent_again_and_its_wait_is_no_latency(settings):
    async with lab(settings, [Raw(500, "{}"), Raw(503, "{}"), Says(["a", "b"])]) as here:
        experiment = here.experiment(sets=SETS[:1], repeats=1)
        await here.run(experiment, policy=RetryPolicy(transient=(0.2, 0.2))).go()
        (row,) = here.rows(experiment)
        assert (row.status, row.attempts) == ("ok", 3)
        assert row.wait_s > 0.3
        assert row.timing.latency_s < 0.3


async def test_a_failure_that_stays_becomes_a_row_after_three_requests(settings):
    async with lab(settings, [Raw(500, "{}")]) as here:
        experiment = here.experiment(sets=SETS[:1], repeats=1)
        ended = await here.run(experiment).go()
        (row,) = here.rows(experiment)
        assert (row.status, row.error, row.attempts) == ("error", "server_error", 3)
        assert ended.outcome == "done"


async def test_a_time_out_is_sent_again_once(settings):
    async with lab(settings, [Hangs()]) as here:
        experiment = here.experiment(sets=SETS[:1], repeats=1)
        here.connections = Connections(settings, Timeouts(first_byte_s=0.1))
        await here.run(experiment).go()
        (row,) = here.rows(experiment)
        assert (row.error, row.attempts) == ("timeout", 2)


async def test_a_broken_off_answer_is_kept_and_not_sent_again(settings):
    async with lab(settings, [Chunks([event({"content": "Hello"})], then="cut")]) as here:
        experiment = here.experiment(sets=SETS[:1], repeats=1)
        await here.run(experiment).go()
        (row,) = here.rows(experiment)
        assert (row.error, row.attempts, row.text) == ("stream_truncated", 1, "Hello")
        assert row.timing.latency_s is None


async def test_repeated_429_parks_the_run_and_what_was_never_sent_is_no_row(settings):
    async with lab(settings, [Says(), BUSY]) as here:
        experiment = here.experiment()
        ended = await here.run(experiment).go()
        assert (ended.outcome, ended.resume_after_s) == ("parked", PARKED_REST_S)
        assert [row.error for row in here.rows(experiment)] == [None, "rate_limited"]
        assert len(here.server.bodies) == 5


async def test_a_parked_run_goes_on_where_it_was_and_replaces_the_refused_row(settings):
    async with lab(settings, [Says(), BUSY, BUSY, BUSY, BUSY, Says()]) as here:
        experiment = here.experiment()
        await here.run(experiment).go()
        ended = await here.run(experiment).go()
        rows = here.rows(experiment)
        assert ended.outcome == "done"
        assert [row.status for row in rows] == ["ok"] * 6
        assert len({(row.set, row.repeat) for row in rows}) == 6


async def test_retry_after_takes_the_place_of_our_own_wait(settings):
    async with lab(settings, [Raw(429, "{}", headers={"Retry-After": "0"}), Says()]) as here:
        experiment = here.experiment(sets=SETS[:1], repeats=1)
        await here.run(experiment, policy=RetryPolicy(rate_limited=(3600.0,))).go()
        assert here.rows(experiment)[0].status == "ok"


async def test_a_refused_warm_up_holds_what_comes_after_it_too(settings):
    async with lab(settings, [Raw(429, "{}", headers={"Retry-After": "3600"}), Says()]) as here:
        run = here.run(here.experiment(warmup=1), policy=RetryPolicy(longest=0.3))
        await run.go()
        refused, first, *_ = here.server.seen
        assert first.arrived - refused.arrived > 0.3


async def test_after_a_refusal_by_the_rate_limit_requests_keep_their_distance_though_answers_go_well(settings):
    async with lab(settings, [BUSY, Says()]) as here:
        await here.run(here.experiment(rpm=600)).go()
        arrived = [seen.arrived for seen in here.server.seen]
        assert min(later - earlier for earlier, later in pairwise(arrived)) > 0.05


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Raw(401, '{"status": 401, "title": "Unauthorized", "detail": "Authentication failed"}'), "key_missing"),
        (Raw(402, '{"detail": "Cloud credits expired"}'), "credits_exhausted"),
        (Raw(410, '{"detail": "end of life on 2026-05-14"}'), "model_retired"),
        (Raw(404, "404 page not found", "text/plain"), "model_unknown"),
    ],
)
async def test_a_refusal_that_must_meet_every_cell_is_told_by_one_row(settings, answer, kind):
    async with lab(settings, [answer]) as here:
        experiment = here.experiment(warmup=1, concurrency=3)
        ended = await here.run(experiment).go()
        assert ended.outcome == "refused"
        assert [row.error for row in here.rows(experiment)] == [kind]


async def test_a_refused_parameter_ends_only_the_sets_that_send_it(settings):
    def script(seen):
        refused = '{"message": "Validation: Unsupported parameter(s): `top_p`", "type": "Bad Request", "code": 400}'
        return Raw(400, refused) if "top_p" in seen.body else Says()

    async with lab(settings, script) as here:
        sets = [*grid(top_p=[0.5]), *grid(temperature=[0, 1])]
        experiment = here.experiment(sets=sets, repeats=3)
        ended = await here.run(experiment).go()
        rows = here.rows(experiment)
        assert [row.error for row in rows if row.status == "error"] == ["bad_parameter"]
        assert sum(row.status == "ok" for row in rows) == 6
        assert "top_p" in ending_sentence(ended)


async def test_a_refused_seed_bars_every_seed(settings):
    def script(seen):
        return Raw(400, '{"message": "Unsupported parameter(s): `seed`"}') if "seed" in seen.body else Says()

    async with lab(settings, script) as here:
        experiment = here.experiment(seed=1)
        await here.run(experiment).go()
        assert len(here.rows(experiment)) == 1


async def test_stop_keeps_what_has_arrived_as_a_cancelled_row(settings):
    async with lab(settings, [Chunks([event({"content": "Hello"})], then="hang")]) as here:
        experiment = here.experiment(sets=SETS[:1], repeats=3)
        arrived = asyncio.Event()
        run = here.run(experiment, lambda happened: arrived.set() if isinstance(happened, Arrived) else None)
        going = asyncio.create_task(run.go())
        await arrived.wait()
        run.stop()
        ended = await going
        (row,) = here.rows(experiment)
        assert ended.outcome == "stopped"
        assert (row.status, row.text, row.attempts) == ("cancelled", "Hello", 1)


async def test_a_stopped_run_can_be_resumed_and_sends_only_what_is_missing(settings):
    async with lab(settings, [Says(), Says(), Hangs()]) as here:
        experiment = here.experiment()
        third = asyncio.Event()
        sent = []

        def emit(happened):
            if isinstance(happened, Sent):
                sent.append(happened)
                if len(sent) == 3:
                    third.set()

        run = here.run(experiment, emit)
        going = asyncio.create_task(run.go())
        await third.wait()
        run.stop()
        await going
    with NimServer([Says("again")]) as server:
        moved = replace(experiment, endpoint=server.url)
        made = Lab(settings, server)
        await made.run(moved).go()
        assert len(server.bodies) == 4
        assert [row.status for row in made.rows(moved)] == ["ok"] * 6
        await made.connections.close()


async def test_the_run_ends_with_one_event_that_is_stored(settings):
    async with lab(settings, [Says()]) as here:
        experiment = here.experiment()
        ended = await here.run(experiment).go()
        assert [each for each in here.events if isinstance(each, Ended)] == [ended]
        assert here.history.experiments.ended(experiment.id) == ended


async def test_every_request_is_counted_in_the_meter(settings):
    async with lab(settings, [Says(), Raw(500, "{}"), Says()]) as here:
        experiment = here.experiment(warmup=1)
        await here.run(experiment).go()
        reading = here.history.meter.read(here.server.url, here.history.meter.fingerprint(None))
        assert reading.last_minute == len(here.server.bodies) == 8


async def test_a_warm_up_that_is_stopped_is_counted_in_the_meter_too(settings):
    loop, asked = asyncio.get_running_loop(), asyncio.Event()

    def script(_seen):
        loop.call_soon_threadsafe(asked.set)
        return Hangs()

    async with lab(settings, script) as here:
        run = here.run(here.experiment(warmup=1))
        going = asyncio.create_task(run.go())
        await asked.wait()
        run.stop()
        await going
        reading = here.history.meter.read(here.server.url, here.history.meter.fingerprint(None))
        assert reading.last_minute == len(here.server.seen) == 1


async def test_without_streaming_only_the_latency_is_known(settings):
    async with lab(settings, [Says(["a", "b", "c"], first_s=0.05)]) as here:
        experiment = here.experiment(sets=SETS[:1], repeats=1, stream=False)
        await here.run(experiment).go()
        (row,) = here.rows(experiment)
        assert row.timing.latency_s >= 0.05
        assert (row.timing.ttft_s, row.timing.ttfo_s, row.itl_s, row.tokens_per_s) == (None, None, None, None)
