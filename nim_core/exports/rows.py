"""The rows of a result as CSV, JSON, JSON lines or Parquet, exact to the character.

Only a lone surrogate, which is no character and which no UTF-8 file can hold, is written as U+FFFD.
"""

from __future__ import annotations

import csv
import io
import os
import re
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
import regex

from nim_core.analysis.table import COLUMNS, frame, row
from nim_core.errors import InputError
from nim_core.measures import MEASURES
from nim_core.values.generation import Generation
from nim_core.values.parameter_field import plain
from nim_core.values.parameters import FIELDS
from nim_core.words import N_

if TYPE_CHECKING:
    import pandas

MAIN_MEASURES = tuple(measure.key for measure in MEASURES if measure.in_report)
"""The measures that a report and a notebook draw."""

_LISTS = tuple(field.key for field in FIELDS if field.kind == "texts")
"""The columns that hold lists of texts."""

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
# The signs that begin a formula, their full-width and small forms too, after whatever a spreadsheet drops or hides;
# and a tab or a line break in front, after which some take the rest for a cell of its own.
_FORMULA = regex.compile("[\t\r\n]|[\\s\\p{C}\\p{Default_Ignorable_Code_Point}]*[=+\\-@＝＋－＠﹦﹢﹣﹫−]")


def to_csv(generations: Sequence[Generation], for_spreadsheet: bool = False) -> bytes:
    """RFC 4180 in UTF-8 with a header line; None is an empty cell, stop a JSON list, numbers plain decimals.

    Texts are exact, unless it is for a spreadsheet: one that begins like a formula, also after white space, then gets
    an apostrophe in front, so that an answer such as `=HYPERLINK(...)` is not run, and a byte order mark says that it
    is UTF-8.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for values in _rows(generations):
        writer.writerow([_cell(value, for_spreadsheet=for_spreadsheet) for value in values.values()])
    return out.getvalue().encode("utf-8-sig" if for_spreadsheet else "utf-8")


def to_json(generations: Sequence[Generation]) -> bytes:
    """A JSON array of objects whose keys are the columns."""
    return orjson.dumps(_rows(generations), option=orjson.OPT_INDENT_2)


def to_jsonl(generations: Sequence[Generation]) -> bytes:
    """One JSON object a line."""
    return b"".join(orjson.dumps(values, option=orjson.OPT_APPEND_NEWLINE) for values in _rows(generations))


def to_parquet(generations: Sequence[Generation]) -> bytes:
    """Parquet with typed columns; stop is a list of texts, also where no row has one."""
    import pyarrow as pa

    table = storable(frame(generations))
    schema = pa.Schema.from_pandas(table, preserve_index=False)
    for key in _LISTS:
        schema = schema.set(schema.get_field_index(key), pa.field(key, pa.list_(pa.string())))
    return table.to_parquet(index=False, schema=schema)


def without_surrogates(text: str) -> str:
    r"""The text with U+FFFD for every lone surrogate, so that it can be written as UTF-8.

    >>> without_surrogates("a\ud800b")
    'a�b'
    """
    return _LONE_SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)


def storable(table: pandas.DataFrame) -> pandas.DataFrame:
    """The table of analysis/table.py with texts that can be written as UTF-8."""
    texts = {name: table[name].map(_storable, na_action="ignore") for name in (*table.select_dtypes("string"), *_LISTS)}
    return table.assign(**texts)


def _rows(generations: Sequence[Generation]) -> list[dict[str, object]]:
    return [{name: _storable(value) for name, value in row(each).items()} for each in generations]


def _storable(value: object) -> object:
    if isinstance(value, str):
        return without_surrogates(value)
    return tuple(map(without_surrogates, value)) if isinstance(value, tuple) else value


def _cell(value: object, *, for_spreadsheet: bool) -> str:
    if value is None:
        return ""
    guarded = for_spreadsheet and isinstance(value, str) and _FORMULA.match(value)
    return f"'{value}" if guarded else plain(value)


FORMATS: dict[str, Callable[[Sequence[Generation]], bytes]] = {
    ".csv": to_csv,
    ".json": to_json,
    ".jsonl": to_jsonl,
    ".parquet": to_parquet,
}


def check_out(path: Path) -> None:
    """Raise InputError unless a result can be written to this path; nothing is left behind."""
    if path.suffix not in FORMATS:
        raise InputError(
            N_("--out {path} must end in {endings}."), field="--out", path=path, endings=", ".join(FORMATS)
        )
    if path.is_dir():
        raise InputError(N_("--out {path} is a folder; name a file in it."), field="--out", path=path)
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent):
            pass
        if path.exists() and not os.access(path, os.W_OK):
            raise InputError(N_("--out {path} cannot be written: it is read-only."), field="--out", path=path)
    except OSError as error:
        raise InputError(
            N_("--out {path} cannot be written: {reason}."), field="--out", path=path, reason=error.strerror or error
        ) from None


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
