"""The style that all pages share: what Streamlit's theme cannot say."""

from __future__ import annotations

import streamlit as st

# Each colour stands once for the light and once for the dark theme and has a contrast of at least 4.5 on its
# ground. The theme's own primary colour carries white words on a button, so as a word it is too dark in the dark.
_STYLE = """<style>
/* Streamlit's own Stop ends only the drawing, not the run: a visitor would take it for ours. */
[data-testid='stStatusWidget'] { display: none }
.stMainBlockContainer { padding-top: 3.5rem; padding-bottom: 3rem }

/* A text, its formulas of any size and its piles of accents too, stays inside its own place on the page. */
.stMarkdown [data-testid='stMarkdownContainer'] { contain: paint }
.katex-display { overflow-x: auto; overflow-y: hidden }
.stMarkdown [data-testid='stMarkdownContainer']:has(.katex) { max-height: 1000rem; overflow: auto }

[data-testid='stSliderThumbValue'] p,
[data-testid='stTab']:is([data-selected], [data-hovered]) p,
[data-testid='stButtonGroup'] button:is([data-selected], [data-hovered]) :is(p, [data-testid='stIconMaterial']) {
  color: light-dark(#3a6000, #8ec63f)
}
[data-testid='stCaptionContainer'] a { color: inherit !important }

.stCode .token:is(.property, .variable, .attr-name) { color: light-dark(#00607f, #6fc3e8) !important }
.stCode .token:is(.keyword, .tag, .function, .class-name, .selector) { color: light-dark(#0f5bb5, #7ab8f5) !important }
.stCode .token:is(.string, .char, .boolean, .constant) { color: light-dark(#0b6b2c, #6fd487) !important }
.stCode .token:is(.number, .regex) { color: light-dark(#0d6860, #5fd0bd) !important }
.stCode .token:is(.operator, .entity, .decorator) { color: light-dark(#8a4b00, #f0b35e) !important }
</style>"""


def style() -> None:
    """Draw the style; every page begins with it."""
    st.html(_STYLE)
