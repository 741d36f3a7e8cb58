"""One answer's bytes, read into a Reply: events or one whole JSON object, whichever the server really sent."""

from __future__ import annotations

from typing import Any

from nim_core.errors import CallError
from nim_core.values.generation import Usage
from nim_core.values.piece import Piece, Token

from .logprobs import read_tokens
from .refusal.classify import classify_inside
from .reply import Reply
from .sse import MAX_LINE_BYTES, Event, EventReader, Unreadable, read_count, read_json

MAX_TEXT_CHARACTERS = 8 * 1024 * 1024
MAX_TOKENS = 1024 * 1024
"""The alternatives of each count, too."""

_BEFORE_BODY = b"\xef\xbb\xbf \t\r\n"


class Reading:
    """Reads one HTTP body into a Reply.

    `error` is the error that the server put into the answer (an object, or its text), `done` says that
    [DONE] came, and `foreign` holds the start of a body that is no OpenAI-style answer.
    """

    def __init__(self, reply: Reply) -> None:
        self.error: dict[str, Any] | str | None = None
        self.done = False
        self.foreign: bytes | None = None
        self._reply = reply
        self._events: EventReader | None = None
        self._told = False  # whether any JSON object came
        self._whole = bytearray()
        self._tokens: list[Token] = []  # that came since the last piece
        self._token_count = 0

    @property
    def overlong(self) -> bool:
        """Whether more has come than is kept."""
        line = self._events is not None and self._events.overlong
        much = self._reply.characters > MAX_TEXT_CHARACTERS or self._token_count > MAX_TOKENS
        return line or much or len(self._whole) > MAX_LINE_BYTES

    def feed(self, chunk: bytes, now: float) -> Piece | None:
        """Read the bytes that arrived at `now`; the piece of an answer that they brought, if they did."""
        if self._events is None:
            self._whole += chunk if self._whole else chunk.lstrip(_BEFORE_BODY)
            if not self._whole or self._whole[0] in b"{[<":
                return None
            self._events, chunk = EventReader(), bytes(self._whole)
            self._whole.clear()
        return self._piece(*self._take(self._events.feed(chunk), now))

    def close(self, now: float, *, complete: bool) -> Piece | None:
        """The body has ended, `complete` or broken off: read what is left, and say whether it was an answer."""
        text = thinking = ""
        if self._events is not None:
            text, thinking = self._take(self._last_events() if complete and not self.overlong else [], now)
            if not self._events.events:
                self.foreign = self._events.stray
        elif complete and (body := bytes(self._whole.strip(_BEFORE_BODY))):
            self._reply.streamed = False
            text, thinking = self._take_whole(body, now)
        answered = self.error is None and self._reply.finish_reason is not None and not self.overlong
        more_text, more_thinking = self._reply.close(answered_at=now if answered else None)
        return self._piece(text + more_text, thinking + more_thinking)

    def verdict(self, failure: CallError | None, key: str | None) -> CallError | None:
        """What the call comes to, once closed; `failure` is what the connection met, `key` the key that was sent."""
        if self.error is not None:
            inside = classify_inside(self.error, key=key, default="server_error" if self._told else "not_openai")
            return CallError("stream_error", inside.detail) if self._reply.has_text else inside
        if self.overlong:
            kind = "stream_truncated" if self._reply.has_text else "not_openai"
            return CallError(kind, "more came than an answer can hold, and was ended here")
        if self._reply.finish_reason is not None:
            return None
        if self._reply.has_text:
            return CallError("stream_truncated", failure.detail if failure else "it ended without a finish reason")
        if failure is None and self.foreign is not None:
            return classify_inside(self.foreign.decode("utf-8", "replace"), key=key, default="not_openai")
        return failure or CallError("empty_reply", "no text, no reasoning and no finish reason came")

    def _last_events(self) -> list[Event]:
        # Half a chunk at the end is a stream that broke off, not an error that the server wrote.
        assert self._events is not None
        return [
            event
            for event in self._events.close()
            if not isinstance(event, Unreadable) or not (self._reply.has_text or event.text.startswith("{"))
        ]

    def _piece(self, text: str, thinking: str) -> Piece | None:
        if not self._tokens:
            return Piece(text, thinking) if text or thinking else None
        tokens, self._tokens = tuple(self._tokens), []
        return Piece(text, thinking, tokens)

    def _take(self, events: list[Event], now: float) -> tuple[str, str]:
        text = thinking = ""
        for event in events:
            if isinstance(event, dict):
                more_text, more_thinking = self._take_chunk(event, now)
                text += more_text
                thinking += more_thinking
            elif isinstance(event, Unreadable):
                self.error = self.error or event.text
            else:
                self.done = True
        return text, thinking

    def _take_whole(self, body: bytes, now: float) -> tuple[str, str]:
        value = read_json(body)
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if isinstance(value, dict) and ("choices" in value or is_error(value)):
            return self._take_chunk(value, now)
        self.foreign = body
        return "", ""

    def _take_chunk(self, value: dict[str, Any], now: float) -> tuple[str, str]:
        self._told = True
        if is_error(value):
            self.error = self.error or value
            return "", ""
        reply = self._reply
        if usage := value.get("usage"):
            # Servers that count as they go send it often: the last one holds, and none is added up.
            reply.usage = _usage(usage)
        if reply.request_id is None and isinstance(value.get("id"), str):
            reply.request_id = value["id"] or None
        choices = value.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        if not isinstance(choice, dict) or choice.get("index"):
            return "", ""
        if reason := choice.get("finish_reason"):
            self._take_end(reason)
        if logprobs := choice.get("logprobs"):
            self._take_tokens(read_tokens(logprobs))
        delta = choice.get("delta")
        if delta is None and not reply.has_text:
            delta = choice.get("message")
        return self._take_delta(delta, now) if isinstance(delta, dict) else ("", "")

    def _take_delta(self, delta: dict[str, Any], now: float) -> tuple[str, str]:
        content = delta.get("content")
        if content.__class__ is not str:
            content = _joined(content)
        thinking = delta.get("reasoning_content") or delta.get("reasoning")
        if not isinstance(thinking, str):
            thinking = ""
        return self._reply.take(content, thinking, now) if content or thinking else ("", "")

    def _take_tokens(self, tokens: list[Token]) -> None:
        self._tokens += tokens
        self._token_count += len(tokens) + sum(len(each.alternatives) for each in tokens)

    def _take_end(self, reason: object) -> None:
        if reason == "error":
            self.error = self.error or "The server ended the answer with an error."
        else:
            self._reply.finish_reason = str(reason)


def is_error(value: dict[str, Any]) -> bool:
    """Whether a JSON object that came with status 200 is an error rather than a piece of an answer."""
    if value.get("error"):
        return True
    if "choices" in value:
        return False
    if value.get("object") == "error" or value.get("type") == "error" or "detail" in value:
        return True
    return any(isinstance(code, int) and code >= 400 for code in (value.get("status"), value.get("code")))


def _joined(parts: object) -> str:
    """Content that comes as a list of typed parts, as some servers send it."""
    if not isinstance(parts, list):
        return ""
    texts = (part.get("text") if isinstance(part, dict) else part for part in parts)
    return "".join(text for text in texts if isinstance(text, str))


def _usage(usage: object) -> Usage:
    counts = usage if isinstance(usage, dict) else {}
    return Usage(read_count(counts.get("prompt_tokens")), read_count(counts.get("completion_tokens")))
