"""What a child process is given, and that it learns of its parent's end."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from nim_core.children import SECRET_VARIABLES, child_environment
from tests.support.running import PATIENCE_S

WATCHING = """
import sys, threading
from nim_core.children import watch_parent
gone = threading.Event()
watch_parent(int(sys.argv[1]), gone.set)
print("watching", flush=True)
gone.wait()
"""


@pytest.fixture
def watching():
    """Starts a process that ends when the parent of this number is gone."""
    started = []

    def start(parent):
        command = [sys.executable, "-c", WATCHING, str(parent)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=child_environment())
        started.append(process)
        assert process.stdout.readline() == b"watching\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def test_a_child_is_given_no_secret(monkeypatch):
    for name in SECRET_VARIABLES:
        monkeypatch.setenv(name, "nvapi-FAKE-not-for-children")
    monkeypatch.setenv("NIM_LAB_CACHE", "kept")
    environment = child_environment()
    assert not [name for name, value in environment.items() if "nvapi-FAKE" in value]
    assert environment["NIM_LAB_CACHE"] == "kept"
    assert {"NVIDIA_API_KEY", "NIM_LAB_ENDPOINT_KEYS"} <= set(SECRET_VARIABLES)


def test_a_child_finds_the_library_from_any_folder_and_nothing_that_lies_there(tmp_path):
    (tmp_path / "json.py").write_text("raise SystemExit('another module of this name')")
    command = [sys.executable, "-P", "-m", "nim_core", "--version"]
    assert subprocess.run(command, cwd=tmp_path, env=child_environment(), capture_output=True).returncode == 0


def test_a_closed_stdin_means_that_the_parent_is_gone(watching):
    process = watching(os.getpid())
    process.stdin.close()
    assert process.wait(PATIENCE_S) == 0


def test_another_parent_means_that_the_parent_is_gone_though_stdin_is_open(watching):
    process = watching(os.getppid())
    assert process.wait(PATIENCE_S) == 0
