"""From a refusal to its error kind: by status, envelope and wording together, never by one server's exact text."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from nim_core.errors import CallError

from . import wording
from .envelope import Envelope, read_envelope, shortened
from .naming import fields_named

# An error may echo the whole request, which must be read to be told apart.
MAX_READ = 1024 * 1024
_ANY_KEY = re.compile(r"nvapi-[\w-]{8,}")


_BY_STATUS = {
    **dict.fromkeys((400, 422), "bad_parameter"),
    **dict.fromkeys((401, 403), "key_refused"),
    **dict.fromkeys((405, 406, 411, 415, 421, 426, 501, 505), "not_openai"),
    **dict.fromkeys((408, 499, 504, 522, 524, 598, 599), "timeout"),
    **dict.fromkeys((409, 424), "server_error"),
    **dict.fromkeys((202, 425, 503, 529), "model_unavailable"),
    402: "credits_exhausted",
    404: "model_unknown",
    410: "model_retired",
    413: "context_overflow",
    429: "rate_limited",
}


def classify(
    status: int,
    content_type: str,
    body: bytes | str,
    *,
    key: str | None = None,
    retry_after: float | None = None,
    location: str | None = None,
) -> CallError:
    """The error that an HTTP answer other than 2xx, or a 202, stands for.

    `key` is the key that was sent, None for none: it says whether one was missing, and is cut out of the
    server's words. `retry_after` is in seconds, `location` where a redirect points.

    >>> error = classify(400, "application/json", b'{"message": "Unsupported parameter(s): `seed`"}')
    >>> error.kind.key, error.fields
    ('bad_parameter', ('seed',))
    """
    text = body[:MAX_READ].decode("utf-8", "replace") if isinstance(body, bytes) else body[:MAX_READ]
    envelope = read_envelope(_without_key(text, key), content_type)
    fields = fields_named(envelope)
    if 300 <= status < 400:
        where = f" to {_without_key(location, key)}" if location else ""
        detail = f"it points{where} (status {status}), and keys are not sent on to another place"
        return CallError("not_openai", shortened(detail), status=status)
    kind = _kind(status, envelope, fields, key_sent=key is not None)
    if status == 202:
        detail = "the server queued the request (status 202) instead of answering it"
    else:
        detail = _without_key(envelope.shown, key) or f"the server answered with status {status} and said nothing else"
    return CallError(
        kind, detail, fields=fields if kind == "bad_parameter" else (), status=status, retry_after=retry_after
    )


def classify_inside(error: object, *, key: str | None = None, default: str = "server_error") -> CallError:
    """The error that stands inside an answer with status 200; `default` is the kind when nothing tells it.

    >>> classify_inside({"error": {"message": "ResourceExhausted: Worker local total request limit reached"}}).kind.key
    'model_unavailable'
    """
    text = error if isinstance(error, str) else json.dumps(error, ensure_ascii=False, default=str)
    envelope = read_envelope(_without_key(text[:MAX_READ], key))
    status = envelope.status or 200
    fields = fields_named(envelope)
    kind = _kind(status, envelope, fields, key_sent=key is not None)
    if kind == "server_error" and status == 200:
        kind = default
    shown = _without_key(envelope.shown, key)  # once more, since JSON may have written it with escapes
    return CallError(kind, shown, fields=fields if kind == "bad_parameter" else (), status=envelope.status)


def _kind(status: int, envelope: Envelope, fields: tuple[str, ...], *, key_sent: bool) -> str:
    said = envelope.wording
    if status in (401, 403):
        return _kind_of_refusal(status, envelope, key_sent=key_sent)
    if status in (402, 410):
        return _BY_STATUS[status]
    if envelope.is_html:
        return _kind_of_page(status)
    if wording.CREDITS.search(said):
        return "credits_exhausted"
    if wording.UNAVAILABLE.search(said):
        return "model_unavailable"
    if status == 429:
        return "rate_limited"
    if wording.CONTEXT.search(said):
        return "context_overflow"
    about_model = _kind_of_model(status, envelope, fields)
    if about_model:
        return about_model
    if status < 500 and status not in (404, 408) and wording.BAD_KEY.search(said):
        return "key_refused" if key_sent else "key_missing"
    if status in (200, 400, 500) and wording.RATE.search(said):
        return "rate_limited"
    if status in (200, 500, 502) and wording.TIMEOUT.search(said):
        return "timeout"
    if status == 200:
        refuses = re.search(r"valid|unsupported|not supported|not allowed|not permitted|unexpected|must be", said)
        return "bad_parameter" if fields and refuses else "server_error"
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    return "server_error" if status >= 500 else "bad_parameter" if fields else "not_openai"


def _kind_of_refusal(status: int, envelope: Envelope, *, key_sent: bool) -> str:
    said = envelope.wording
    if wording.CREDITS.search(said):
        return "credits_exhausted"
    if envelope.is_html and status == 403:
        return "not_openai"
    if wording.ENTITLED.search(said):
        return "model_not_entitled"
    if not key_sent:
        return "key_missing"
    if wording.BAD_KEY.search(said):
        return "key_refused"
    if status == 403:
        return "model_not_entitled" if re.search(r"\b(model|function)s?\b", said) else "key_refused"
    says_missing = wording.NO_KEY.search(said) and not envelope.is_html and not re.search(r"\binvalid\b", said)
    return "key_missing" if says_missing else "key_refused"


def _kind_of_page(status: int) -> str:
    """An HTML page comes from a web server or a gateway: only its status tells anything."""
    if status >= 500:
        return _BY_STATUS.get(status, "server_error")
    return _BY_STATUS[status] if status in (408, 413, 429) else "not_openai"


def _kind_of_model(status: int, envelope: Envelope, fields: tuple[str, ...]) -> str | None:
    said = envelope.wording
    if wording.RETIRED.search(said):
        return "model_retired"
    if status == 404 and envelope.is_empty:
        return "model_not_entitled"
    if fields and "model_not_found" not in said:
        return None
    if wording.RETIRED_MODEL.search(said) and "parameter" not in said:
        return "model_retired"
    if status in (200, 400, 404, 422) and wording.ENTITLED.search(said):
        return "model_not_entitled"
    if status in (200, 400, 404, 422) and wording.UNKNOWN_MODEL.search(said):
        return "model_unknown"
    return None


def _without_key(text: str, key: str | None) -> str:
    """A server's words without the key, should it echo one."""
    return _ANY_KEY.sub("nvapi-…", text.replace(key, "…") if key else text)


def seconds_to_wait(retry_after: str | None, now: datetime | None = None) -> float | None:
    """A Retry-After header, seconds or an HTTP date, as seconds from now; None when there is none to read.

    >>> seconds_to_wait("12")
    12.0
    """
    if retry_after is None:
        return None
    text = retry_after.strip()
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    try:
        when = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - (now or datetime.now(UTC))).total_seconds())
