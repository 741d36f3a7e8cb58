"""What is kept of each model's calls, and of each endpoint's list."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from nim_core.catalog import Model
from nim_core.history import open_history
from nim_core.history.sightings import KEPT_EACH, NOT_THE_MODEL

pytestmark = pytest.mark.usefixtures("each_database")

PLACE, MINE, YOURS = "nvidia", "a" * 32, "b" * 32
MODEL = "meta/llama-3.1-8b-instruct"


@pytest.fixture
def seen(history):
    return history.sightings


def test_a_model_that_was_never_called_is_not_known(seen):
    assert seen.model(PLACE, MINE, MODEL) is None
    assert seen.models(PLACE, MINE) == {}


def test_an_answer_is_kept_with_its_moment_and_first_token_time(seen):
    before = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    seen.note(PLACE, MINE, MODEL, "ok", ttft_s=0.4)
    found = seen.model(PLACE, MINE, MODEL)
    assert found.answered_at >= before
    assert (found.ttft_s, found.failure, found.failed_at) == (0.4, None, None)


def test_the_typical_first_token_time_is_the_median_of_the_last_answers(seen):
    for ttft in [9.0] * 20 + [0.2, 0.3, 0.4] * (KEPT_EACH // 3):
        seen.note(PLACE, MINE, MODEL, "ok", ttft_s=ttft)
    assert seen.model(PLACE, MINE, MODEL).ttft_s == 0.3


def test_an_answer_without_streaming_leaves_the_first_token_time_unknown(seen):
    seen.note(PLACE, MINE, MODEL, "ok", ttft_s=None)
    assert seen.model(PLACE, MINE, MODEL).ttft_s is None


def test_a_failure_stands_until_the_next_answer(seen):
    seen.note(PLACE, MINE, MODEL, "ok", ttft_s=0.4)
    seen.note(PLACE, MINE, MODEL, "model_unavailable", detail="worker full")
    found = seen.model(PLACE, MINE, MODEL)
    assert (found.failure, found.detail, found.ttft_s) == ("model_unavailable", "worker full", 0.4)
    seen.note(PLACE, MINE, MODEL, "ok")
    found = seen.model(PLACE, MINE, MODEL)
    assert found.failure is None
    assert found.failed_at is not None


def test_many_failures_do_not_push_the_last_answer_out(seen):
    seen.note(PLACE, MINE, MODEL, "ok", ttft_s=0.4)
    for _ in range(3 * KEPT_EACH):
        seen.note(PLACE, MINE, MODEL, "timeout")
    assert seen.model(PLACE, MINE, MODEL).answered_at is not None


def test_the_table_does_not_grow_with_the_number_of_calls(history, seen):
    for _ in range(4 * KEPT_EACH):
        seen.note(PLACE, MINE, MODEL, "ok", ttft_s=0.4)
        seen.note(PLACE, MINE, MODEL, "timeout")
    with history.database.connection() as connection:
        assert connection.scalar(text("SELECT count(*) FROM sightings")) == 2 * KEPT_EACH


@pytest.mark.parametrize("outcome", NOT_THE_MODEL)
def test_what_is_no_fault_of_the_model_is_not_held_against_it(seen, outcome):
    seen.note(PLACE, MINE, MODEL, outcome)
    assert seen.model(PLACE, MINE, MODEL) is None


def test_a_refused_parameter_is_kept_with_the_servers_words(seen):
    seen.note(PLACE, MINE, MODEL, "bad_parameter", refused=("seed",), detail="Unsupported parameter(s): `seed`")
    seen.note(PLACE, MINE, MODEL, "ok")
    assert seen.model(PLACE, MINE, MODEL).refused == {"seed": "Unsupported parameter(s): `seed`"}


def test_a_refusal_lapses_since_the_server_may_have_learnt_the_parameter(history, seen):
    seen.note(PLACE, MINE, MODEL, "bad_parameter", refused=("seed",), detail="Unsupported")
    with history.database.connection() as connection:
        connection.execute(text("UPDATE sightings SET at = '2020-01-01T00:00:00.000Z'"))
    assert seen.model(PLACE, MINE, MODEL).refused == {}


def test_a_retired_models_date_is_read_from_the_servers_words(seen):
    seen.note(PLACE, MINE, MODEL, "model_retired", detail="has reached its end of life on 2026-05-14T00:00:00Z")
    assert seen.model(PLACE, MINE, MODEL).retired_on == "2026-05-14"


def test_two_keys_and_two_endpoints_see_nothing_of_one_another(seen):
    seen.note(PLACE, MINE, MODEL, "ok")
    seen.keep_list(PLACE, MINE, [Model("secret/model", "secret", "chat")])
    for endpoint, fingerprint in ((PLACE, YOURS), ("http://127.0.0.1:8000/v1", MINE)):
        assert seen.models(endpoint, fingerprint) == {}
        assert seen.last_list(endpoint, fingerprint) is None


def test_the_last_list_replaces_the_one_before(seen):
    seen.keep_list(PLACE, MINE, [Model("a/b", "a", "chat", 4096), Model("c/d", None, "embedding")])
    seen.keep_list(PLACE, MINE, [Model("e/f", "e", "chat", 8192)])
    assert seen.last_list(PLACE, MINE).models == (Model("e/f", "e", "chat", 8192),)


def test_an_endpoint_is_known_once_it_has_sent_a_list(seen):
    assert not seen.knows(PLACE)
    seen.keep_list(PLACE, MINE, [])
    assert seen.knows(PLACE)
    assert not seen.knows("http://127.0.0.1:8000/v1")


def test_an_endpoint_without_a_list_is_known_once_it_was_called(seen):
    seen.note("http://127.0.0.1:8000/v1", MINE, MODEL, "ok")
    assert seen.knows("http://127.0.0.1:8000/v1")


def test_several_threads_may_note_at_once(seen):
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: seen.note(PLACE, MINE, f"a/{number % 4}", "ok", ttft_s=0.1), range(64)))
    assert set(seen.models(PLACE, MINE)) == {"a/0", "a/1", "a/2", "a/3"}


def test_what_was_seen_outlives_the_process(settings):
    first = open_history(settings)
    first.sightings.note(PLACE, MINE, MODEL, "ok", ttft_s=0.4)
    first.close()
    second = open_history(settings)
    assert second.sightings.model(PLACE, MINE, MODEL).ttft_s == 0.4
    second.close()
