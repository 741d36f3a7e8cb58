"""The panes of the Chat page: on a wide window each scrolls by itself, so that input, Stop and parameters stay."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

_MAIN = ("chat_preview", "chat_json", "chat_code")
_SIDE = ("chat_side",)
_MAIN_HEIGHT = "max(16rem, calc(100dvh - 22.75rem))"
_SIDE_HEIGHT = "max(16rem, calc(100dvh - 14.5rem))"


def _boxes(names: tuple[str, ...]) -> str:
    """The selector of the panes of these names, each with the box that Streamlit puts around it."""
    return ", ".join(f".st-key-{name}, [data-testid='stLayoutWrapper']:has(> .st-key-{name})" for name in names)


# The conversation hangs from its lower end, so that it stays there while the answer below grows. On a narrow
# window the page scrolls inside its block: Streamlit would otherwise run to its end, which is the panel's.
_STYLE = f"""<style>
.st-key-chat_preview {{ flex-direction: column-reverse; justify-content: flex-start; }}
.st-key-chat_preview > * {{ margin-bottom: auto; flex-shrink: 0; }}
{_boxes(_MAIN + _SIDE)} {{ flex: none !important; }}
@media (min-width: 641px) {{
  {_boxes(_MAIN)} {{ height: {_MAIN_HEIGHT} !important; }}
  {_boxes(_SIDE)} {{ height: {_SIDE_HEIGHT} !important; }}
}}
@media (max-width: 640px) {{
  {_boxes(_MAIN)} {{ height: max(16rem, calc(100dvh - 26.5rem)) !important; }}
  {_boxes(_SIDE)} {{ height: auto !important; overflow: visible !important; }}
  .stMainBlockContainer {{ height: calc(100dvh - 9.75rem); overflow-y: auto; }}
}}
.stMainBlockContainer {{ padding-top: 4.25rem !important; padding-bottom: 0.5rem !important; }}
[data-testid='stBottomBlockContainer'] {{ padding-bottom: 1rem !important; }}
</style>"""


def style() -> None:
    """Draw the style of the panes."""
    st.html(_STYLE)


def pane(place: DeltaGenerator, name: str) -> DeltaGenerator:
    """The pane of that name: preview, json or code."""
    # One child, which the reversed direction of the preview leaves in order.
    return place.container(key=f"chat_{name}", height=400, border=False).container()


def side(place: DeltaGenerator) -> DeltaGenerator:
    """The pane of the parameters."""
    return place.container(key=_SIDE[0], height=400, border=False)
