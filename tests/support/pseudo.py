"""A language that nobody speaks: every message in brackets and 40% longer, so that a forgotten text shows.

It takes the place of Korean in a copy of the source, so that what runs is the program as it is.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from babel.messages.catalog import Catalog

from nim_core.locale.messages import as_mo, marked
from nim_core.words import DOMAIN, LANGUAGES

ROOT = Path(__file__).parent.parent.parent
STANDS_FOR = "ko"
BRACKETED = re.compile(r"⟦[^⟦⟧]*⟧")
LETTERS = re.compile(r"[^\W\d_]")
OWN_NAMES = (*LANGUAGES.values(), "NIM Lab", "nvapi-…", "JSON", "CSV")

READ = ("label", "help", "body", "placeholder", "captions", "options", "text", "page_name", "alt")
"""The fields of Streamlit's messages to the browser that a person reads."""

_DRIVER = f"""
import json, sys
from streamlit.testing.v1 import AppTest

test = AppTest.from_file("pages/frame.py", default_timeout=60)
test.query_params["lang"] = {STANDS_FOR!r}
test.run()
if sys.argv[1] != "connect.py":
    test.switch_page(sys.argv[1]).run()
assert not test.exception, test.exception[0].value

def texts(node):
    proto = getattr(node, "proto", None)
    for field in proto.DESCRIPTOR.fields if hasattr(proto, "DESCRIPTOR") else ():
        if field.name in {READ!r}:
            value = getattr(proto, field.name)
            yield from [value] if isinstance(value, str) else (each for each in value if isinstance(each, str))
    for child in getattr(node, "children", {{}}).values():
        yield from texts(child)

json.dump([text for root in (test.main, test.sidebar) for text in texts(root)], sys.stdout)
"""


def pseudo(message: str) -> str:
    """A message in brackets and 40% longer, its places and its markup as they are.

    >>> pseudo("Stop the run")
    '⟦Stop the run ·····⟧'
    """
    return f"⟦{message} {'·' * round(len(message) * 0.4)}⟧"


def tree(folder: Path) -> Path:
    """A copy of the program that speaks the language nobody speaks where it would speak Korean."""
    for name in ("nim_core", "pages", ".streamlit"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "app.py", folder)
    spoken = Catalog(locale=STANDS_FOR, fuzzy=False)
    for message in marked():
        if message.id:
            many = isinstance(message.id, tuple | list)
            spoken.add(message.id, (pseudo(message.id[1]),) if many else pseudo(str(message.id)))
    (folder / "nim_core" / "locale" / STANDS_FOR / "LC_MESSAGES" / f"{DOMAIN}.mo").write_bytes(as_mo(spoken))
    return folder


def texts_of(folder: Path, page: str) -> list[str]:
    """Everything that a new visitor can read on a page of that copy."""
    ran = subprocess.run(
        [sys.executable, "-c", _DRIVER, page], cwd=folder, capture_output=True, text=True, check=True, encoding="utf-8"
    )
    read: list[str] = json.loads(ran.stdout)
    return read


def forgotten(texts: Iterable[str], *foreign: str) -> list[str]:
    """The texts that hold words outside the brackets, apart from names and from what is not the program's own."""
    found = []
    for text in texts:
        rest = BRACKETED.sub("", text)
        for name in (*foreign, *OWN_NAMES):
            rest = rest.replace(name, "")
        if LETTERS.search(rest) and not text.startswith("<style>"):
            found.append(text)
    return found
