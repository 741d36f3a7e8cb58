"""The page around a report: text made harmless, tables, style, scripts, and a policy that forbids all loading."""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Iterable, Sequence
from pathlib import Path

from .rows import without_surrogates


def escaped(text: str) -> str:
    """Foreign text as HTML shows it, character by character; what no HTML can hold becomes U+FFFD.

    >>> escaped("<b>")
    '&lt;b&gt;'
    """
    return html.escape(without_surrogates(text).replace("\0", "\N{REPLACEMENT CHARACTER}"))


def block(text: str) -> str:
    """A longer text with its lines and spaces, in the direction of its script."""
    return f'<div class="text" dir="auto">{escaped(text)}</div>'


def folded(summary: str, inside: str, *, is_open: bool = False) -> str:
    """HTML behind a summary, which is HTML too."""
    return f"<details{' open' if is_open else ''}><summary>{summary}</summary>{inside}</details>"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], caption: str) -> str:
    """A table of HTML cells, the first of each row its head; it scrolls by itself where the page is narrow."""
    head = "".join(f'<th scope="col">{each}</th>' for each in heads)
    body = "".join(
        f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in rest)}</tr>' for first, *rest in rows
    )
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{caption}"><table><caption>{caption}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """Pairs of label and value, both plain text."""
    listed = "".join(f"<div><dt>{escaped(label)}</dt><dd>{block(value)}</dd></div>" for label, value in pairs)
    return f"<dl>{listed}</dl>"


def page(title: str, body: str) -> str:
    """The whole file: plotly.js once, the script that draws, the style; nothing is loaded from anywhere.

    Only these two scripts run, known to the policy by their hashes, so that a script in a text would not. Images are
    allowed as data only: heat maps are drawn as such.
    """
    from plotly.offline import get_plotlyjs

    scripts = [get_plotlyjs(), _shipped("report.js")]
    policy = f"default-src 'none'; script-src {' '.join(map(_hash, scripts))}; img-src data:; style-src 'unsafe-inline'"
    inline = "".join(f"<script>{each}</script>" for each in scripts)
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}; base-uri 'none'; form-action 'none'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{escaped(title)}</title><style>{_shipped('report.css')}</style></head>"
        f"<body><main>{body}</main>{inline}</body></html>\n"
    )


def _shipped(name: str) -> str:
    return (Path(__file__).parent.parent / "data" / name).read_text(encoding="utf-8")


def _hash(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
