"""The exported notebook: valid, without a key, and its cells repeat the run against a real server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from nim_core.exports.notebook import to_notebook
from nim_core.testing import NimServer, Says
from nim_core.values.dialogue import Message
from nim_core.values.experiment import Experiment
from nim_core.values.generation import Generation
from nim_core.values.parameters import GenerationParameters
from nim_core.values.sets import ParameterSet

ROOT = Path(__file__).parent.parent.parent
PROMPT = 'Why "so"?\n\'\'\' """ \\ 한국어\r\n```'
KEY = "nvapi-" + "k" * 64
# Runs every code cell in one namespace, and says what each cell's last expression is, as a notebook would show it.
RUNNER = """
import ast, json, sys
shown, names = [], {}
for source in json.load(open(sys.argv[1], encoding="utf-8")):
    *before, last = ast.parse(source).body
    exec(compile(ast.Module(before, []), "cell", "exec"), names)
    if isinstance(last, ast.Expr):
        shown.append(type(eval(compile(ast.Expression(last.value), "cell", "eval"), names)).__name__)
    else:
        exec(compile(ast.Module([last], []), "cell", "exec"), names)
print("SHOWN", *shown)
"""


def experiment(url, **changes):
    sets = (
        ParameterSet("cold", GenerationParameters(temperature=0, max_tokens=64)),
        ParameterSet("hot '\"\n", GenerationParameters(temperature=1.5, stop=("\n\n",))),
    )
    messages = (Message("system", "Be\nbrief."), Message("user", PROMPT))
    plan = Experiment(
        "e", "2026-11-23T10:00:00.000Z", url, "m", messages, sets, repeats=3, seed=7, order_seed=12345, concurrency=2
    )
    return replace(plan, **changes)


def first_run(asked):
    return [
        Generation(
            asked.id,
            cell.set,
            cell.repeat,
            order,
            asked.endpoint,
            "m",
            asked.parameters_of(cell),
            "ok",
            f"2026-11-23T10:00:0{order}.000Z",
            text="Hello",
            finish_reason="length" if order == 1 else "stop",
        )
        for order, cell in enumerate(asked.plan(), start=1)
    ]


def notebook(asked, generations=()):
    return nbformat.reads(to_notebook(asked, generations).decode(), as_version=4)


def execute(book, folder, **environment):
    sources, runner = folder / "cells.json", folder / "runner.py"
    cells = [cell.source for cell in book.cells if cell.cell_type == "code"]
    sources.write_text(json.dumps(cells), encoding="utf-8")
    runner.write_text(RUNNER, encoding="utf-8")
    return subprocess.run(
        [sys.executable, runner, sources],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def in_any_order(bodies):
    return sorted(json.dumps(body, sort_keys=True) for body in bodies)


@pytest.mark.parametrize("stream", [True, False])
def test_the_cells_repeat_the_run_and_draw_the_charts(tmp_path, stream):
    with NimServer([Says("one two three four five six", first_s=0.001, each_s=0.001)]) as server:
        asked = experiment(server.url, stream=stream, warmup=0)
        done = execute(notebook(asked, first_run(asked)), tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "SHOWN DataFrame Figure Figure Figure Figure Figure NoneType Figure"
    bodies = [{key: value for key, value in body.items() if key != "stream_options"} for body in server.bodies]
    expected = [
        {
            "model": "m",
            "messages": [{"role": "system", "content": "Be\nbrief."}, {"role": "user", "content": PROMPT}],
            **asked.parameters_of(cell).sent(),
            "stream": stream,
        }
        for cell in asked.plan()
    ]
    assert in_any_order(bodies) == in_any_order(expected)


def test_the_cells_say_what_each_set_shows_against_the_first(tmp_path):
    with NimServer([Says("one two three four five six")]) as server:
        done = execute(notebook(experiment(server.url)), tmp_path)
    assert "the same as cold." in done.stdout
    assert "5 differences were looked at" in done.stdout


def test_a_comparison_of_one_set_runs_too(tmp_path):
    with NimServer([Says("one two three")]) as server:
        asked = experiment(server.url)
        done = execute(notebook(replace(asked, sets=asked.sets[:1], repeats=1)), tmp_path)
    assert done.returncode == 0, done.stderr


def test_the_notebook_is_valid():
    nbformat.validate(notebook(experiment("local")))


def test_the_first_cell_says_how_the_first_run_was_made():
    asked = experiment("http://127.0.0.1:8000/v1")
    said = notebook(asked, first_run(asked)).cells[0].source
    for fact in (
        "http://127.0.0.1:8000/v1", "order seed 12345", "7 to 9", "2026-11-23 10:00:01 UTC", "2026-11-23 10:00:06 UTC",
        "Answered: 6", "Answers cut at max tokens: 1", "nim_core", "openai", "Python", "NVIDIA_API_KEY",
    ):  # fmt: skip
        assert fact in said


def test_a_system_prompt_cannot_leave_its_fence_in_the_first_cell():
    asked = experiment(
        "local", messages=(Message("system", "````\n![x](http://example.org/x.png)"), Message("user", "Hi"))
    )
    said = notebook(asked).cells[0].source
    assert said.count("`````") == 2
    assert said.endswith("`````")


def test_the_key_stands_nowhere_in_the_notebook(tmp_path, monkeypatch):
    monkeypatch.setenv("NVIDIA_API_KEY", KEY)
    with NimServer([Says("one two three")], key=KEY) as server:
        asked = experiment(server.url)
        content = to_notebook(asked, first_run(asked))
        done = execute(notebook(asked), tmp_path)
    assert KEY.encode() not in content
    assert KEY not in done.stdout + done.stderr
    assert done.returncode == 0, done.stderr


def test_nul_does_not_break_the_notebook():
    sets = (ParameterSet("s\0", GenerationParameters(stop=("\0",))),)
    book = notebook(experiment("local", sets=sets, model="m\0"))
    compile("\n".join(cell.source for cell in book.cells if cell.cell_type == "code"), "cells", "exec")
