"""Texts in the source that a person would read and that no catalog knows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

MARKS = ("_", "_n", "N_", "said")

DRAWS = """
    Page badge button caption chat_input checkbox code data_editor download_button error expander form_submit_button
    header info link_button markdown metric multiselect number_input page_link pills popover radio segmented_control
    select_slider selectbox slider spinner status subheader success tabs text text_area text_input title toast toggle
    warning write
""".split()  # noqa: SIM905
"""Methods whose first argument is read by a person."""

SAYS = ("say", "say_text")
"""Functions whose first argument is read by a person."""

READ = {
    **dict.fromkeys(("NimLabError", "InputError", "StoreError", "LocalModelError", "WorkerError"), (0,)),
    **dict.fromkeys(("ErrorKind", "Measure"), (1, 2)),
    "ParameterField": (0, 1),
}
"""Which arguments of errors and declarations are read by a person, by their place."""

NAMED = """
    advice alt body caption captions help hovertemplate hovertext label placeholder sentence show_spinner ticktext title
    title_text unit
""".split()  # noqa: SIM905
"""Arguments that are read by a person wherever they are given."""

UNREAD = """
    compile getLogger startswith endswith removeprefix removesuffix split rsplit partition rpartition replace strip
    count index find AttributeError TypeError ValueError RuntimeError KeyError AssertionError NotImplementedError
""".split()  # noqa: SIM905
"""Calls whose texts no reader of a page or a terminal sees."""

LETTERS = re.compile(r"[^\W\d_]")
WORDS = re.compile(r"(?<![\w/.-])[a-zA-Z]{2,}[,.;:]? [a-zA-Z]*[a-z]{2,}(?![\w=/-])")
"""What reads as words of a language wherever it stands."""

OWN_NAMES = re.compile(
    r"NIM Lab|NVIDIA|JSON|CSV|Python|cURL|curl|JavaScript|Node\.js|LangChain|[a-z]+-…|https?://\S+|:material/\w+:|\w+\.py|%\{[^}]*\}|<[^>]*>"
)
"""Names that are the same in every language."""


def unmarked(path: Path) -> list[str]:
    """Every text of a file that a person would read and that is not marked, with its line."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [f"{path.name}:{node.lineno}: {_text(node)[:70]!r}" for node in _found(tree, read=False, seen=True)]


def _found(node: ast.AST, *, read: bool, seen: bool) -> Iterator[ast.expr]:
    """The unmarked texts below a node: any with letters where it is `read` for certain, else what reads as words."""
    if isinstance(node, ast.Constant | ast.JoinedStr):
        text = OWN_NAMES.sub("", _text(node))
        if seen and (LETTERS.search(text) if read else WORDS.search(text)):
            yield node  # type: ignore[misc]
        if isinstance(node, ast.JoinedStr):
            for part in node.values:
                if isinstance(part, ast.FormattedValue):
                    yield from _found(part.value, read=False, seen=seen)
        return
    if isinstance(node, ast.Call):
        yield from _found_in_call(node, read=read, seen=seen)
        return
    for child in _children(node):
        passes = isinstance(node, ast.IfExp | ast.BoolOp | ast.BinOp | ast.List | ast.Tuple | ast.Dict | ast.Lambda)
        chosen = not (isinstance(node, ast.IfExp) and child is node.test)
        yield from _found(child, read=read and passes and chosen, seen=seen)


def _found_in_call(call: ast.Call, *, read: bool, seen: bool) -> Iterator[ast.expr]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    logs = isinstance(call.func, ast.Attribute) and "log" in ast.unparse(call.func.value).lower()
    if name in MARKS:
        for argument in call.args:
            if isinstance(argument, ast.JoinedStr):
                yield argument  # its values would be part of the message
        for keyword in call.keywords:
            yield from _found(keyword.value, read=False, seen=seen)
        return
    seen = seen and name not in UNREAD and not logs
    draws = DRAWS if isinstance(call.func, ast.Attribute) else SAYS
    yield from _found(call.func, read=False, seen=seen)
    for place, argument in enumerate(call.args):
        drawn = place == 0 and name in draws
        yield from _found(
            argument, read=drawn or place in READ.get(name, ()) or (read and name == "plain_text"), seen=seen
        )
    for keyword in call.keywords:
        yield from _found(keyword.value, read=keyword.arg in NAMED, seen=seen)


def _children(node: ast.AST) -> Iterator[ast.AST]:
    body = getattr(node, "body", None)
    docstring = body[0] if isinstance(body, list) and body and _is_text(body[0]) else None
    if isinstance(node, ast.Compare | ast.Subscript | ast.Assert | ast.arg | ast.AnnAssign):
        value = getattr(node, "value", None)
        yield from [value] if isinstance(node, ast.AnnAssign) and value else []
        return
    for child in ast.iter_child_nodes(node):
        # A text that is a statement of its own explains what stands before it.
        if child is not docstring and not _is_text(child):
            yield child


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
