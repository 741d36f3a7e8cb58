"""A real PostgreSQL for the tests: on loopback, in a folder of its own, gone at the end."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

START_S = 60
# Quick instead of durable: nothing of it outlives the tests.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "16MB",
    "max_connections": "60",
}


def find_programs() -> Path | None:
    """The folder of initdb and postgres, None where they are not installed."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = shutil.which("initdb")
    if debian:
        return debian[-1].parent
    return Path(found).resolve().parent if found else None


@contextmanager
def running(programs: Path) -> Iterator[str]:
    """A server for as long as the block lasts; yields the URL of its empty database."""
    # It refuses to run as root, and root's own temporary folders are closed to others.
    user = "nobody" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="nim-lab-postgres-"))
    if user:
        shutil.chown(folder, user)
    as_user = {"user": user, "extra_groups": [] if user else None, "cwd": folder}
    data = folder / "data"
    subprocess.run(
        [programs / "initdb", "-D", data, "-U", "lab", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C"],
        stdout=subprocess.DEVNULL,
        check=True,
        **as_user,
    )
    port = _free_port()
    options = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, "-p", str(port), *options], stdout=log, stderr=log, **as_user
        )
    try:
        _wait_for(server, port, folder / "log")
        yield f"postgresql+psycopg://lab@127.0.0.1:{port}/postgres"
    finally:
        server.send_signal(signal.SIGINT)
        server.wait()
        shutil.rmtree(folder)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def _wait_for(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    ticking = threading.Event()
    for _ in range(START_S * 20):
        assert server.poll() is None, log.read_text()
        try:
            psycopg.connect(host="127.0.0.1", port=port, user="lab", dbname="postgres").close()
        except psycopg.OperationalError:
            ticking.wait(0.05)
        else:
            return
    raise AssertionError(log.read_text())
