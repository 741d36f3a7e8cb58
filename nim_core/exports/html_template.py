"""HTML from templates, in which every value is text, unless a template says of one that it is markup."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import jinja2
import orjson

from .rows import without_surrogates


@cache
def template(path: Path) -> jinja2.Template:
    """A template by its path. Its `tojson` cannot end a script element; a name that it is not given is an error."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(path.parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_holdable,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_function"] = _json
    environment.policies["json.dumps_kwargs"] = {}
    return environment.get_template(path.name)


def _holdable(value: object) -> object:
    """Text with U+FFFD for what no HTML can hold; markup is made of such text already."""
    if isinstance(value, str) and not hasattr(value, "__html__"):
        return without_surrogates(value).replace("\0", "\N{REPLACEMENT CHARACTER}")
    return value


def _json(value: object) -> str:
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()
