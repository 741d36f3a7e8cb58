"""The history on disk."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest

from nim_core.credits import RequestRecord
from nim_core.database import Database
from nim_core.errors import StoreError
from nim_core.events import Ended
from nim_core.experiment import Generation, TextMeasures, Timing, Usage, new_experiment, new_turn
from nim_core.history import open_history
from nim_core.parameters import GenerationParameters, grid

EXPERIMENT = new_experiment("What is GPU?", grid(temperature=[0, 1]), endpoint="local", model="m")
GENERATION = Generation(
    experiment_id=EXPERIMENT.id,
    set="temperature=0",
    repeat=1,
    order=1,
    endpoint="local",
    model="m",
    parameters=GenerationParameters(temperature=0, stop=("\n", "끝")),
    status="ok",
    started_at="2026-11-23T00:00:00.000Z",
    text='Exact: "quotes", 한국어, \t tabs, 🙂\r\n',
    wait_s=0.5,
    timing=Timing(0.1, 0.2, 0.3),
    usage=Usage(5, 7),
    measures=TextMeasures(10, 3, 0.0, "word-4", 0.1, 1.0),
)


@pytest.fixture
def history(settings):
    opened = open_history(settings)
    yield opened
    opened.close()


def test_a_generation_comes_back_as_it_was_written(history):
    history.store.add(GENERATION)
    assert history.store.generations(EXPERIMENT.id) == [GENERATION]


def test_a_later_generation_of_a_cell_replaces_the_earlier(history):
    history.store.add(replace(GENERATION, status="error", error="network"))
    history.store.add(GENERATION)
    assert history.store.generations(EXPERIMENT.id) == [GENERATION]


def test_an_experiment_comes_back_as_it_was_written_and_can_grow(history):
    history.store.save(EXPERIMENT)
    grown = replace(EXPERIMENT, repeats=8)
    history.store.save(grown)
    assert history.store.experiment(EXPERIMENT.id) == grown


def test_how_a_run_ended_is_kept(history):
    history.store.save(EXPERIMENT)
    assert history.store.ended(EXPERIMENT.id) is None
    history.store.end(EXPERIMENT.id, Ended("parked", "Wait."))
    assert history.store.ended(EXPERIMENT.id) == Ended("parked", "Wait.")


def test_chat_turns_do_not_stand_among_the_comparisons(history):
    turn = new_turn("Hi", GenerationParameters(), endpoint="local", model="m")
    history.store.save(turn)
    history.store.save(EXPERIMENT)
    assert history.store.comparisons() == [EXPERIMENT]
    assert history.store.turns(turn.conversation) == [turn]


def test_an_unknown_experiment_is_none(history):
    assert history.store.experiment("0" * 32) is None


@pytest.mark.parametrize("url", ["nonsense", "nodialect://x", "sqlite:////proc/none/history.sqlite3"])
def test_a_store_that_cannot_be_opened_says_what_to_do(url):
    with pytest.raises(StoreError, match="NIM_LAB_STORE|disk"):
        Database(url)


def test_a_password_in_the_address_of_a_store_is_not_shown():
    with pytest.raises(StoreError) as refusal:
        Database("postgresql+psycopg://user:hunter2@127.0.0.1:1/none")
    assert "hunter2" not in str(refusal.value)


def test_a_corrupt_store_says_so(tmp_path):
    path = tmp_path / "broken.sqlite3"
    path.write_bytes(b"this is no database" * 100)
    with pytest.raises(StoreError, match="not a database"):
        Database(f"sqlite:///{path}")


def test_the_store_is_in_wal_mode_so_that_pages_read_while_the_worker_writes(history, tmp_path):
    with sqlite3.connect(tmp_path / "history.sqlite3") as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_credits_left_are_what_the_user_named_less_what_was_sent_since(history):
    mine = history.credits.fingerprint("nvapi-fake-a")
    record = RequestRecord("nvidia", mine, "m", "ok", None)
    history.credits.add(record)
    assert history.credits.read(mine).left == 999
    history.credits.set_credits(mine, 50)
    assert history.credits.read(mine).left == 50


def test_an_account_without_credits_is_set_to_zero(history):
    mine = history.credits.fingerprint("nvapi-fake-a")
    history.credits.add(RequestRecord("nvidia", mine, "m", "credits_exhausted", None))
    assert history.credits.read(mine).left == 0


def test_two_keys_are_counted_apart(history):
    first, second = (history.credits.fingerprint(key) for key in ("nvapi-fake-a", "nvapi-fake-b"))
    history.credits.add(RequestRecord("nvidia", first, "m", "ok", None))
    assert history.credits.read(second).last_minute == 0


def test_the_fingerprint_needs_the_secret_beside_the_store(history, tmp_path, settings):
    same = open_history(settings)
    other = open_history(settings.model_copy(update={"store": f"sqlite:///{tmp_path / 'other' / 'history.sqlite3'}"}))
    mine = history.credits.fingerprint("nvapi-fake-a")
    assert same.credits.fingerprint("nvapi-fake-a") == mine
    assert other.credits.fingerprint("nvapi-fake-a") != mine
    assert (tmp_path / "fingerprint-secret").stat().st_mode & 0o077 == 0
