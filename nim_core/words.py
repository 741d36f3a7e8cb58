"""What is said to a person: one message of the catalog in the language of whoever reads it, its values filled in.

The language stands in a ContextVar, set anew for each run of a page and each command of the terminal, so that two
readers at once never mix. A message is a whole English sentence with named places; without a catalog, with a damaged
one and in an unknown language it stays English.
"""

from __future__ import annotations

import gettext
import logging
import re
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Protocol, runtime_checkable
from zoneinfo import ZoneInfo

ENGLISH = "en"
LANGUAGES = {ENGLISH: "English", "ko": "한국어"}
"""The languages that can be chosen, each called by its own name."""

LOCALE = Path(__file__).parent / "locale"
DOMAIN = "nim_lab"
PLACE = re.compile(r"\{([a-z]\w*)\}")
"""A named place in a message."""

_language = ContextVar("language", default=ENGLISH)


@runtime_checkable
class Sayable(Protocol):
    """What can be said in the language of whoever reads it."""

    def said(self) -> str:
        """The words, in the present language."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that is not said yet: a message of the catalog and the values of its places.

    As text it is English, for exceptions and logs.

    >>> str(Sentence("{parameter} is {given}, but it must be a number.", {"parameter": "top_p", "given": "'x'"}))
    "top_p is 'x', but it must be a number."
    """

    template: str
    values: Mapping[str, object] = field(default_factory=dict)

    def said(self) -> str:
        """The sentence in the present language."""
        return said(self.template, **self.values)

    def __str__(self) -> str:
        with use_language(ENGLISH):
            return self.said()


def said(message: str, /, **values: object) -> str:
    """A message in the present language, its places filled in; what is no message stays as it is.

    Numbers are written as the language writes them, and what is Sayable is said.

    >>> said("{count} answers of {model}", count=1_000, model="smollm2")
    '1,000 answers of smollm2'
    """
    catalog = catalog_in(language(), LOCALE)
    return _filled(catalog.gettext(message) if message else "", values)


_ = said
"""The same where the message is written; every tool for catalogs knows it by this name."""


def _n(one: str, many: str, count: int, /, **values: object) -> str:
    """The message for one or for many, in the present language; its place {count} is filled too.

    >>> _n("{count} repeat", "{count} repeats", 1), _n("{count} repeat", "{count} repeats", 5)
    ('1 repeat', '5 repeats')
    """
    return _filled(catalog_in(language(), LOCALE).ngettext(one, many, count), {**values, "count": count})


def N_(message: str, /) -> str:  # noqa: N802  # every tool for catalogs knows it by this name
    """Mark a message where it is declared; `said` says it where it is shown."""
    return message


def language() -> str:
    """The code of the present language, one of LANGUAGES."""
    return _language.get()


def set_language(code: str) -> None:
    """Speak a language from here to the end of this run of a page."""
    _language.set(matched(code))


@contextmanager
def use_language(code: str) -> Iterator[None]:
    """Speak a language within a block."""
    before = _language.set(matched(code))
    try:
        yield
    finally:
        _language.reset(before)


def matched(tag: str | None) -> str:
    """The language that a tag or a POSIX locale names; English for what is none of LANGUAGES.

    >>> matched("ko-KR"), matched("ko_KR.UTF-8"), matched("xx"), matched(None)
    ('ko', 'ko', 'en', 'en')
    """
    code = re.split(r"[-_.@]", tag or "", maxsplit=1)[0].lower()
    return code if code in LANGUAGES else ENGLISH


def language_of_terminal(environment: Mapping[str, str]) -> str:
    """The language that a terminal's variables name, the first that is set, as gettext reads them.

    >>> language_of_terminal({"LANG": "ko_KR.UTF-8"}), language_of_terminal({"LC_ALL": "C", "LANG": "ko_KR.UTF-8"})
    ('ko', 'en')
    """
    names = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
    chosen = next((environment[name] for name in names if environment.get(name)), "")
    return matched(chosen.partition(":")[0])


@cache
def catalog_in(code: str, folder: Path) -> gettext.NullTranslations:
    """The catalog of a language in a folder; one that says all in English where there is none, or a damaged one."""
    path = folder / code / "LC_MESSAGES" / f"{DOMAIN}.mo"
    if not path.exists():
        return gettext.NullTranslations()
    try:
        with path.open("rb") as file:
            return gettext.GNUTranslations(file)
    except (OSError, ValueError, LookupError, struct.error) as error:
        logging.getLogger(__name__).warning("The catalog %s cannot be read, so English is spoken: %s", path, error)
        return gettext.NullTranslations()


def number(value: float | Decimal, decimals: int | None = None) -> str:
    """A number in plain decimals and groups of three, rounded where `decimals` says so.

    >>> number(1025), number(0.25), number(1234.5678, 1), number(2, 2)
    ('1,025', '0.25', '1,234.6', '2.00')
    """
    from babel.numbers import format_decimal

    exact = Decimal(repr(value)) if isinstance(value, float) else value
    if decimals is None:
        return format_decimal(exact, locale=language(), decimal_quantization=False)
    return format_decimal(exact, format=f"#,##0.{'0' * decimals}" if decimals else "#,##0", locale=language())


def percent(share: float, decimals: int = 0) -> str:
    """A share of 1 as a percentage.

    >>> percent(0.954), percent(0.954, 1)
    ('95%', '95.4%')
    """
    from babel.numbers import format_percent

    return format_percent(share, format=f"0.{'0' * decimals}%" if decimals else "0%", locale=language())


def seconds(duration: float, decimals: int = 0) -> str:
    """A duration in seconds with its unit.

    >>> seconds(12.345), seconds(0.3456, 2)
    ('12 s', '0.35 s')
    """
    return _("{duration} s", duration=number(duration, decimals))


def moment(stamp: str, zone: ZoneInfo) -> str:
    """A UTC time stamp (ISO 8601) on the clock of a zone, to the minute and in 24 hours.

    >>> moment("2026-11-24T15:04:05+00:00", ZoneInfo("Asia/Seoul"))
    '2026-11-25 00:04'
    """
    from babel.dates import format_datetime

    return format_datetime(datetime.fromisoformat(stamp), "yyyy-MM-dd HH:mm", tzinfo=zone, locale=language())


def _filled(sentence: str, values: Mapping[str, object]) -> str:
    return PLACE.sub(lambda place: _shown(values[place[1]]) if place[1] in values else place[0], sentence)


def _shown(value: object) -> str:
    if isinstance(value, Sayable):
        return value.said()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number(value)
    return str(value)
