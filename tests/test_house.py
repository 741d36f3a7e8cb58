"""The laws of the house that no lint rule holds."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
HEAVY = ("streamlit", "openai", "pandas", "plotly", "scipy", "sqlalchemy", "xllamacpp", "pydantic", "aiohttp")


def sources(*folders):
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def imported_by(path):
    """The top-level names of all modules that a file imports, anywhere in it."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    plain = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    named = [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom) and not node.level]
    return {name.partition(".")[0] for name in plain + named}


def modules_after(statement):
    code = f"import sys; {statement}; print(*sorted(sys.modules))"
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout.split()


def test_importing_the_library_loads_nothing_heavy():
    assert not set(HEAVY) & set(modules_after("import nim_core"))


def test_the_statistics_know_numbers_only():
    assert not set(HEAVY) & set(modules_after("import nim_core.analysis.verdict"))


def test_no_module_of_the_library_loads_streamlit():
    # What stands in migrations is no module: alembic runs it.
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in sources("nim_core")
        if path.stem[:2] != "__" and "migrations" not in path.parts
    ]
    imports = "; ".join(f"import {name}" for name in names)
    assert "streamlit" not in modules_after(imports)


def test_html_is_made_by_templates_alone():
    # Plotly's labels are a markup of its own, which charts/style.py knows how to escape.
    made = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources("nim_core", "pages")
        if path.parent.name != "charts"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
        and re.search(r"<(?:div|span|p|table|ul|details|figure|button)\b", str(node.value))
    ]
    assert made == []


def test_only_one_file_names_the_session_state():
    named = [path.name for path in sources("pages") if "session_state" in path.read_text(encoding="utf-8")]
    assert named == ["session.py"]


def test_only_the_transport_imports_openai():
    importing = [path.name for path in sources("nim_core", "pages") if "openai" in imported_by(path)]
    assert importing == ["transport.py"]


def test_the_terminal_shows_its_help_without_loading_anything_heavy():
    loaded = modules_after("from nim_core.terminal import commands")
    assert not set(HEAVY) & set(loaded)


def test_the_public_names_are_those_that_can_be_imported():
    import nim_core

    assert all(getattr(nim_core, name).__name__ == name for name in nim_core.__all__)


PIN = re.compile(r"[\w.-]+(\[\w+\])?==[\w.]+")


@pytest.mark.parametrize("file", ["dependencies.txt", "tests/requirements.txt"])
def test_every_direct_dependency_is_pinned(file):
    assert [pin for pin in pins(file) if not PIN.fullmatch(pin)] == []


def test_what_running_needs_holds_nothing_of_the_checks():
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    assert [line for line in lines if not line.startswith("#")] == ["-c constraints.txt", "-r dependencies.txt"]
    needed = needed_by(pins("dependencies.txt"))
    checks = {canonicalize_name(Requirement(pin).name) for pin in pins("tests/requirements.txt")}
    assert not checks & set(needed)


def needed_by(requirements):
    """The names and versions of all that is installed for the sake of some requirements."""
    found, waiting = {}, [Requirement(line) for line in requirements]
    while waiting:
        each = waiting.pop()
        name = canonicalize_name(each.name)
        extras = {"", *each.extras}
        if each.marker and not each.marker.evaluate({"extra": ""}):
            continue
        seen = found.get(name, (None, set()))[1]
        if extras <= seen:
            continue
        found[name] = (metadata.version(name), seen | extras)
        for inner in map(Requirement, metadata.requires(name) or ()):
            if inner.marker is None or any(inner.marker.evaluate({"extra": extra}) for extra in extras):
                inner.marker = None
                waiting.append(inner)
    return {name: version for name, (version, _) in found.items()}


def pins(file):
    lines = (line.partition("#")[0].strip() for line in (ROOT / file).read_text().splitlines())
    return [line for line in lines if line and not line.startswith("-")]


def test_whatever_the_requirements_bring_along_is_pinned_to_what_is_installed():
    pinned = {
        canonicalize_name(name): version
        for name, _, version in (pin.partition("==") for pin in pins("constraints.txt"))
    }
    installed = needed_by([*pins("dependencies.txt"), *pins("tests/requirements.txt")])
    assert len(installed) > 90
    assert {name: version for name, version in installed.items() if pinned.get(name) != version} == {}


def test_every_install_step_of_the_checks_takes_pinned_versions_only():
    installs = re.findall(r"pip install (.*)", (ROOT / ".ci" / "run").read_text())
    files = sorted(re.sub(r"-q|--no-deps|-r|'", "", " ".join(installs)).split())
    assert files == [".ci/audit.txt", ".ci/langchain.txt", "requirements.txt", "tests/requirements.txt"]
    assert [pin for file in files for pin in pins(file) if not PIN.fullmatch(pin)] == []


def test_every_widget_of_a_page_has_a_key():
    widget = re.compile(
        r"\.(button|radio|toggle|slider|select_slider|selectbox|segmented_control|number_input|text_input|text_area|"
        r"chat_input|download_button|data_editor|checkbox|pills|multiselect|popover)\("
    )
    without = []
    for path in sources("pages"):
        text = path.read_text(encoding="utf-8")
        calls = [(match[1], call_text(text, match.end())) for match in widget.finditer(text)]
        without += [f"{path.name}: {name}" for name, call in calls if "key=" not in call]
    assert without == []


def call_text(text, start):
    """What stands between the parentheses of a call."""
    depth, position = 1, start
    while depth:
        depth += {"(": 1, ")": -1}.get(text[position], 0)
        position += 1
    return text[start:position]


READMES = pytest.mark.parametrize(("file", "heading"), [("README.md", "The house"), ("README.ko.md", "코드 구조")])


def house(file, heading):
    """The section of a README that describes the tree."""
    return (ROOT / file).read_text(encoding="utf-8").partition(f"## {heading}\n")[2].partition("\n## ")[0]


def rooms():
    """Every folder of the library and of the pages' parts, as the README writes it."""
    inside = [path for folder in ("nim_core", "pages/parts") for path in (ROOT / folder).iterdir()]
    return {f"{path.relative_to(ROOT).as_posix()}/" for path in inside if path.is_dir() and path.name[0] != "_"}


def test_the_layers_hold_and_no_room_stands_in_a_circle():
    checked = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stdout


@READMES
def test_the_readme_s_table_of_the_house_names_every_room_and_no_other(file, heading):
    heads = [line.split("|")[1] for line in house(file, heading).splitlines() if line.startswith("| `")]
    named = {name for head in heads for name in re.findall(r"`((?:nim_core|pages/parts)/[\w/]+/)`", head)}
    assert named == rooms()


@READMES
def test_the_readme_s_flow_goes_through_rooms_of_the_library(file, heading):
    (flow,) = re.findall(r"^    (values -> .*) -> pages$", house(file, heading), re.MULTILINE)
    assert {f"nim_core/{name}/" for name in flow.split(" -> ")} <= rooms()


def test_no_room_is_too_full_to_be_seen_at_once():
    modules = [path for path in sources("nim_core", "pages") if path.name != "__init__.py"]
    folders = {path.parent for path in modules if path.parent.name != "versions"}
    full = {folder: sum(path.parent == folder for path in modules) for folder in folders}
    assert full.pop(ROOT / "nim_core") <= 8  # and __init__
    assert {folder: count for folder, count in full.items() if count > 14} == {}


def test_no_file_name_stands_twice():
    names = [path.name for path in sources("nim_core", "pages") if not path.name.startswith("__")]
    assert sorted(name for name in set(names) if names.count(name) > 1) == []
