"""A run while it goes on: loops as the last thing of a page's script, since only placeholders may redraw."""

from __future__ import annotations

import time

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from nim_core.local.progress import Progress
from nim_core.view import Look, Pane, RunView
from pages.parts.text import finished_until, plain_text, safe_markdown

TICK_S = 0.2

STAGES = {
    "fetching": "Fetching the built-in model, once",
    "checking": "Checking the built-in model",
    "starting": "Starting the built-in model",
}


class StreamedText:
    """A growing Markdown text that costs linear bytes: finished blocks are drawn once, the tail each tick."""

    def __init__(self, place: DeltaGenerator) -> None:
        self._place = place
        self.restart()

    def restart(self) -> None:
        """Begin an empty text in the same place."""
        self._container = self._place.container()
        self._tail = self._container.empty()
        self._drawn = 0

    def show(self, text: str) -> None:
        """Draw a text of which the present one is the beginning."""
        end = finished_until(text, self._drawn)
        if end > self._drawn:
            self._tail.markdown(safe_markdown(text[self._drawn : end]))
            self._tail = self._container.empty()
            self._drawn = end
        self._tail.markdown(safe_markdown(text[self._drawn :]) or " ")


class LivePane:
    """One set's newest answer with its line of figures."""

    def __init__(self, place: DeltaGenerator) -> None:
        self._line = place.empty()
        self._thoughts = StreamedText(place.empty())
        self._text = StreamedText(place.empty())
        self._showing = (0, 0)

    def show(self, pane: Pane) -> None:
        """Draw the pane as it is now."""
        if (pane.repeat, pane.attempt) != self._showing:
            self._showing = (pane.repeat, pane.attempt)
            self._text.restart()
            self._thoughts.restart()
        self._line.caption(status_line(pane))
        if pane.reasoning and not pane.text:
            self._thoughts.show(pane.reasoning)
        elif pane.text:
            self._text.show(pane.text)


def status_line(pane: Pane) -> str:
    """What the pane's call does now, in words and figures."""
    if pane.waiting:
        return plain_text(pane.waiting)
    if pane.sent_at is None:
        return "not sent yet"
    if pane.first_at is None or pane.last_at is None:
        return f"waiting for the first token, {time.monotonic() - pane.sent_at:.1f} s"
    shown = f"{len(pane.text):,} characters"
    thinking = "thinking, " if pane.reasoning and not pane.text else ""
    return f"{thinking}{shown}, {pane.last_at - pane.sent_at:.1f} s"


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
    while True:
        look = view.look()
        _progress(view, look, progress)
        for pane in look.panes:
            if pane.set in panes:
                panes[pane.set].show(pane)
        if look.notices or look.last_failure:
            failure = look.last_failure
            said = [*look.notices, *([f"{failure.set}: {failure.error_text}"] if failure else [])]
            notices.caption(plain_text(" ".join(said)))
        if look.ended is not None:
            return
        view.wait(TICK_S)


def _progress(view: RunView, look: Look, place: DeltaGenerator) -> None:
    if look.preparing is not None:
        share, text = preparing_line(look.preparing.progress)
        place.progress(share, text=text)
        return
    if view.total <= 1:
        place.empty()
        return
    done, total = look.finished, view.total
    elapsed = time.monotonic() - view.answering_since if view.answering_since else 0.0
    left = f", about {elapsed / done * (total - done):.0f} s left" if done and elapsed else ""
    failed = f", {look.failed} failed" if look.failed else ""
    place.progress(min(done / total, 1.0), text=f"{done} of {total} answers{failed}{left}")
