"""Exports: the rows of a result as CSV, JSON, JSON lines or Parquet, exact to the character."""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import orjson

from .errors import InputError
from .experiment import Generation
from .frame import COLUMNS, frame, row
from .parameters import plain


def to_csv(generations: Sequence[Generation]) -> bytes:
    """RFC 4180 in UTF-8 with a header line; None is an empty cell, stop a JSON list, numbers plain decimals."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for generation in generations:
        writer.writerow(["" if value is None else plain(value) for value in row(generation).values()])
    return out.getvalue().encode()


def to_json(generations: Sequence[Generation]) -> bytes:
    """A JSON array of objects whose keys are the columns."""
    return orjson.dumps([row(generation) for generation in generations], option=orjson.OPT_INDENT_2)


def to_jsonl(generations: Sequence[Generation]) -> bytes:
    """One JSON object a line."""
    return b"".join(orjson.dumps(row(each), option=orjson.OPT_APPEND_NEWLINE) for each in generations)


def to_parquet(generations: Sequence[Generation]) -> bytes:
    """Parquet with typed columns."""
    return frame(generations).to_parquet(index=False)


FORMATS: dict[str, Callable[[Sequence[Generation]], bytes]] = {
    ".csv": to_csv,
    ".json": to_json,
    ".jsonl": to_jsonl,
    ".parquet": to_parquet,
}


def check_out(path: Path) -> None:
    """Raise InputError unless a result can be written to this path; nothing is left behind."""
    if path.suffix not in FORMATS:
        raise InputError(f"--out {path} must end in {', '.join(FORMATS)}.", field="--out")
    if path.is_dir():
        raise InputError(f"--out {path} is a folder; name a file in it.", field="--out")
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent):
            pass
        if path.exists() and not os.access(path, os.W_OK):
            raise PermissionError(13, "it is read-only")
    except OSError as error:
        raise InputError(f"--out {path} cannot be written: {error.strerror or error}.", field="--out") from None


def write(generations: Sequence[Generation], path: Path) -> None:
    """Write a result in the format of the path's ending; a reader never sees half a file."""
    content = FORMATS[path.suffix](generations)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as temporary:
        try:
            temporary.write(content)
            temporary.flush()
            os.fsync(temporary.fileno())
            mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
            Path(temporary.name).chmod(mode)
            Path(temporary.name).replace(path)
        except BaseException:
            Path(temporary.name).unlink(missing_ok=True)
            raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
