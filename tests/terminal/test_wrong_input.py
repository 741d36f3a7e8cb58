"""Whatever is handed to the terminal: no traceback, an exit code of the contract, and wrong input in one line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nim_core.settings import VARIABLES
from nim_core.terminal.commands import main
from nim_core.testing import NimServer, Says
from nim_core.values.parameters import FIELD

ROOT = Path(__file__).parent.parent.parent
NO_UTF_8 = "\udcff"
"""What Python makes of a byte that is no UTF-8 on the command line."""

ALIAS_BOMB = "a0: &a0 [x]\n" + "".join(
    f"a{number}: &a{number} [{', '.join([f'*a{number - 1}'] * 9)}]\n" for number in range(1, 10)
)

tried = settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def server():
    with NimServer([Says("Hello")]) as made:
        yield made


def compared(server: NimServer, *arguments: str, environment: dict[str, str] | None = None) -> Result:
    """What a comparison ends with, of few answers where nothing is wrong."""
    asked = ("--endpoint", server.url, "--model", "m", "--repeats", "1", "--warmup", "0", "--rpm", "100000")
    return CliRunner().invoke(main, ["compare", *asked, *arguments], env=environment)


def keeps_the_contract(ran: Result) -> None:
    assert ran.exception is None or isinstance(ran.exception, SystemExit)
    assert ran.exit_code in (0, 1, 2)
    if ran.exit_code == 2:
        assert len(ran.stderr.split("Error: ")[1].strip().splitlines()) == 1


def is_refused(ran: Result) -> None:
    keeps_the_contract(ran)
    assert ran.exit_code == 2


@pytest.mark.parametrize(
    "content",
    [
        "prompt: 2024-13-45",
        "prompt: 2024-10-05",
        "grid: {temperature: null}",
        "grid: {temperature: 2024-10-05}",
        "seed: !!int abc",
        'seed: !!int ""',
        "rpm: !!float zz",
        "stream: !!bool zz",
        "prompt: !!binary aGk=",
        "prompt: \0",
        f"seed: {'1' * 5_000}",
        f"seed: 0x{'f' * 5_000}",
        f"seed: {'1:' * 5_000}1",
        f"prompt: {'[' * 5_000}",
        f"prompt: {'{a: ' * 5_000}",
        "- " * 5_000,
        ALIAS_BOMB,
        f"prompt: [{'1,' * 100_000}]",
        'prompt: "\\ud800"',
        'prompt: "\\UFFFFFFFF"',
        f"%YAML 1.{'9' * 5_000}\n---\nprompt: x",
        "x" * 1_000_001,
        'prompt: x\nsets: {"\\ud800": {temperature: 1}}',
    ],
)
def test_a_spec_file_that_cannot_be_is_refused_in_one_line(tmp_path, server, content):
    spec = tmp_path / "spec.yaml"
    spec.write_text(content, encoding="utf-8")
    is_refused(compared(server, "--spec", str(spec)))


@pytest.mark.parametrize(
    "arguments",
    [
        ("--set", f"a: stop={'[' * 5_000}"),
        ("--set", f"a: stop={'[' * 500}{']' * 500}"),
        ("--set", f"a: max_tokens={'1' * 5_000}"),
        ("--set", f"{NO_UTF_8}: temperature=1"),
        ("--set", 'a: stop=["\\ud800"]'),
        ("--grid", f"stop={'[' * 5_000}"),
        ("--grid", "temperature=0:1e999999:1e-999999"),
        ("--grid", "temperature=0:0.999:0.001", "--grid", "top_p=0.001:1:0.001"),
        ("--model", NO_UTF_8),
        ("--model", ""),
        ("--endpoint", NO_UTF_8),
        ("--endpoint", ""),
        ("--system", NO_UTF_8),
        ("--prompt", NO_UTF_8),
        ("--seed", "9" * 4_000),
        ("--resume", NO_UTF_8),
        ("--store", f"sqlite:///{NO_UTF_8}"),
    ],
)
def test_an_option_that_cannot_be_is_refused_in_one_line(server, arguments):
    is_refused(compared(server, "--prompt", "x", *arguments))


@pytest.mark.parametrize(
    ("variable", "value", "may_be"),
    [
        ("NIM_LAB_SHARED", "maybe", "1 for"),
        ("NIM_LAB_HOURLY_REQUESTS", "abc", "whole number"),
        ("NIM_LAB_HOURLY_REQUESTS", "9" * 5_000, "whole number"),
        ("NIM_LAB_NVIDIA_URL", "ftp://x", "base URL"),
        ("NIM_LAB_ENDPOINTS", "http://localhost:1,x", "base URLs"),
        ("NIM_LAB_GGUF", NO_UTF_8, "UTF-8"),
    ],
)
def test_a_variable_that_cannot_be_used_is_named_with_what_it_may_be(variable, value, may_be):
    ran = CliRunner().invoke(main, ["models"], env={variable: value})
    is_refused(ran)
    assert variable in ran.stderr
    assert may_be in ran.stderr


@pytest.mark.parametrize(
    "store",
    [
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file::memory:?uri=true&cache=shared",
        "sqlite:///file:x?mode=memory&uri=true",
        "sqlite:///FOLDER/a?timeout=soon",
        "sqlite:///FOLDER/a?timeout=1&timeout=2",
        "sqlite:///FOLDER/a?check_same_thread=maybe",
        "sqlite:///FOLDER/a?cached_statements=99999999999999999999",
        "sqlite:///FOLDER/a?unknown=1",
        "sqlite:///FOLDER/a?plugin=unknown",
        "sqlite+unknown:///FOLDER/a",
        "sqlite://localhost/a",
        "mysql://localhost/a",
        "postgresql+unknown://localhost/a",
        "postgresql+psycopg://localhost:port/a",
        "postgresql+psycopg://127.0.0.1:1/a",
        "postgresql+psycopg://127.0.0.1:1/a?unknown=1",
        "postgresql+psycopg://127.0.0.1:1/a?port=x",
        "://",
        " ",
    ],
)
def test_a_store_that_cannot_be_is_refused_in_one_line_before_anything_is_sent(tmp_path, server, store):
    sent = len(server.seen)
    ran = compared(server, "--prompt", "x", "--store", store.replace("FOLDER", str(tmp_path)))
    is_refused(ran)
    assert len(ran.stderr.strip().splitlines()) == 1
    assert len(server.seen) == sent


@pytest.mark.parametrize(
    "store", ["postgresql+psycopg://u:hidden/x@host/a", "postgresql+psycopg://h:hidden/a", "sqlite://u:hidden@h/a"]
)
def test_a_store_that_cannot_be_read_shows_nothing_of_its_password(server, store):
    assert "hidden" not in compared(server, "--prompt", "x", "--store", f"{store}?password=hidden&port=x").stderr


# Pieces of what people write, in an order that none of them would.
numbers = st.sampled_from(["0", "0.5", "1", "-1", "2", ".5", "1e3", "1e999", "NaN", "1" * 5_000, "0x10", "1_0"])
texts = st.sampled_from(['"a"', '""', '["a"]', "[]", "[[[", '"\\ud800"', "true", "null", "{}", "한", NO_UTF_8, "a b"])
keys = st.sampled_from([*FIELD, "heat", "", " ", "temperature "])
joins = st.sampled_from([",", ", ", " ", ":", "=", "", ";", "\n"])
values = st.lists(st.one_of(numbers, texts, joins), max_size=5).map("".join)
pairs = st.tuples(keys, st.sampled_from(["=", " = ", "", ":", "=="]), values).map("".join)
written = st.one_of(
    st.text(max_size=30), st.tuples(st.sampled_from(["", "a: ", ": "]), pairs, joins, pairs).map("".join)
)


@tried
@given(written)
def test_whatever_a_set_is_it_keeps_the_contract(server, text):
    keeps_the_contract(compared(server, "--prompt", "x", f"--set={text}"))


@tried
@given(st.one_of(pairs, st.tuples(keys, st.just("="), numbers, joins, numbers, joins, numbers).map("".join)))
def test_whatever_a_grid_is_it_keeps_the_contract(server, text):
    keeps_the_contract(compared(server, "--prompt", "x", f"--grid={text}"))


scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.dates(), st.binary(max_size=4)
)
things = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
)
parameters = st.dictionaries(st.sampled_from([*FIELD, "name", "heat"]), things, max_size=3)
specs = st.fixed_dictionaries(
    {},
    optional={
        "prompt": things,
        "system": things,
        "seed": things,
        "stream": things,
        "sets": st.one_of(things, st.lists(parameters, max_size=3), st.dictionaries(st.text(max_size=5), parameters)),
        "grid": st.one_of(things, parameters),
        "other": things,
    },
)
yaml_pieces = st.sampled_from(
    ["prompt: x", "sets:", "grid:", "\n", "  ", "- ", "? ", "{", "}", "[", "]", "a: ", "&a ", "*a", "!!int ", "!!set ",
     "<<: ", "|", ">", '"', "'", "#", "2024-13-45", "1:61", "0b2", "=", "~", "\t", "---", "%YAML 1.1", "\\x", "\0"]
)  # fmt: skip


@tried
@given(
    st.one_of(
        specs.map(lambda spec: yaml.dump(spec).encode()),
        st.lists(yaml_pieces).map(lambda of: "".join(of).encode()),
        st.binary(max_size=40),
    )
)
def test_whatever_a_spec_file_holds_it_keeps_the_contract(tmp_path, server, content):
    spec = tmp_path / "spec.yaml"
    spec.write_bytes(content)
    keeps_the_contract(compared(server, "--spec", str(spec)))


@tried
@given(
    st.sampled_from([name for name in VARIABLES if name != "NIM_LAB_STORE"]), st.one_of(st.text(max_size=12), values)
)
def test_whatever_a_variable_is_it_keeps_the_contract(server, variable, value):
    environment = {variable: value.replace("\0", "")}
    keeps_the_contract(CliRunner().invoke(main, ["models"], env=environment))
    keeps_the_contract(compared(server, "--prompt", "x", environment=environment))


drivers = st.sampled_from(
    ["sqlite", "sqlite+pysqlite", "sqlite+x", "postgresql", "postgresql+psycopg", "mysql", "", "가"]
)
places = st.sampled_from(
    [":///FOLDER/a", ":///:memory:", "://", "://127.0.0.1:1/a", "://u:p@127.0.0.1:1/a", "://[/a", ":"]
)
asked = st.lists(
    st.tuples(
        st.sampled_from(
            ["timeout", "uri", "mode", "isolation_level", "connect_timeout", "sslmode", "options", "x", ""]
        ),
        st.sampled_from(["1", "0", "true", "ro", "memory", "soon", "%00", "%ff", "9" * 20, "", "require"]),
    ).map("=".join),
    max_size=2,
).map(lambda parts: "?" + "&".join(parts) if parts else "")


@tried
@given(st.one_of(st.tuples(drivers, places, asked).map("".join), st.text(max_size=12)))
def test_whatever_a_store_is_it_keeps_the_contract(tmp_path, server, store):
    keeps_the_contract(compared(server, "--prompt", "x", f"--store={store.replace('FOLDER', str(tmp_path))}"))


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        (("--spec", "spec.yaml"), {}),
        (("--prompt", "x", "--set", f"{NO_UTF_8}: temperature=1"), {}),
        (("--prompt", "x", "--store", "sqlite://"), {}),
        (("--prompt", "x"), {"NIM_LAB_SHARED": "maybe"}),
    ],
)
def test_a_real_process_ends_with_one_line_too(tmp_path, arguments, environment):
    (tmp_path / "spec.yaml").write_text(ALIAS_BOMB, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-m", "nim_core", "compare", *arguments],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
    )
    assert (ran.returncode, ran.stdout, len(ran.stderr.splitlines())) == (2, "", 1)
    assert ran.stderr.startswith("Error: ")


def test_the_dashboard_does_not_start_with_a_variable_that_cannot_be_used():
    ran = subprocess.run(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", "0", "--server.headless", "true"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | {"NIM_LAB_HOURLY_REQUESTS": "abc"},
    )
    assert ran.returncode == 2
    assert ran.stderr.splitlines() == [
        "Error: NIM_LAB_HOURLY_REQUESTS is 'abc', but it must be a whole number of 1 or more."
    ]
