"""The check of a key, and every other trial: one request by the worker, counted in the meter and kept nowhere else."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from nim_core.catalog.check import judged
from nim_core.testing import Chunks, Hangs, NimServer, Raw, Says, event
from nim_core.values.endpoints import NVIDIA
from nim_core.values.experiment import new_trial
from nim_core.values.visitor import Visitor
from nim_core.worker.runs import Runs
from pages.parts.connect.key_verdict import sentence_of
from tests.support.running import PATIENCE_S, until

KEY = "nvapi-" + "FAKE" * 16


@pytest.fixture
def runs():
    made = Runs()
    yield made
    made.close()


def try_key(runs, server, **changes):
    """A trial with a key, to its end."""
    trial = runs.start(
        new_trial(**({"endpoint": server.url, "model": "m", "rpm": None} | changes)),
        total=1,
        key=KEY,
        visitor=Visitor("a"),
    )
    trial.wait(PATIENCE_S)
    return trial


def rows(history, table):
    with history.database.connection() as connection:
        return connection.scalar(text(f"SELECT count(*) FROM {table}"))  # names of our own


def test_a_trial_is_one_request_for_one_token_that_is_counted_and_leaves_no_experiment(each_database, history, runs):
    with NimServer([Says("Hello")], key=KEY) as server:
        assert judged(try_key(runs, server)).verdict == "good"
    assert [body["max_tokens"] for body in server.bodies] == [1]
    assert history.meter.read(server.url, history.meter.fingerprint(KEY)).last_minute == 1
    assert (rows(history, "experiments"), rows(history, "generations")) == (0, 0)


@pytest.mark.parametrize(
    ("answer", "verdict", "said"),
    [
        (Raw(401, '{"detail": "Authentication failed"}'), "malformed", "not copied whole"),
        (Raw(403, '{"detail": "Authorization failed"}'), "refused", "wrong, revoked or expired"),
        (Raw(404, "404 page not found", "text/plain"), "good_not_served", "not served"),
        (Raw(402, '{"detail": "Cloud credits expired"}'), "no_credits", "no credits left"),
        (Raw(429, '{"title": "Too Many Requests"}'), "too_many", "makes the wait longer"),
        (Raw(500, "{}"), "failed", "Try again in a minute"),
        (Raw(400, '{"message": "Unsupported parameter(s): `max_tokens`"}'), "good", "m answered"),
        (Chunks([event({"content": "Hel"})], then="cut"), "failed", "broke off"),
    ],
)
def test_a_trial_that_fails_is_judged_after_one_request_and_leaves_no_experiment(runs, history, answer, verdict, said):
    with NimServer([answer]) as server:
        found = judged(try_key(runs, server))
    assert (found.verdict, len(server.bodies)) == (verdict, 1)
    assert said in sentence_of(found)
    assert (rows(history, "experiments"), rows(history, "generations")) == (0, 0)


def test_a_trial_that_nobody_waits_for_leaves_no_experiment_either(runs, history):
    with NimServer([Hangs()]) as server:
        trial = runs.start(new_trial(endpoint=server.url, model="m", rpm=None), total=1, key=KEY, visitor=Visitor("a"))
        until(lambda: server.bodies)
        runs.stop(trial.experiment.id)
        trial.wait(PATIENCE_S)
    assert sentence_of(judged(trial)) == "Not known: Stopped before an answer came."
    assert (rows(history, "experiments"), rows(history, "generations")) == (0, 0)


def test_a_trial_waits_for_its_turn_among_the_requests_with_the_same_key(monkeypatch, runs):
    with NimServer([Says("Hello")], key=KEY) as server:
        monkeypatch.setenv("NIM_LAB_NVIDIA_URL", server.url)
        trials = [try_key(runs, server, endpoint="nvidia", rpm=NVIDIA.rpm) for _ in range(2)]
    assert [trial.newest.generation.status for trial in trials] == ["ok", "ok"]
    first, second = (seen.arrived for seen in server.seen)
    assert second - first > 0.9 * 60 / NVIDIA.rpm
