"""A run while it goes on: loops as the last thing of a page's script, since only placeholders may redraw."""

from __future__ import annotations

import time

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from nim_core.analysis.telling import failure_sentence, notice_sentence, waiting_sentence
from nim_core.planning.context import about_tokens
from nim_core.values.events import Progress
from nim_core.words import N_, _, _n, number, said, seconds
from nim_core.worker.view import Look, Pane, RunView
from pages.parts.drawing.text import Cut, between, drawable, next_cut, plain_text, safe_markdown
from pages.parts.visitor.session import session

TICK_S = 0.3
STEPS = 6
"""How often within a tick the script lets itself be interrupted."""

LINE_TICKS = 3
"""The line of figures changes every third tick: it is read, not watched."""

STAGES = {
    "fetching": N_("Fetching the built-in model, once"),
    "checking": N_("Checking the built-in model"),
    "starting": N_("Starting the built-in model"),
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
            self._container.caption(_("More is coming than a browser can draw. It is kept whole."))


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
                self._thoughts = StreamedText(self._thoughts_place.expander(_("Thinking"), expanded=True))
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
        now = _place_in_line(pane.queued.before)
    elif pane.sent_at is None:
        return _counts(pane) if pane.done else _("not sent yet")
    else:
        now = _in_flight(pane, seconds(time.monotonic() - pane.sent_at, 1), streamed=streamed)
        if pane.done:
            now = _("repeat {repeat}: {now}", repeat=pane.repeat, now=now)
    return f"{_counts(pane)} · {now}" if pane.done else now


def _place_in_line(before: int) -> str:
    if before == 0:
        return _("waiting for the built-in model: this call is next")
    return _n(
        "waiting for the built-in model: {count} call is before this one",
        "waiting for the built-in model: {count} calls are before this one",
        before,
    )


def _counts(pane: Pane) -> str:
    if pane.failed:
        return _("{done} done, {failed} of them failed", done=pane.done, failed=pane.failed)
    return _("{done} done", done=pane.done)


def _in_flight(pane: Pane, elapsed: str, *, streamed: bool) -> str:
    if pane.first_at is None or pane.last_at is None:
        if streamed:
            return _("waiting for the first token, {elapsed}", elapsed=elapsed)
        return _("waiting for the whole answer, {elapsed}", elapsed=elapsed)
    tokens = about_tokens(pane.thinking) + about_tokens(pane.text)
    spent = pane.last_at - pane.first_at
    if spent > 0.5:
        arrived = _n(
            "about {count} token, {pace} tokens/s, {elapsed}",
            "about {count} tokens, {pace} tokens/s, {elapsed}",
            tokens,
            pace=number(tokens / spent, 0),
            elapsed=elapsed,
        )
    else:
        arrived = _n("about {count} token, {elapsed}", "about {count} tokens, {elapsed}", tokens, elapsed=elapsed)
    return _("thinking: {arrived}", arrived=arrived) if pane.thinking and not pane.text else arrived


def preparing_line(step: Progress) -> tuple[float, str]:
    """How far the built-in model's preparation is, 0 to 1, and the line for it."""
    stage = said(STAGES[step.stage])
    if step.fraction is None:
        return 0.0, f"{stage} …"
    done, total = number(step.done_bytes / 1e6, 0), number((step.total_bytes or 0) / 1e6, 0)
    line = _("{stage}: {done} of {total} MB", stage=stage, done=done, total=total)
    if step.seconds_left is not None:
        line = " · ".join((line, _("about {duration} left", duration=seconds(step.seconds_left))))
    return min(step.fraction, 1.0), line


def follow(view: RunView, panes: dict[str, LivePane], progress: DeltaGenerator) -> None:
    """Redraw until the run has ended. Must be the last call of a page's script."""
    notices = st.empty()
    bar: tuple[float, str] | None = None
    shown: list[str] = []
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
        if saying != shown:
            shown = saying
            notices.caption(plain_text(" ".join(shown)))
        if look.ended is not None:
            return
        _wait(view)


def _wait(view: RunView) -> None:
    """Let a tick pass; a read of the session lets the visitor's next step interrupt the script, and sends nothing."""
    for _step in range(STEPS):
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
    parts = [_("{done} of {total} answers", done=done, total=total)]
    if look.failed:
        parts.append(_("{failed} failed", failed=look.failed))
    if done and elapsed:
        parts.append(_("about {duration} left", duration=seconds(elapsed / done * (total - done))))
    return min(done / total, 1.0), " · ".join(parts)
