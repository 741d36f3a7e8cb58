"""The database beneath the history: how it is opened, and what it says when it cannot be."""

from __future__ import annotations

import sqlite3

import pytest
from sqlalchemy import text

from nim_core.errors import StoreError
from nim_core.history import open_history
from nim_core.history.database import Database


@pytest.mark.parametrize(
    "url", ["nonsense", "nodialect://x", "sqlite+nodriver://", "sqlite:////proc/none/history.sqlite3"]
)
def test_a_store_that_cannot_be_opened_says_what_to_do(url):
    with pytest.raises(StoreError, match="NIM_LAB_STORE|disk"):
        Database(url)


def test_a_database_that_is_neither_sqlite_nor_postgresql_is_refused():
    with pytest.raises(StoreError, match="sqlite:///.* or postgresql"):
        Database("mysql://user@127.0.0.1/none")


def test_a_server_that_does_not_run_is_named_and_its_password_is_not():
    with pytest.raises(StoreError, match="database cannot be reached") as refusal:
        Database("postgresql+psycopg://user:hunter2@127.0.0.1:1/none")
    assert "hunter2" not in str(refusal.value)


def test_a_fault_of_a_statement_is_not_told_as_a_server_that_cannot_be_reached(each_database):
    database = Database(each_database)
    with pytest.raises(StoreError) as refusal, database.connection() as connection:
        connection.execute(text("SELECT :model"), {"model": object()})
    assert "cannot be reached" not in str(refusal.value)
    database.close()


def test_a_database_that_does_not_exist_is_said_in_the_servers_words(postgresql):
    with pytest.raises(StoreError, match='database "none" does not exist'):
        Database(postgresql.replace("/postgres", "/none"))


def test_the_store_is_in_wal_mode_so_that_pages_read_while_the_worker_writes(settings, tmp_path):
    open_history(settings).close()
    with sqlite3.connect(tmp_path / "history.sqlite3") as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_the_same_key_has_another_fingerprint_in_another_store(tmp_path, settings):
    history = open_history(settings)
    same = open_history(settings)
    other = open_history(settings.model_copy(update={"store": f"sqlite:///{tmp_path / 'other' / 'history.sqlite3'}"}))
    mine = history.meter.fingerprint("nvapi-fake-a")
    assert same.meter.fingerprint("nvapi-fake-a") == mine
    assert other.meter.fingerprint("nvapi-fake-a") != mine
