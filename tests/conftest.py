"""What all tests share: nothing outside the test's own folder is written, and no key is in the environment."""

from __future__ import annotations

import pytest

from nim_core.settings import Settings


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch, tmp_path):
    """A store of the test's own; the weights stay in the user's cache, so that they are fetched once."""
    for name in ("NVIDIA_API_KEY", "NIM_LAB_NVIDIA_URL", "NIM_LAB_ENDPOINTS", "NIM_LAB_SHARED", "NIM_LAB_GGUF"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NIM_LAB_STORE", f"sqlite:///{tmp_path / 'history.sqlite3'}")


@pytest.fixture
def settings() -> Settings:
    return Settings()
