"""The reply as far as it has arrived: its text, its thinking, and when they came."""

from __future__ import annotations

from nim_core.values.clock import utc_now
from nim_core.values.generation import Timing, Usage

from .redaction import Redactor, redacted
from .thinking import ThinkSplitter


class Reply:
    """One call's answer as far as it has arrived; what arrived stays when the call fails or is cancelled.

    `requests` counts the HTTP requests sent; `started_at` (UTC, ISO 8601) and the times belong to the
    last of them. The key that was sent is taken out of what comes back. `bytes_seen` says whether any byte of
    its body arrived, and `characters` how much text and thinking did. Moments are seconds of one monotonic clock.

    >>> reply = Reply()
    >>> reply.begin(10.0, streamed=True)
    >>> reply.take("", "Hm.", 10.5), reply.take("Yes", "", 11.0)
    (('', 'Hm.'), ('Yes', ''))
    >>> reply.timing
    Timing(ttft_s=0.5, ttfo_s=1.0, latency_s=None)
    """

    def __init__(self) -> None:
        self.finish_reason: str | None = None
        self.usage = Usage()
        self.characters = 0
        self._text: list[str] = []
        self._thinking: list[str] = []
        self.requests = 0
        self.started_at: str | None = None
        self._restart(0.0, streamed=True)

    def begin(self, now: float, *, streamed: bool, key: str | None = None) -> None:
        """One more request goes out: its times start anew; `streamed` is whether times of pieces mean anything."""
        self.requests += 1
        self.started_at = utc_now()
        self._restart(now, streamed=streamed, key=key)

    def _restart(self, now: float, *, streamed: bool, key: str | None = None) -> None:
        self.streamed = streamed
        self._key = key
        self._text_redactor, self._thinking_redactor = Redactor(key), Redactor(key)
        self.request_id: str | None = None
        self.bytes_seen = False
        self._splitter = ThinkSplitter()
        self._began = now
        self._first: float | None = None
        self._first_answer: float | None = None
        self._held_since: float | None = None
        self._last: float | None = None
        self._answered = False

    @property
    def text(self) -> str:
        """The answer so far, without thinking."""
        self._text = ["".join(self._text)]
        return self._text[0]

    @property
    def thinking(self) -> str:
        """The thinking so far."""
        self._thinking = ["".join(self._thinking)]
        return self._thinking[0]

    @property
    def has_text(self) -> bool:
        """Whether any text or thinking has arrived."""
        return self._last is not None

    @property
    def timing(self) -> Timing:
        """Seconds from the start to the first text or thinking, the first text, and, once answered, the last."""
        latency = self._since(self._last) if self._answered else None
        if not self.streamed:
            return Timing(latency_s=latency)
        return Timing(self._since(self._first), self._since(self._first_answer), latency)

    def take(self, content: str, thinking: str, now: float) -> tuple[str, str]:
        """Keep a piece that arrived at `now`; the text and the thinking that it makes certain."""
        if self._first is None:
            self._first = now
        self._last = now
        text = ""
        if content:
            text, thought = self._splitter.feed(content)
            thinking += thought
            if self._first_answer is None:
                self._stamp_answer(text, thought, now)
        return self._keep(text, thinking)

    def close(self, *, answered_at: float | None) -> tuple[str, str]:
        """Nothing more comes: give out what was held back as a possible tag.

        `answered_at` is when an answer ended well, None when it did not.
        """
        text, thought = self._splitter.close()
        if text and self._first_answer is None:
            self._first_answer = self._held_since
        self._answered = answered_at is not None
        if self._last is None and not self.streamed:
            self._last = answered_at
        text, thought = self._keep(text, thought)
        more, more_thought = self._text_redactor.close(), self._thinking_redactor.close()
        self._add(more, more_thought)
        self.request_id = redacted(self.request_id, self._key)
        self.finish_reason = redacted(self.finish_reason, self._key)
        return text + more, thought + more_thought

    def _stamp_answer(self, text: str, thought: str, now: float) -> None:
        # What was held back as a possible tag and was none had arrived before it was understood.
        if self._splitter.at == "start":
            self._held_since = self._held_since or now
        elif self._splitter.at == "thinking" or thought:
            self._held_since = None
        if text:
            self._first_answer = self._held_since or now

    def _keep(self, text: str, thinking: str) -> tuple[str, str]:
        # After the times are stamped: what is held back as a possible key has arrived all the same.
        text, thinking = self._text_redactor.feed(text), self._thinking_redactor.feed(thinking)
        self._add(text, thinking)
        return text, thinking

    def _add(self, text: str, thinking: str) -> None:
        if text:
            self._text.append(text)
        if thinking:
            self._thinking.append(thinking)
        self.characters += len(text) + len(thinking)

    def _since(self, moment: float | None) -> float | None:
        return None if moment is None else moment - self._began
