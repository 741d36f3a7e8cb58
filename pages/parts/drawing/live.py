"""A run while it goes on: loops as the last thing of a page's script, since only placeholders may redraw."""

from __future__ import annotations

import time

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from nim_core.analysis.telling import failure_sentence, notice_sentence, waiting_sentence
from nim_core.planning.context import about_tokens
from nim_core.values.events import Progress
from nim_core.worker.view import Look, Pane, RunView
from pages.parts.drawing.text import Cut, between, drawable, next_cut, plain_text, safe_markdown
from pages.parts.visitor.session import session

TICK_S = 0.3
STEPS = 6
"""How often within a tick the script lets itself be interrupted."""

LINE_TICKS = 3
"""The line of figures changes every third tick: it is read, not watched."""

STAGES = {
    "fetching": "Fetching the built-in model, once",
    "checking": "Checking the built-in model",
    "starting": "Starting the built-in model",
}


class StreamedText:
    """A growing Markdown text that costs linear bytes: finished pieces are drawn once, the tail each tick."""

    def __init__(self, place: DeltaGenerator) -> None:
        self._container = place.container()
        self._tail = self._container.empty()
        self._cut = Cut()
        self._drawn = 0

    def show(self, text: str) -> None:
        """Draw a text of which the one drawn before is the beginning."""
        whole, text = text, drawable(text)
        if len(text) == self._drawn:
            return
        self._drawn = len(text)
        cut = next_cut(text, self._cut)
        if cut != self._cut:
            self._tail.markdown(safe_markdown(between(text, self._cut, cut)))
            self._tail = self._container.empty()
            self._cut = cut
        if tail := between(text, cut, Cut(len(text))):
            self._tail.markdown(safe_markdown(tail))
        if len(text) < len(whole):
            self._container.caption("More is coming than a browser can draw. It is kept whole.")


class LivePane:
    """One set's newest answer with its line of figures, which may stand in a place of its own."""

    def __init__(self, place: DeltaGenerator, line: DeltaGenerator | None = None) -> None:
        self._line = line or place.empty()
        self._thoughts_place, self._text_place = place.empty(), place.empty()
        self._showing = (0, 0)
        self._ticks = 0
        self._thoughts: StreamedText | None = None
        self._text: StreamedText | None = None

    def show(self, pane: Pane, *, streamed: bool = True) -> None:
        """Draw the pane as it is now."""
        if (pane.repeat, pane.attempt) != self._showing:
            self._showing = (pane.repeat, pane.attempt)
            self._restart()
        if self._ticks % LINE_TICKS == 0:
            self._line.caption(status_line(pane, streamed=streamed))
        self._ticks += 1
        if pane.thinking:
            if self._thoughts is None:
                self._thoughts = StreamedText(self._thoughts_place.expander("Thinking", expanded=True))
            self._thoughts.show(pane.thinking)
        if pane.text:
            if self._text is None:
                self._text = StreamedText(self._text_place)
            self._text.show(pane.text)

    def _restart(self) -> None:
        """Begin an empty answer in the same place."""
        self._thoughts = self._text = None
        self._ticks = 0
        self._thoughts_place.empty()
        self._text_place.empty()


def status_line(pane: Pane, *, streamed: bool = True) -> str:
    """What the pane's call does now, in words and figures; tokens are counted by the server only at the end."""
    if pane.waiting:
        return plain_text(waiting_sentence(pane.waiting))
    if pane.queued:
        place = _place_in_line(pane.queued.before)
        return f"{_counts(pane)}; {place}" if pane.done else place
    if pane.sent_at is None:
        return _counts(pane) if pane.done else "not sent yet"
    going = _in_flight(pane, time.monotonic() - pane.sent_at, streamed=streamed)
    return f"{_counts(pane)}; repeat {pane.repeat}: {going}" if pane.done else going


def _place_in_line(before: int) -> str:
    if before == 0:
        return "waiting for the built-in model: this call is next"
    calls = "1 call is" if before == 1 else f"{before:,} calls are"
    return f"waiting for the built-in model: {calls} before this one"


def _counts(pane: Pane) -> str:
    return f"{pane.done} done, {pane.failed} of them failed" if pane.failed else f"{pane.done} done"


def _in_flight(pane: Pane, elapsed: float, *, streamed: bool) -> str:
    if pane.first_at is None or pane.last_at is None:
        return f"waiting for the {'first token' if streamed else 'whole answer'}, {elapsed:.1f} s"
    tokens = about_tokens(pane.thinking) + about_tokens(pane.text)
    spent = pane.last_at - pane.first_at
    pace = f", {tokens / spent:.0f} tokens/s" if spent > 0.5 else ""
    thinking = "thinking, " if pane.thinking and not pane.text else ""
    return f"{thinking}about {tokens:,} tokens{pace}, {elapsed:.1f} s"


def preparing_line(step: Progress) -> tuple[float, str]:
    """How far the built-in model's preparation is, 0 to 1, and the sentence for it."""
    title = STAGES[step.stage]
    if step.fraction is None:
        return 0.0, f"{title} …"
    left = f", about {step.seconds_left:.0f} s left" if step.seconds_left is not None else ""
    size = (step.total_bytes or 0) / 1e6
    return min(step.fraction, 1.0), f"{title}: {step.done_bytes / 1e6:.0f} of {size:.0f} MB{left}"


def follow(view: RunView, panes: dict[str, LivePane], progress: DeltaGenerator) -> None:
    """Redraw until the run has ended. Must be the last call of a page's script."""
    notices = st.empty()
    bar: tuple[float, str] | None = None
    said: list[str] = []
    while True:
        look = view.look()
        if (now := _progress(view, look)) != bar:
            bar = now
            progress.progress(now[0], text=now[1]) if now else progress.empty()
        for pane in look.panes:
            if pane.set in panes:
                panes[pane.set].show(pane, streamed=view.experiment.stream)
        failure = look.last_failure
        saying = [notice_sentence(each) for each in look.notices]
        if failure:
            saying.append(f"{failure.set}: {failure_sentence(failure)}")
        if saying != said:
            said = saying
            notices.caption(plain_text(" ".join(said)))
        if look.ended is not None:
            return
        _wait(view)


def _wait(view: RunView) -> None:
    """Let a tick pass; a read of the session lets the visitor's next step interrupt the script, and sends nothing."""
    for _ in range(STEPS):
        session()
        view.wait(TICK_S / STEPS)


def _progress(view: RunView, look: Look) -> tuple[float, str] | None:
    """How far the run is, 0 to 1, with its words; None where a bar would tell nothing."""
    if look.preparing is not None:
        return preparing_line(look.preparing.progress)
    if view.total <= 1:
        return None
    done, total = look.finished, view.total
    elapsed = time.monotonic() - view.answering_since if view.answering_since else 0.0
    left = f", about {elapsed / done * (total - done):.0f} s left" if done and elapsed else ""
    failed = f", {look.failed} failed" if look.failed else ""
    return min(done / total, 1.0), f"{done} of {total} answers{failed}{left}"
