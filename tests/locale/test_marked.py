"""Whatever a person reads is a message of the catalog."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.support.visible import MARKS, unmarked

ROOT = Path(__file__).parent.parent.parent

STILL_TO_MARK = (
    "nim_core/call/",
    "nim_core/catalog/",
)
"""Rooms and files whose texts are still English alone; a room that is marked leaves the list."""

NOT_SAID = (
    "nim_core/call/refusal/wording.py",  # the words of servers
    "nim_core/exports/notebook.py",  # its programs; what is read around them is marked
    "nim_core/exports/transcript.py",  # likewise
    "nim_core/exports/script.py",  # programs, in the language of programs
    "nim_core/exports/snippets.py",
    "nim_core/history/migrations/make.py",  # a tool of those who develop this
    "nim_core/history/migrations/versions/",
    "nim_core/local/next_token.py",  # an English text that a model went on with
    "nim_core/planning/planner.py",  # what stands for a model until one is chosen
    "nim_core/testing/",
    "pages/parts/server/headers.py",  # a policy for browsers
    "pages/parts/chat/panes.py",  # style sheets
    "pages/parts/drawing/look.py",
)
"""Files whose texts no reader of a page or a terminal is told."""

CACHES = ("cache", "lru_cache", "cache_data", "cache_resource")


def sources():
    return [path for folder in ("nim_core", "pages") for path in sorted((ROOT / folder).rglob("*.py"))]


def name_of(path):
    return path.relative_to(ROOT).as_posix()


def test_every_text_that_a_person_reads_is_marked():
    exempt = (*STILL_TO_MARK, *NOT_SAID)
    found = [text for path in sources() if not name_of(path).startswith(exempt) for text in unmarked(path)]
    assert found == [], "mark them with _(…), or N_(…) where they are declared"


def test_a_room_that_is_marked_is_no_longer_on_the_list():
    open_ = [name_of(path) for path in sources() if not name_of(path).startswith(NOT_SAID) and unmarked(path)]
    assert [each for each in STILL_TO_MARK if not any(name.startswith(each) for name in open_)] == []


def calls(node, names):
    """Every call of one of some names below a node."""
    return [
        each
        for each in ast.walk(node)
        if isinstance(each, ast.Call) and getattr(each.func, "id", getattr(each.func, "attr", None)) in names
    ]


def parsed():
    return [(path, ast.parse(path.read_text(encoding="utf-8"))) for path in sources() if path.name != "words.py"]


def test_a_message_is_written_out_where_it_is_marked():
    assert [
        f"{name_of(path)}:{call.lineno}"
        for path, tree in parsed()
        for call in calls(tree, ("_", "_n", "N_"))
        for message in call.args[: 2 if call.func.id == "_n" else 1]
        if not (isinstance(message, ast.Constant) and isinstance(message.value, str))
    ] == []


def test_nothing_is_said_while_a_module_is_imported():
    """It would be said in English to everybody, or in the language of the first who came."""
    early = []
    for path, tree in parsed():
        if path.parent == ROOT / "pages":  # run anew for each visitor
            continue
        said = set(calls(tree, ("_", "_n", "said")))
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                body = function.body if isinstance(function.body, list) else [function.body]
                said -= {call for each in body for call in calls(each, ("_", "_n", "said"))}
        early += [f"{name_of(path)}:{call.lineno}" for call in said if not isinstance(call.func, ast.Attribute)]
    assert early == []


def test_nothing_that_is_cached_says_anything():
    """Another visitor would get it in the language of the first."""
    assert [
        f"{name_of(path)}:{function.lineno}"
        for path, tree in parsed()
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        and any(ast.unparse(each).partition("(")[0].split(".")[-1] in CACHES for each in function.decorator_list)
        and calls(function, ("_", "_n", "said", "number", "percent", "seconds", "moment"))
    ] == []


@pytest.mark.parametrize("name", MARKS)
def test_a_mark_is_never_used_as_a_name_of_something_else(name):
    """Within a function `for _ in …` would make the mark a local variable."""
    taken = []
    for path, tree in parsed():
        if name in {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}:
            stored = (node for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
            taken += [f"{name_of(path)}:{node.lineno}" for node in stored if node.id == name]
    assert taken == []


@pytest.mark.parametrize(
    "source",
    [
        'st.title("Chat")',
        'st.caption(f"{count} answers")',
        'st.metric(label="Credits left", value=5)',
        'st.button(_("Stop"), help="Ends the run.")',
        'st.tabs(["Preview", "Code"])',
        'st.info("none" if empty else found)',
        'st.error(plain_text("Not known"))',
        'raise InputError(f"{key} is no number.", field=key)',
        'figure.update_layout(xaxis_title_text=1, title_text="Answers")',
        'sentence = f"{count} of them failed"',
        'WAYS = {"a": "the whole answer"}',
        '_(f"{count} answers")',
    ],
)
def test_a_text_that_is_not_marked_is_found(tmp_path, source):
    file = tmp_path / "page.py"
    file.write_text(source)
    assert len(unmarked(file)) >= 1


@pytest.mark.parametrize(
    "source",
    [
        'st.title(_("Chat"))',
        'st.markdown(f"**{plain_text(title)}**")',
        'st.caption(_n("{count} answer", "{count} answers", count))',
        'raise InputError(N_("{key} is no number."), field=key, key=key)',
        'raise ValueError("no such thing here")',
        'logging.getLogger(__name__).warning("no such thing here")',
        'st.button(_("Stop"), key="stop", icon=":material/stop:")',
        'def f():\n    """One sentence of a docstring."""',
        'st.page_link("compare.py", label=_("Compare"))',
        'if text == "no such thing": pass',
    ],
)
def test_what_is_marked_or_read_by_nobody_is_not_found(tmp_path, source):
    file = tmp_path / "page.py"
    file.write_text(source.replace("\\\\n", "\\n"))
    assert unmarked(file) == []
