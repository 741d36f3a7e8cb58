"""The exported script: run as printed, against a real server, with nothing but the openai package."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from nim_core.exports.conditions import public_endpoint
from nim_core.exports.script import to_script
from nim_core.testing import NimServer, Raw, Says
from nim_core.values.dialogue import Message
from nim_core.values.experiment import Experiment
from nim_core.values.parameters import GenerationParameters
from nim_core.values.sets import ParameterSet

HOSTILE = 'Say "it\'s" \\n \\\\ \'\'\' """ {x} %s #\n두 번째 줄\r\nthird\tline\u2028fourth\0 \x1b[0m'
KEY = "nvapi-" + "k" * 64


def experiment(url="local", **changes):
    sets = (
        ParameterSet("cold", GenerationParameters(temperature=0, max_tokens=9)),
        ParameterSet("hot \"'\n", GenerationParameters(temperature=1.5, stop=("\n\n", "끝"))),
        ParameterSet("as it is", GenerationParameters()),
    )
    plan = Experiment(
        "e",
        "2026-11-23T10:00:00.000Z",
        url,
        "m",
        (Message("system", "Be\nbrief."), Message("user", HOSTILE)),
        sets,
        repeats=4,
        order_seed=99,
    )
    return replace(plan, **changes)


def run(script, folder, **environment):
    """The script in a fresh process in an empty folder."""
    path = folder / "run.py"
    path.write_text(script, encoding="utf-8")
    where = folder / "empty"
    where.mkdir()
    done = subprocess.run(
        [sys.executable, "-I", path],
        cwd=where,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert list(where.iterdir()) == []
    return done


@pytest.mark.parametrize("stream", [True, False])
def test_the_script_sends_what_the_experiment_sent_in_its_order(tmp_path, stream):
    with NimServer([Says("Hello")]) as server:
        asked = experiment(server.url, stream=stream, seed=7)
        done = run(to_script(asked), tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    expected = [
        {
            "model": "m",
            "messages": [{"role": "system", "content": "Be\nbrief."}, {"role": "user", "content": HOSTILE}],
            **asked.parameters_of(cell).sent(),
            "stream": stream,
        }
        for cell in asked.plan()
    ]
    assert server.bodies == expected


def test_the_script_prints_one_line_per_answer(tmp_path):
    with NimServer([Says("Two\nlines, 한국어")]) as server:
        asked = experiment(server.url)
        done = run(to_script(asked), tmp_path)
    assert done.stdout.splitlines() == [
        f"{cell.set!r}, repeat {cell.repeat}: 'Two\\nlines, 한국어'" for cell in asked.plan()
    ]


def test_the_key_comes_from_the_environment_and_stands_nowhere_in_the_script(tmp_path, monkeypatch):
    monkeypatch.setenv("NVIDIA_API_KEY", KEY)
    with NimServer([Says("Hello")], key=KEY) as server:
        script = to_script(experiment(server.url, repeats=1))
        done = run(script, tmp_path, NVIDIA_API_KEY=KEY)
    assert done.returncode == 0
    assert KEY not in script


def test_a_failed_answer_is_a_line_too_and_the_others_are_sent(tmp_path):
    too_hot = Raw(400, '{"error": {"message": "no"}}')
    with NimServer(lambda seen: too_hot if seen.body.get("temperature") == 1.5 else Says("Hello")) as server:
        done = run(to_script(experiment(server.url, repeats=1)), tmp_path)
    lines = done.stdout.splitlines()
    assert (done.returncode, len(lines)) == (0, 3)
    assert sum("failed" in line for line in lines) == 1


def test_a_refusal_that_would_meet_every_call_ends_the_script(tmp_path):
    with NimServer([Says("Hello")], key=KEY) as server:
        done = run(to_script(experiment(server.url)), tmp_path)
    assert done.returncode == 1
    assert "the run ends here" in done.stderr
    assert len(server.bodies) == 1


def test_the_script_for_the_built_in_model_says_how_to_serve_it_and_reads_no_key():
    script = to_script(experiment("local"))
    assert "python -m nim_core local --port 8080" in script
    assert "http://127.0.0.1:8080/v1" in script
    assert "NVIDIA_API_KEY" not in script


def test_the_script_for_the_hosted_catalog_names_its_address_and_keeps_its_pace():
    script = to_script(experiment("nvidia", rpm=40.0))
    assert "https://integrate.api.nvidia.com/v1" in script
    assert "time.sleep(60 / 40.0)" in script


def test_a_password_in_an_address_is_left_out():
    assert public_endpoint("http://me:secret@host:8000/v1?key=secret#x") == "http://host:8000/v1"
    assert "secret" not in to_script(experiment("http://me:secret@host:8000/v1?key=secret"))
