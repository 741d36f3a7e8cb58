"""The terminal as a person or a script calls it: a real process each time."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from nim_core.analysis.table import COLUMNS
from nim_core.testing import Hangs, NimServer, Raw, Says
from tests.support.running import INTERRUPTIBLE

ROOT = Path(__file__).parent.parent.parent
KEY = "nvapi-fake-for-tests-only"


def nim(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "nim_core", *arguments],
        capture_output=True,
        text=True,
        timeout=90,
        cwd=ROOT,
        env=os.environ | environment,
    )


def compare(server, *arguments, **environment):
    asked = (
        "--prompt",
        "What is GPU?",
        "--endpoint",
        server.url,
        "--model",
        "m",
        "--warmup",
        "0",
        "--concurrency",
        "1",
    )
    return nim("compare", *asked, *arguments, **environment)


def rows_of(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_comparison_writes_one_row_a_generation_in_the_columns_of_the_contract(tmp_path):
    out = tmp_path / "rows.csv"
    with NimServer([Says("Hello world")]) as server:
        ran = compare(
            server, "--grid", "temperature=0,0.5", "--set", "calm: top_p=0.5", "--repeats", "2", "--out", str(out)
        )
    assert (ran.returncode, ran.stdout) == (0, "")
    rows = rows_of(out)
    assert tuple(rows[0]) == COLUMNS
    assert sorted((row["set"], row["repeat"]) for row in rows) == sorted(
        (name, repeat) for name in ("calm", "temperature=0", "temperature=0.5") for repeat in ("1", "2")
    )


def test_a_csv_keeps_every_character_and_leaves_unknown_cells_empty(tmp_path):
    text = 'Zeile 1\r\n"zwei", 한국어; =SUM(A1)\t🙂\n'
    out = tmp_path / "rows.csv"
    with NimServer([Says([text], usage=False)]) as server:
        compare(server, "--repeats", "1", "--set", 'a: stop=["\\n"]', "--out", str(out))
    (row,) = rows_of(out)
    assert row["text"] == text
    assert (row["stop"], row["temperature"], row["completion_tokens"], row["itl_s"]) == ('["\\n"]', "", "", "")
    assert row["tokens_from"] == "none"


@pytest.mark.parametrize("ending", ["json", "jsonl", "parquet"])
def test_the_other_formats_hold_the_same_columns(tmp_path, ending):
    out = tmp_path / f"rows.{ending}"
    with NimServer([Says("Hello world")]) as server:
        assert compare(server, "--repeats", "2", "--out", str(out)).returncode == 0
    if ending == "parquet":
        columns = list(pd.read_parquet(out).columns)
    else:
        lines = out.read_text(encoding="utf-8").splitlines() if ending == "jsonl" else [None]
        records = [json.loads(line) for line in lines] if ending == "jsonl" else json.loads(out.read_text("utf-8"))
        columns = list(records[0])
        assert records[0]["seed"] is None
        assert len(records) == 2
    assert tuple(columns) == COLUMNS


def test_without_an_output_file_a_table_per_set_goes_to_stdout():
    with NimServer([Says("Hello world")]) as server:
        ran = compare(server, "--grid", "temperature=0,1")
    assert ran.returncode == 0
    assert "temperature=0" in ran.stdout
    assert "temperature=1" in ran.stdout


def test_without_sets_the_starting_values_are_sent_as_default(tmp_path):
    out = tmp_path / "rows.csv"
    with NimServer([Says("Hello")]) as server:
        compare(server, "--repeats", "1", "--out", str(out))
        body = server.bodies[0]
    assert rows_of(out)[0]["set"] == "default"
    assert {name: body[name] for name in ("temperature", "top_p", "max_tokens")} == {
        "temperature": 0.25,
        "top_p": 0.75,
        "max_tokens": 1025,
    }


def test_a_failed_generation_is_a_row_and_the_exit_code_is_1(tmp_path):
    out = tmp_path / "rows.csv"
    with NimServer(
        [Says("Hello"), Raw(400, '{"error": {"message": "maximum context length is 10 tokens"}}')]
    ) as server:
        ran = compare(server, "--repeats", "2", "--out", str(out))
    assert ran.returncode == 1
    assert [row["error"] for row in rows_of(out)] == ["", "context_overflow"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--prompt", " "),
        (),
        ("--prompt", "x", "--set", "a: heat=1"),
        ("--prompt", "x", "--set", "a: temperature=3"),
        ("--prompt", "x", "--grid", "temperature=0:1"),
        ("--prompt", "x", "--repeats", "0"),
        ("--prompt", "x", "--repeats", "many"),
        ("--prompt", "x", "--spec", "none.yaml"),
        ("--prompt", "x", "--out", "/nonexistent-folder/rows.csv"),
        ("--prompt", "x", "--out", "rows.txt"),
        ("--prompt", "x", "--endpoint", "ftp://example.org"),
        ("--prompt", "x", "--endpoint", "nvidia"),
        ("--prompt", "x", "--store", "nonsense"),
        ("--resume", "0" * 32),
        ("--prompt", "x", "--unknown"),
    ],
)
def test_bad_input_is_one_clear_line_and_exit_code_2(arguments):
    ran = nim("compare", *arguments)
    assert ran.returncode == 2
    assert "Error: " in ran.stderr
    assert "Traceback" not in ran.stderr
    assert len(ran.stderr.split("Error: ")[1].strip().splitlines()) == 1


def test_bad_input_sends_nothing():
    with NimServer([Says("Hello")]) as server:
        ran = nim("compare", "--prompt", "x", "--endpoint", server.url, "--grid", "temperature=9")
        assert (ran.returncode, server.seen) == (2, [])


@pytest.mark.parametrize("key", ["nvapi-fa\nke", "nvapi-키", "$NVIDIA_API_KEY"])
def test_an_unusable_key_is_found_before_anything_is_sent_and_not_repeated(key):
    with NimServer([Says("Hello")]) as server:
        ran = compare(server, NVIDIA_API_KEY=key)
        assert (ran.returncode, server.seen) == (2, [])
    assert key not in ran.stderr


def test_the_key_goes_to_the_hosted_catalog_and_its_first_known_model_is_taken(tmp_path):
    out = tmp_path / "rows.csv"
    with NimServer([Says("Hello")], key=KEY) as server:
        ran = nim(
            "compare", "--prompt", "x", "--endpoint", "nvidia", "--repeats", "1", "--rpm", "6000", "--out", str(out),
            NVIDIA_API_KEY=KEY, NIM_LAB_NVIDIA_URL=server.url,
        )  # fmt: skip
        assert {seen.headers.get("Authorization") for seen in server.seen if seen.method == "POST"} == {f"Bearer {KEY}"}
    assert ran.returncode == 0
    (row,) = rows_of(out)
    assert (row["endpoint"], row["model"]) == ("nvidia", "meta/llama-3.1-8b-instruct")
    assert KEY not in out.read_text() + ran.stderr + ran.stdout


def test_a_spec_file_and_flags_mix_and_flags_win(tmp_path):
    spec, out = tmp_path / "spec.yaml", tmp_path / "rows.csv"
    spec.write_text("prompt: from the file\nrepeats: 1\nsets:\n  cold: {temperature: 0}\n", encoding="utf-8")
    with NimServer([Says("Hello")]) as server:
        ran = nim(
            "compare", "--spec", str(spec), "--endpoint", server.url, "--model", "m", "--repeats", "2", "--warmup", "0",
            "--set", "hot: temperature=1", "--out", str(out),
        )  # fmt: skip
        assert {body["messages"][0]["content"] for body in server.bodies} == {"from the file"}
    assert ran.returncode == 0
    assert sorted({row["set"] for row in rows_of(out)}) == ["cold", "hot"]
    assert len(rows_of(out)) == 4


def test_ctrl_c_writes_the_finished_rows_and_resume_runs_the_others(tmp_path):
    out = tmp_path / "rows.csv"
    with NimServer([Says("first"), Hangs()]) as server:
        arguments = [
            "compare",
            "--prompt",
            "x",
            "--endpoint",
            server.url,
            "--model",
            "m",
            "--warmup",
            "0",
            "--concurrency",
            "1",
        ]
        process = subprocess.Popen(
            [*INTERRUPTIBLE, sys.executable, "-m", "nim_core", *arguments, "--out", str(out)],
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
        )
        for line in process.stderr:
            if line.startswith("Comparison"):
                experiment_id = line.split()[1].rstrip(":")
                break
        while len(server.seen) < 2:
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        rest = process.communicate(timeout=60)[1]
        assert process.returncode == 130
        assert experiment_id in rest
        assert [row["status"] for row in rows_of(out)] == ["ok", "cancelled"]
        server.change_script([Says("resumed")])
        ran = nim("compare", "--resume", experiment_id, "--out", str(out))
    assert ran.returncode == 0
    assert sorted(row["text"] for row in rows_of(out)) == ["first", "resumed", "resumed"]


def test_a_chat_prints_the_answer_alone_on_stdout():
    with NimServer([Says("Hello world")]) as server:
        ran = nim("chat", "Hi", "--endpoint", server.url, "--model", "m", "--temperature", "0.5")
        assert server.bodies[0]["temperature"] == 0.5
    assert (ran.returncode, ran.stdout) == (0, "Hello world\n")


def test_the_models_of_a_server_are_listed_as_json():
    with NimServer([Says("Hello")]) as server:
        ran = nim("models", "--endpoint", server.url, "--json")
    assert "meta/llama-3.1-8b-instruct" in {model["id"] for model in json.loads(ran.stdout)}


def test_a_repeat_sends_its_own_seed(tmp_path):
    with NimServer([Says("Hello")]) as server:
        compare(server, "--seed", "7", "--repeats", "3")
        assert [body["seed"] for body in server.bodies] == [7, 8, 9]


def test_a_whole_answer_has_a_latency_and_no_first_token(tmp_path):
    out = tmp_path / "rows.csv"
    with NimServer([Says("Hello world")]) as server:
        compare(server, "--no-stream", "--repeats", "1", "--out", str(out))
        assert server.bodies[0]["stream"] is False
    (row,) = rows_of(out)
    assert float(row["latency_s"]) > 0
    assert [row[name] for name in ("ttft_s", "ttfo_s", "itl_s", "tokens_per_s")] == [""] * 4


def test_a_refused_parameter_is_named_with_how_to_go_on_without_it(tmp_path):
    refusal = Raw(400, '{"message": "Validation: Unsupported parameter(s): `top_p`", "code": 400}')
    with NimServer([refusal]) as server:
        ran = compare(server, "--set", "a: top_p=0.5", "--repeats", "1", "--out", str(tmp_path / "rows.csv"))
    assert ran.returncode == 1
    assert "To compare without it, leave top_p out" in ran.stderr
