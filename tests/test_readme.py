"""Every command and code block of the README, executed; the Korean README holds the same ones.

The installing half of the two commands is the one that .ci/run executes on a bare machine, so it is compared
with that file; their second halves run here, in the present environment.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import pandas as pd
import psycopg
import pytest

from nim_core.settings import VARIABLES
from nim_core.testing import NimServer, Says
from tests.support.running import INTERRUPTIBLE, until

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
KOREAN = (ROOT / "README.ko.md").read_text(encoding="utf-8")
HEADINGS = {
    "Run": "실행",
    "Test": "테스트",
    "Your first comparison": "첫 번째 비교",
    "With an NVIDIA key": "NVIDIA 키로 사용하기",
    "From a notebook": "노트북에서 사용하기",
    "From a terminal": "터미널에서 사용하기",
    "For a class": "수업에서 사용하기",
    "With PostgreSQL": "PostgreSQL과 함께 사용하기",
    "What is measured": "무엇을 측정하는가",
    "Words": "용어",
    "Environment": "환경 변수",
    "The house": "코드 구조",
    "Contributing": "기여하기",
}
INSTALL = "python3 -m venv .venv && .venv/bin/pip install -r requirements.txt"
INSTALL_CHECKS = f"{INSTALL} -r tests/requirements.txt"
KEY = "nvapi-" + "F" * 64


def section(title: str, readme: str = README) -> str:
    (found,) = re.findall(rf"^## {title}\n(.*?)(?=^## |\Z)", readme, re.MULTILINE | re.DOTALL)
    return found


def commands(title: str) -> list[str]:
    return re.findall(r"^    (\S.*)$", section(title), re.MULTILINE)


def environment(**more: str) -> dict[str, str]:
    """As in an activated environment, from any folder."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return os.environ | {"PATH": path, "PYTHONPATH": str(ROOT)} | more


def run(command: str, folder: Path, **more: str) -> str:
    ran = subprocess.run(
        command, shell=True, cwd=folder, env=environment(**more), capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False


def test_the_two_commands_stand_there_word_for_word():
    assert commands("Run") == [f"{INSTALL} && .venv/bin/streamlit run app.py"]
    assert commands("Test") == [f"{INSTALL_CHECKS} && .venv/bin/python -m pytest"]


def test_the_check_of_a_bare_machine_installs_as_the_readme_says():
    checked = (ROOT / ".ci" / "run").read_text(encoding="utf-8").replace("install -q -r", "install -r")
    assert INSTALL_CHECKS in checked
    assert ".venv/bin/python -m pytest" in checked


def test_the_command_under_run_ends_at_a_dashboard():
    port = free_port()
    command = commands("Run")[0].removeprefix(f"{INSTALL} && .venv/bin/").split()
    quiet = ["--server.port", str(port), "--server.headless", "true"]
    with subprocess.Popen([sys.executable, "-m", *command, *quiet], cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        try:
            until(lambda: answers(f"http://localhost:{port}/_stcore/health"))
        finally:
            process.terminate()


def served(command: str, port: int, **more: str) -> subprocess.Popen[bytes]:
    """A dashboard started as a line of the README says, on a free port."""
    words = command.replace(".venv/bin/streamlit", f"exec {sys.executable} -m streamlit")
    line = f"{words} --server.port {port} --server.headless true"
    return subprocess.Popen(line, shell=True, cwd=ROOT, env=environment(**more), stdout=subprocess.DEVNULL)


def test_the_command_for_a_class_ends_at_a_shared_server_that_knows_its_name():
    port = free_port()
    (command,) = commands("For a class")
    with served(command, port) as process:
        try:
            until(lambda: answers(f"http://localhost:{port}/_stcore/health"))
            page = urllib.request.Request(f"http://localhost:{port}/", headers={"Host": "lab.example.org"})
            with urllib.request.urlopen(page) as reply:
                assert reply.status == 200
            assert not answers(f"http://localhost:{port}/")
        finally:
            process.terminate()


def test_the_command_with_postgresql_makes_the_tables_at_the_first_start(postgresql):
    where = postgresql.replace("+psycopg", "")
    with psycopg.connect(where, autocommit=True) as connection:
        connection.execute("CREATE DATABASE readme")
    own = urlsplit(postgresql)._replace(path="/readme").geturl()
    port = free_port()
    (command,) = commands("With PostgreSQL")
    words = command.replace("postgresql+psycopg://user:password@host/database", own)
    assert words != command
    with served(words, port) as process, psycopg.connect(own.replace("+psycopg", ""), autocommit=True) as connection:
        try:
            tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            until(lambda: {"experiments", "generations"} <= {name for (name,) in connection.execute(tables)})
        finally:
            process.terminate()


def test_the_command_under_test_finds_the_tests():
    command = commands("Test")[0].removeprefix(f"{INSTALL_CHECKS} && .venv/bin/python ").split()
    found = subprocess.run(
        [sys.executable, *command, "--collect-only", "-q"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "test_readme.py::test_the_two_commands_stand_there_word_for_word" in found.stdout


@pytest.mark.model
def test_the_block_under_from_a_notebook_gives_one_row_a_generation(tmp_path):
    (block,) = re.findall(r"```python\n(.*?)```", section("From a notebook"), re.DOTALL)
    (tmp_path / "cell.py").write_text(f"{block}\nframe.to_pickle('frame.pickle')\n", encoding="utf-8")
    run("python cell.py", tmp_path)
    frame = pd.read_pickle(tmp_path / "frame.pickle")
    assert (len(frame), set(frame["status"])) == (15, {"ok"})
    assert sorted(frame["temperature"].unique()) == [0, 0.5, 1]


def terminal(words: str) -> str:
    """The one terminal command of the README that holds these words."""
    (found,) = [command for command in commands("From a terminal") if words in command]
    return found


def test_each_terminal_command_is_one_of_those_executed_here():
    executed = ("--out rows.csv", "--endpoint nvidia --set", "models", "chat", "local")
    assert [terminal(words) for words in executed] == commands("From a terminal")


@pytest.mark.model
def test_the_terminal_compares_on_the_built_in_model_and_writes_the_rows(tmp_path):
    run(terminal("--out rows.csv"), tmp_path)
    rows = pd.read_csv(tmp_path / "rows.csv")
    assert (len(rows), set(rows["status"])) == (9, {"ok"})
    assert sorted(rows["temperature"].unique()) == [0, 0.5, 1]


@pytest.fixture
def catalog():
    with NimServer([Says("Red, green and blue.")], key=KEY) as server:
        yield server


def test_the_terminal_compares_two_named_sets_on_the_hosted_catalog(tmp_path, catalog):
    said = run(terminal("--endpoint nvidia --set"), tmp_path, NIM_LAB_NVIDIA_URL=catalog.url, NVIDIA_API_KEY=KEY)
    assert {"calm", "lively"} <= set(said.split())
    assert sorted({body["temperature"] for body in catalog.bodies}) == [0.2, 1]


def test_the_terminal_finds_a_model_of_the_hosted_catalog(tmp_path, catalog):
    assert run(terminal("models"), tmp_path, NIM_LAB_NVIDIA_URL=catalog.url).startswith("meta/llama-3.1-8b-instruct")


@pytest.mark.model
def test_the_terminal_chats_with_the_built_in_model(tmp_path):
    assert run(terminal("chat"), tmp_path).strip()


@pytest.mark.model
def test_the_terminal_serves_the_built_in_model_until_it_is_interrupted(tmp_path):
    port = free_port()  # 8080 may be taken where the tests run
    command = terminal("local").replace("8080", str(port)).split()
    with subprocess.Popen(
        [*INTERRUPTIBLE, sys.executable, *command[1:]], cwd=tmp_path, env=environment(), stdout=subprocess.DEVNULL
    ) as process:
        until(lambda: answers(f"http://127.0.0.1:{port}/v1/models"))
        process.send_signal(signal.SIGINT)
        assert process.wait() == 130


def test_every_variable_of_the_environment_is_explained():
    named = set(re.findall(r"^\| `(\w+)", section("Environment"), re.MULTILINE))
    assert {"NVIDIA_API_KEY", *VARIABLES} <= named


@pytest.mark.parametrize("readme", [README, KOREAN], ids=["English", "Korean"])
def test_every_path_and_file_that_the_readme_names_or_links_to_exists(readme):
    paths = re.findall(r"`((?:nim_core|pages|tests|docs)/[\w/.]*)`", readme)
    files = [target for target in links(readme) if not target.startswith("https://")]
    assert paths
    assert [path for path in paths + files if not (ROOT / path).exists()] == []


def links(text: str) -> list[str]:
    """What a text links to and the pictures it shows, in order."""
    return [link or picture for link, picture in re.findall(r"\]\(([^)\s]+)\)|src(?:set)?=\"([^\"]+)\"", text)]


def test_the_two_readmes_link_to_each_other_in_their_first_lines_and_to_the_same_elsewhere():
    (other, *targets), (english, *korean_targets) = links(README), links(KOREAN)
    assert (other, english) == ("README.ko.md", "README.md")
    assert all(f"]({name})" in text.splitlines()[2] for text, name in ((README, other), (KOREAN, english)))
    assert korean_targets == targets


def test_the_headings_of_the_korean_readme_correspond_to_the_english_ones():
    headings = [re.findall(r"^## (.*)$", text, re.MULTILINE) for text in (README, KOREAN)]
    assert headings == [list(HEADINGS), list(HEADINGS.values())]


def blocks(text: str) -> list[str]:
    """The fenced blocks with their fences and the indented lines, in order."""
    return re.findall(r"^(```[^`]*```|    \S.*)$", text, re.MULTILINE)


@pytest.mark.parametrize("title", HEADINGS)
def test_a_korean_section_holds_the_commands_and_code_blocks_of_the_english_one(title):
    assert blocks(section(HEADINGS[title], KOREAN)) == blocks(section(title))


def extent(text: str) -> tuple[int, int, int]:
    """How many paragraphs, list items and rows a section has; a row is known by its head."""
    items = re.findall(r"^(?:-|\d+\.) ", text, re.MULTILINE)
    rows = set(re.findall(r"^\|[^|]*\|", text, re.MULTILINE))
    paragraphs = re.findall(r"^(?!- |\d+\. |```)[^\s|]", text, re.MULTILINE)
    return len(paragraphs), len(items), len(rows)


@pytest.mark.parametrize("title", HEADINGS)
def test_a_korean_section_says_as_much_and_names_the_same_code(title):
    english, translated = section(title), section(HEADINGS[title], KOREAN)
    assert extent(translated) == extent(english)
    names = re.compile(r"`([^`\n]+)`")
    assert set(names.findall(translated)) == set(names.findall(english))
