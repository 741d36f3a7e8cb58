"""The code samples, executed exactly as printed against a real server."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from nim_core.exports.snippets import SNIPPETS, langchain_snippet, node_snippet, python_snippet, shell_snippet
from nim_core.testing import NimServer, Says
from nim_core.values.dialogue import Message
from nim_core.values.parameters import GenerationParameters
from nim_core.values.request import Request

KEY = "nvapi-fake-for-tests-only"
PROMPT = (
    'He said "it\'s $HOME" `id` \\n \\\\ ${x} %s {y} $(date)!\n'
    "Second line\tend 'quoted'\n한국어로 답해 주세요 🙂 </script>"
)
SYSTEM = 'You\'re "brief".'
PARAMETERS = GenerationParameters(
    temperature=0.25,
    top_p=0.75,
    frequency_penalty=0.5,
    presence_penalty=-0.5,
    max_tokens=64,
    stop=("\n\n", "'$END\""),
    seed=7,
)
BARE = GenerationParameters()


def request(parameters=PARAMETERS, *, stream=True):
    return Request(
        "meta/llama-3.1-8b-instruct", (Message("system", SYSTEM), Message("user", PROMPT)), parameters, stream
    )


def run(*command, cwd, key=KEY):
    environment = {name: value for name, value in os.environ.items() if name != "NVIDIA_API_KEY"}
    # A proxy has no business between two programs of one machine.
    environment |= {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1", **({"NVIDIA_API_KEY": key} if key else {})}
    return subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", timeout=120, cwd=cwd, env=environment
    )


def sent(asked):
    """What a sample sends: the request, without the count of tokens that only a measuring client asks for."""
    return {name: value for name, value in asked.body().items() if name != "stream_options"}


def bare(body):
    """A body without what a client library adds on its own account."""
    return {name: value for name, value in body.items() if name != "stream_options"}


def authorized(server):
    return [seen.headers.get("Authorization") for seen in server.seen if seen.method == "POST"]


@pytest.fixture
def server():
    with NimServer([Says("Hello 세계")]) as running:
        yield running


@pytest.fixture(scope="session")
def node_folder(tmp_path_factory):
    """A folder in which node finds the package openai."""
    if not shutil.which("npm") or not shutil.which("node"):
        pytest.skip("node and npm are not installed")
    folder = tmp_path_factory.mktemp("node")
    subprocess.run(
        [shutil.which("npm"), "install", "--silent", "--no-fund", "--no-audit", "openai"],
        cwd=folder,
        check=True,
        timeout=120,
    )
    return folder


@pytest.mark.parametrize("stream", [True, False], ids=["streamed", "whole"])
@pytest.mark.parametrize("parameters", [PARAMETERS, BARE], ids=["all parameters", "none"])
def test_the_python_sample_sends_the_call_and_prints_the_answer(server, tmp_path, parameters, stream):
    asked = request(parameters, stream=stream)
    ran = run(sys.executable, "-X", "utf8", "-c", python_snippet(asked, server.url), cwd=tmp_path)
    assert (ran.stdout.strip(), ran.stderr) == ("Hello 세계", "")
    assert server.bodies == [sent(asked)]
    assert authorized(server) == [f"Bearer {KEY}"]


@pytest.mark.parametrize("shell", ["bash", "sh"])
@pytest.mark.parametrize("parameters", [PARAMETERS, BARE], ids=["all parameters", "none"])
def test_the_shell_sample_sends_the_call(server, tmp_path, parameters, shell):
    asked = request(parameters, stream=False)
    ran = run(shell, "-c", shell_snippet(asked, server.url), cwd=tmp_path)
    assert "Hello 세계" in ran.stdout
    assert ran.stderr == ""
    assert server.bodies == [sent(asked)]
    assert authorized(server) == [f"Bearer {KEY}"]


def test_the_shell_sample_of_a_streamed_call_shows_the_stream(server, tmp_path):
    ran = run("bash", "-c", shell_snippet(request(), server.url), cwd=tmp_path)
    assert ran.stdout.startswith("data: {")
    assert ran.stdout.rstrip().endswith("data: [DONE]")
    assert server.bodies == [sent(request())]


@pytest.mark.parametrize("stream", [True, False], ids=["streamed", "whole"])
@pytest.mark.parametrize("parameters", [PARAMETERS, BARE], ids=["all parameters", "none"])
def test_the_node_sample_sends_the_call_and_prints_the_answer(server, node_folder, tmp_path, parameters, stream):
    asked = request(parameters, stream=stream)
    (tmp_path / "node_modules").symlink_to(node_folder / "node_modules")
    sample = tmp_path / "sample.mjs"
    sample.write_text(node_snippet(asked, server.url), encoding="utf-8")
    ran = run("node", str(sample), cwd=tmp_path)
    assert (ran.stdout.strip(), ran.stderr) == ("Hello 세계", "")
    assert server.bodies == [sent(asked)]
    assert authorized(server) == [f"Bearer {KEY}"]


@pytest.fixture(scope="session")
def langchain_python():
    """A Python that has the package; NIM_LAB_TEST_LANGCHAIN names it, since its 60 MB are no part of this project."""
    named = os.environ.get("NIM_LAB_TEST_LANGCHAIN")
    if not named:
        pytest.skip("NIM_LAB_TEST_LANGCHAIN names no Python with langchain-nvidia-ai-endpoints")
    return Path(named)


@pytest.mark.parametrize("stream", [True, False], ids=["streamed", "whole"])
@pytest.mark.parametrize("parameters", [PARAMETERS, BARE], ids=["all parameters", "none"])
def test_the_langchain_sample_sends_the_call_and_prints_the_answer(
    server, langchain_python, tmp_path, parameters, stream
):
    asked = request(parameters, stream=stream)
    ran = run(
        langchain_python,
        "-X",
        "utf8",
        "-W",
        "error::DeprecationWarning",
        "-c",
        langchain_snippet(asked, server.url),
        cwd=tmp_path,
    )
    assert ran.stderr == ""
    assert ran.stdout.strip() == "Hello 세계"
    body = bare(server.bodies[-1])
    assert {**body, "stream": stream} == sent(asked)
    assert authorized(server)[-1] == f"Bearer {KEY}"


def test_the_langchain_sample_runs_without_a_key_where_the_server_asks_for_none(server, langchain_python, tmp_path):
    code = langchain_snippet(request(), server.url)
    ran = run(langchain_python, "-X", "utf8", "-c", code, cwd=tmp_path, key=None)
    assert ran.stdout.strip() == "Hello 세계"


@pytest.mark.parametrize("language", ["Python", "LangChain"])
def test_a_python_sample_compiles(language):
    snippet, _ = SNIPPETS[language]
    compile(snippet(request(), "http://127.0.0.1:8000/v1"), "sample", "exec")


def test_a_sample_runs_without_a_key_where_the_server_asks_for_none(server, tmp_path):
    ran = run(sys.executable, "-X", "utf8", "-c", python_snippet(request(), server.url), cwd=tmp_path, key=None)
    assert ran.stdout.strip() == "Hello 세계"


@pytest.mark.parametrize("language", list(SNIPPETS))
def test_the_key_stands_in_a_sample_only_as_the_environment_variable(language, monkeypatch):
    monkeypatch.setenv("NVIDIA_API_KEY", KEY)
    snippet, _ = SNIPPETS[language]
    code = snippet(request(), "https://integrate.api.nvidia.com/v1")
    assert KEY not in code
    assert "NVIDIA_API_KEY" in code


def test_a_sample_names_only_the_parameters_that_are_sent():
    for snippet, _ in SNIPPETS.values():
        code = snippet(request(GenerationParameters(temperature=0.5)), "http://127.0.0.1:8000/v1")
        assert "temperature" in code
        assert not [name for name in ("top_p", "penalty", "seed", "stop=") if name in code]
