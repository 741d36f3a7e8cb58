"""What is marked in the source, and the files that say it in another language."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from nim_core.words import DOMAIN, ENGLISH, LANGUAGES, LOCALE

SOURCE = LOCALE.parent.parent
KEYWORDS = {"_": None, "_n": (1, 2), "N_": None, "said": None}
"""The calls whose literal text is a message, and which of their arguments are."""

_METHODS = [
    ("nim_core/**.py", "python"),
    ("pages/**.py", "python"),
    ("nim_core/**.jinja", "jinja2.ext:babel_extract"),
    ("pages/**.jinja", "jinja2.ext:babel_extract"),
]


def translated() -> tuple[str, ...]:
    """The languages that have a catalog: all but English, which is the source."""
    return tuple(code for code in LANGUAGES if code != ENGLISH)


def po_of(code: str) -> Path:
    """The catalog that translators edit."""
    return LOCALE / code / "LC_MESSAGES" / f"{DOMAIN}.po"


def marked() -> Catalog:
    """Every message that is marked in the source, with the files that say it."""
    found = Catalog()
    for file, _line, message, comments, context in extract_from_dir(str(SOURCE), _METHODS, keywords=KEYWORDS):
        found.add(message, None, [(file, 0)], auto_comments=comments, context=context)
    return found


def catalog(code: str) -> Catalog:
    """A language's catalog as its translators left it."""
    with po_of(code).open("rb") as file:
        return read_po(file, locale=code)


def updated(code: str, source: Catalog) -> Catalog:
    """A language's catalog with the messages of the source: new ones are empty, and what is said no more is gone."""
    kept = catalog(code)
    # A guess from a similar message would have to be read as carefully as a new one is written.
    kept.update(source, no_fuzzy_matching=True, update_creation_date=False)
    return kept


def as_po(of: Catalog) -> bytes:
    """A catalog as the file of translators, in the order of its messages.

    It holds no numbers of lines, so that a change of one place changes no other.
    """
    written = BytesIO()
    write_po(written, of, width=0, sort_output=True, ignore_obsolete=True, include_lineno=False)
    return written.getvalue()


def as_mo(of: Catalog) -> bytes:
    """A catalog as it is read while the program runs."""
    written = BytesIO()
    write_mo(written, of)
    return written.getvalue()
