"""What the check of a key has shown, in words."""

from __future__ import annotations

import streamlit as st

from nim_core.analysis.telling import failure_with_advice
from nim_core.catalog.check import KeyCheck
from nim_core.errors import KINDS
from nim_core.words import _, said
from pages.parts.drawing.text import plain_text
from pages.parts.drawing.trial import unanswered

_LOOKS = {"good": st.success, "missing": st.error, "malformed": st.error, "refused": st.error, "no_credits": st.error}


def tell(found: KeyCheck) -> None:
    """Draw the verdict."""
    _LOOKS.get(found.verdict, st.warning)(plain_text(sentence_of(found)))


def sentence_of(found: KeyCheck) -> str:
    """Whether the key is good, and what to do where it is not.

    >>> sentence_of(KeyCheck("good", "m"))
    'The key is good: m answered.'
    """
    match found.verdict:
        case "good":
            return _("The key is good: {model} answered.", model=found.model)
        case "good_not_served":
            return _(
                "The key is good, but {model} is not served to it. Choose another model on the Models page.",
                model=found.model,
            )
        case "no_credits":
            happened, kind = _("The key is good, but its account has no credits left."), KINDS["credits_exhausted"]
            return f"{happened} {said(kind.advice)}"
        case "missing":
            return _("The server asks for a key and none was sent. Paste one above.")
        case "malformed":
            return _(
                "The key was refused as malformed: it was probably not copied whole. Copy it again and paste it above."
            )
        case "refused":
            return _(
                "The key was refused: it is wrong, revoked or expired. "
                "Make a new one at https://build.nvidia.com/settings/api-keys."
            )
        case "too_many":
            return _(
                "Not known: the server takes no more requests from this key for now. Wait some minutes before you "
                "check again, since each try makes the wait longer."
            )
        case "failed":
            assert found.failure is not None
            return _("Not known: {reason}", reason=failure_with_advice(found.failure))
        case "unanswered":
            return _("Not known: {reason}", reason=unanswered(found.ended))
