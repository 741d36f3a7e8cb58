"""What all tests share: nothing outside the test's own folder is written, and no key is in the environment."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator

import psycopg
import pytest

from nim_core.history import History, open_history
from nim_core.settings import Settings
from tests.support import postgres


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch, tmp_path):
    """English, and a store of the test's own; the weights stay in the user's cache, so that they are fetched once."""
    for name in ("NVIDIA_API_KEY", "NIM_LAB_NVIDIA_URL", "NIM_LAB_ENDPOINTS", "NIM_LAB_SHARED", "NIM_LAB_GGUF"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANGUAGE", "en")
    monkeypatch.setenv("NIM_LAB_STORE", f"sqlite:///{tmp_path / 'history.sqlite3'}")


@pytest.fixture
def settings() -> Settings:
    return Settings()


@pytest.fixture
def history(settings: Settings) -> Iterator[History]:
    """The history of the test's own store; of a database's, where the test asks for one."""
    opened = open_history(settings)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a real PostgreSQL, started once."""
    programs = postgres.find_programs()
    if programs is None:
        if os.environ.get("NIM_LAB_REQUIRE_BROWSER"):
            pytest.fail("PostgreSQL is required here and not installed (Debian's package postgresql).")
        pytest.skip("PostgreSQL is not installed (Debian's package postgresql).")
    with postgres.running(programs) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def each_database(request, monkeypatch, tmp_path, _own_environment) -> str:
    """Runs a test on each database, empty; its URL, which NIM_LAB_STORE names too."""
    if request.param == "postgresql":
        url, schema = request.getfixturevalue("postgresql"), f"test_{uuid.uuid4().hex}"
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {schema}")
        monkeypatch.setenv("NIM_LAB_STORE", f"{url}?options=-csearch_path%3D{schema}")
        # Where a store of the first shape on a database server had the secret of its fingerprints.
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return os.environ["NIM_LAB_STORE"]
