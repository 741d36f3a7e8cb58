"""Keeps keys out of every log, whatever level somebody has asked for, and control characters off the terminal."""

from __future__ import annotations

import logging
import os
import re
from typing import Any

from nim_core.foreign import visible

HELD = ("openai", "httpx2", "httpcore2", "aiohttp", "websockets", "httpx", "httpcore", "authlib")
"""Loggers that write requests, headers or what visitors type at their lower levels."""

_SWITCHES = ("OPENAI_LOG",)
"""Environment variables by which a package raises its own log level when it is loaded."""

_KEY = re.compile(
    r"(?i)(\bnvapi-|\bsk-|\bhf_|\bbearer\s+|\b(?:authorization|api[-_]?key)\b\W{1,6})(?!bearer\b)[\w.~+/=-]{4,}"
)


def without_keys(text: str) -> str:
    """A text with every key cut out that can be told by how keys look or by what stands before them.

    >>> without_keys("Authorization: Bearer abc123, then nvapi-0123456789")
    'Authorization: Bearer …, then nvapi-…'
    """
    return _KEY.sub(r"\1…", text)


def guard_logs() -> None:
    """Hold the loggers that would write keys; cut keys out of every record, and write its control characters out.

    Records are changed as they are made, so that no handler, present or later, sees a key. May be called again.
    """
    for name in _SWITCHES:
        os.environ.pop(name, None)
    for name in HELD:
        logging.getLogger(name).setLevel(logging.WARNING)
    if not logging.getLogger().handlers:
        logging.basicConfig(format="%(levelname)s %(name)s: %(message)s")
    logging.setLogRecordFactory(_record)


def _clean(text: str) -> str:
    return visible(without_keys(text), lines=True)


def _record(*arguments: Any, **named: Any) -> logging.LogRecord:
    record = logging.LogRecord(*arguments, **named)
    try:
        message = record.getMessage()
    except (TypeError, ValueError):  # a handler would show the arguments that do not fit
        message = f"{record.msg} {record.args}"
    if (clean := _clean(message)) != message:
        record.msg, record.args = clean, ()
    if record.exc_info:
        record.exc_text = _clean(logging.Formatter().formatException(record.exc_info))
    if record.stack_info:
        record.stack_info = _clean(record.stack_info)
    return record
