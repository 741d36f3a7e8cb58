"""The one guard: what fails in a block of a page or in a callback is told there, and the rest of the page stands."""

from __future__ import annotations

import logging
from collections.abc import Callable
from types import TracebackType
from typing import Any

import streamlit as st

from nim_core.analysis.telling import ending_sentence, error_with_advice
from nim_core.errors import CallError, NimLabError, StoreError
from nim_core.values.events import Ended
from nim_core.words import N_, said, use_language
from pages.parts.drawing.text import plain_text
from pages.parts.server.operator import settings
from pages.parts.visitor.language import language_of
from pages.parts.visitor.session import session

OPERATORS_MATTER = N_(
    "The history of this server cannot be read or written now. Tell its operator, whose log says why. Nothing that was "
    "kept is lost by this."
)


class Guard:
    """A block whose failure is told at its end; what stands after the block is drawn all the same.

    Called with a callback, it gives one whose failure is told at the end of the block too, once the page is drawn.
    `place` then names the block among those of all pages. Streamlit's own ways out of a script pass.

    >>> with Guard("note") as guarded:  # doctest: +SKIP
    ...     st.button("Keep", key="keep", on_click=guarded(keep), args=(note,))
    """

    def __init__(self, place: str = "") -> None:
        self._place = place

    def __call__(self, callback: Callable[..., object]) -> Callable[..., None]:
        """The callback, its failure kept for this block."""

        def guarded(*arguments: Any) -> None:
            # A callback runs before the page, which has not begun to speak yet.
            with use_language(language_of(session())):
                try:
                    callback(*arguments)
                except NimLabError as error:
                    session().failures[self._place] = _sentence(error)

        return guarded

    def __enter__(self) -> Guard:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if error is not None and not isinstance(error, NimLabError):
            return False
        failed = session().failures.pop(self._place, None)
        for sentence in dict.fromkeys((failed, _sentence(error) if error else None)):
            if sentence:
                st.error(plain_text(sentence))
        return True


def tell_failures_elsewhere() -> None:
    """Tell, at the end of a page, the failures of callbacks whose block was not drawn."""
    failures = session().failures
    for place in list(failures):
        with Guard(place):
            pass


def ending_told(ended: Ended) -> str:
    """How a run ended, as this server's visitors may read it."""
    # What an earlier shape of the store kept may be the words of a fault of the store too.
    of_store = ended.code in ("store_failed", "store_unusable") or (ended.code, ended.outcome) == ("told", "failed")
    return said(OPERATORS_MATTER) if of_store and settings().shared else ending_sentence(ended)


def _sentence(error: NimLabError) -> str:
    """What happened and what to do."""
    if isinstance(error, StoreError) and settings().shared:  # its own words name folders of the operator's
        logging.getLogger(__name__).error(str(error))
        return said(OPERATORS_MATTER)
    return error_with_advice(error) if isinstance(error, CallError) else error.said()
