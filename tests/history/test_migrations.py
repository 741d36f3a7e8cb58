"""The store's shape over time: old stores open with every row, new ones are refused, many may open one at once."""

from __future__ import annotations

import hashlib
import hmac
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, select, text

from nim_core.analysis.telling import ending_sentence, failure_sentence
from nim_core.errors import StoreError
from nim_core.history import open_history
from nim_core.history.database import Database
from nim_core.history.migrations import HERE, REVISIONS
from nim_core.history.tables import METADATA
from nim_core.settings import Settings
from tests.data.make_store import fill

ROOT = Path(__file__).parent.parent.parent
EARLIER_SHAPES = sorted((ROOT / "tests" / "data").glob("store-*.sqlite3"))
OPEN = "from nim_core.history import open_history; from nim_core.settings import Settings; open_history(Settings())"
REMAKE = "run: python -m nim_core.history.migrations.make 'what changes' (see nim_core/history/migrations/__init__.py)"


@pytest.fixture(params=EARLIER_SHAPES, ids=lambda path: path.stem)
def shape(request):
    """A store of an earlier shape, as it was written."""
    return request.param


@pytest.fixture
def old_store(shape, tmp_path):
    """The same where somebody has it who installs a later version."""
    path = tmp_path / "history.sqlite3"
    shutil.copy(shape, path)
    return path


def rows_by_table(path):
    with sqlite3.connect(path) as connection:
        connection.row_factory = sqlite3.Row
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        return {
            name: [dict(row) for row in connection.execute(f'SELECT * FROM "{name}" ORDER BY 1, 2')]
            for (name,) in names.fetchall()
            if name != "alembic_version"
        }


def test_a_store_of_an_earlier_shape_opens_with_every_row_as_it_was(shape, old_store, settings):
    before = rows_by_table(shape)
    open_history(settings).close()
    after = rows_by_table(old_store)
    kept = {
        name: [{column: now[column] for column in then} for then, now in zip(rows, after[name], strict=True)]
        for name, rows in before.items()
    }
    assert all(before.values())
    assert kept == before


def test_the_meter_of_a_store_of_the_first_shape_goes_on(settings, tmp_path):
    shutil.copy(EARLIER_SHAPES[0], tmp_path / "history.sqlite3")
    (tmp_path / "fingerprint-secret").write_bytes(bytes(range(32)))
    expected = hmac.new(bytes(range(32)), b"nvapi-fake", hashlib.sha256).hexdigest()[:32]
    history = open_history(settings)
    assert history.meter.fingerprint("nvapi-fake") == expected
    history.close()


def test_what_a_store_of_an_earlier_shape_holds_can_be_read(old_store, settings):
    history = open_history(settings)
    (experiment,) = history.experiments.comparisons()
    rows = history.experiments.generations(experiment.id)
    (conversation,) = history.conversations.listed()
    assert [row.status for row in rows] == ["ok", "error"]
    assert rows[0].text == 'An exact answer: "quotes", 한국어, \t tab, 🙂\r\n'
    assert [turn.prompt for turn in history.conversations.path(conversation.id)] == ["Hello"]
    assert history.sightings.knows("nvidia")
    history.close()


def test_how_a_run_and_a_call_ended_is_told_in_the_words_that_an_earlier_shape_kept(shape, old_store, settings):
    kept = rows_by_table(shape)
    history = open_history(settings)
    (experiment,) = history.experiments.comparisons()
    failed = history.experiments.generations(experiment.id)[1]
    ended = history.experiments.ended(experiment.id)
    (before,) = [each for each in kept["experiments"] if each["id"] == experiment.id]
    assert (ended.outcome, ending_sentence(ended)) == (before["outcome"], before["outcome_sentence"])
    assert failure_sentence(failed) == failed.error_text == "The server could not be reached."
    history.close()


def test_the_scripts_make_the_tables_that_the_code_reads(each_database):
    database = Database(each_database)
    with database.connection() as connection:
        difference = compare_metadata(MigrationContext.configure(connection), METADATA)
    database.close()
    assert difference == [], REMAKE


def test_every_table_takes_a_row_on_each_database(each_database):
    history = open_history(Settings())
    fill(history)
    with history.database.connection() as connection:
        filled = [connection.scalar(select(func.count()).select_from(table)) for table in METADATA.sorted_tables]
    history.close()
    assert all(filled)


def test_the_number_before_a_scripts_name_is_its_revision():
    scripts = [script.revision for script in ScriptDirectory(str(HERE)).walk_revisions()]
    assert tuple(reversed(scripts)) == REVISIONS


def test_a_store_from_a_newer_version_is_refused_and_left_alone(each_database):
    database = Database(each_database)
    with database.connection() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer version of NIM Lab.*Update NIM Lab"):
        Database(each_database)
    with database.connection() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"
    database.close()


def test_opening_a_store_that_is_up_to_date_loads_no_alembic(each_database):
    Database(each_database).close()
    code = f"{OPEN}; import sys; print('alembic' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True, cwd=ROOT) == "False\n"


def test_five_processes_may_open_a_new_store_at_once(each_database):
    several = [subprocess.Popen([sys.executable, "-c", OPEN], cwd=ROOT, stderr=subprocess.PIPE) for _ in range(5)]
    assert [process.communicate()[1] for process in several] == [b""] * 5
    assert [process.returncode for process in several] == [0] * 5
