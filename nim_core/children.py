"""What every child process needs: an environment without secrets, and an end when its parent has ended."""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Callable
from pathlib import Path

SECRET_VARIABLES = ("NVIDIA_API_KEY", "NIM_LAB_ENDPOINT_KEYS")
"""Environment variables that no child process is given."""

POLL_MS = 1000


def child_environment() -> dict[str, str]:
    """This process's environment without secrets, in which nim_core can be imported from any folder."""
    environment = {name: value for name, value in os.environ.items() if name not in SECRET_VARIABLES}
    paths = [str(Path(__file__).parent.parent), environment.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    return environment


def watch_parent(parent: int, gone: Callable[[], object]) -> None:
    """Call `gone` once, from a thread, when stdin's other end is closed or `parent` is no longer the parent.

    Either may come without the other: another process can hold the other end of stdin open. Nothing is read.
    """
    stdin = select.poll()
    stdin.register(0, 0)  # a hang-up is told without being asked for

    def watch() -> None:
        while os.getppid() == parent and not stdin.poll(POLL_MS):
            pass
        gone()

    threading.Thread(target=watch, name="parent", daemon=True).start()
