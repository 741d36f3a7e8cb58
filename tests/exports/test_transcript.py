"""A conversation as a file."""

from __future__ import annotations

import os
import subprocess
import sys

import orjson
import pytest

from nim_core.exports.transcript import Transcript, response_of, to_json, to_markdown, to_python
from nim_core.testing import NimServer, Says
from nim_core.values.dialogue import Message
from nim_core.values.experiment import new_turn
from nim_core.values.generation import Generation, Timing, Usage
from nim_core.values.parameters import GenerationParameters

FIRST = new_turn(
    'Say "hi" \\ \n다음 줄',
    GenerationParameters(temperature=0.2, stop=("\n\n",)),
    endpoint="nvidia",
    model="m/one",
    system="Be brief.",
)
SECOND = new_turn(
    "And now?",
    GenerationParameters(frequency_penalty=0.0, max_tokens=9),
    endpoint="nvidia",
    model="m/two",
    system="Be brief.",
    earlier=(Message("user", FIRST.prompt), Message("assistant", "Hi.")),
)


def answer_to(turn, **values):
    return Generation(
        experiment_id=turn.id,
        set="chat",
        repeat=1,
        order=1,
        endpoint=turn.endpoint,
        model=turn.model,
        parameters=turn.sets[0].parameters,
        started_at="2026-11-23T00:00:00.000Z",
        **{"status": "ok", "text": "Hi."} | values,
    )


WHOLE = Transcript(
    'A "title" """ \\',
    (
        (FIRST, answer_to(FIRST, reasoning="Hm.", finish_reason="stop", request_id="r-1", usage=Usage(5, None))),
        (SECOND, answer_to(SECOND, status="cancelled", text="Then", timing=Timing(0.5))),
        (SECOND, None),
    ),
)


def test_json_holds_each_request_as_it_was_sent():
    turns = orjson.loads(to_json(WHOLE))["turns"]
    assert turns[0]["request"] == {
        "model": "m/one",
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": FIRST.prompt}],
        "temperature": 0.2,
        "stop": ["\n\n"],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    assert turns[1]["request"]["frequency_penalty"] == 0.0


def test_json_holds_all_that_is_known_of_each_response_and_null_for_the_rest():
    first, second, third = (turn["response"] for turn in orjson.loads(to_json(WHOLE))["turns"])
    assert first["id"] == "r-1"
    assert first["choices"][0]["message"] == {"role": "assistant", "content": "Hi.", "reasoning_content": "Hm."}
    assert first["choices"][0]["finish_reason"] == "stop"
    assert first["usage"] == {"prompt_tokens": 5, "completion_tokens": None}
    assert second["nim_lab"]["status"] == "cancelled"
    assert second["nim_lab"]["ttft_s"] == 0.5
    assert third is None


def test_a_failed_response_names_its_error():
    failed = response_of(answer_to(FIRST, status="error", text="", error="network", error_detail="it is off"))
    assert failed["error"] == {"kind": "network", "message": "The server could not be reached: it is off."}


def test_markdown_holds_the_questions_the_answers_and_why_one_is_missing():
    text = to_markdown(WHOLE)
    assert text.count("## System prompt") == 1
    assert FIRST.prompt in text
    assert "Hi." in text
    assert "*Stopped here.*" in text
    assert "*No answer came.*" in text
    assert "temperature 0.2, stop " in text


@pytest.mark.parametrize("title", [WHOLE.title, "{braces}", "ends in \\"])
def test_the_script_can_be_read_whatever_the_title_is(title):
    compile(to_python(Transcript(title, WHOLE.turns), lambda _: "http://x/v1"), "script", "exec")


def test_the_script_asks_the_same_questions_with_the_answers_that_come_this_time(tmp_path):
    with NimServer([Says("First."), Says("Second.")]) as server:
        script = tmp_path / "again.py"
        script.write_text(to_python(Transcript("t", WHOLE.turns[:2]), lambda _: server.url), encoding="utf-8")
        ran = subprocess.run(
            [sys.executable, str(script)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            env=os.environ | {"PYTHONIOENCODING": "utf-8"},
        )
        assert ran.returncode == 0, ran.stderr
        one, two = server.bodies
    assert "First." in ran.stdout
    assert "Second." in ran.stdout
    assert one["messages"] == [{"role": "system", "content": "Be brief."}, {"role": "user", "content": FIRST.prompt}]
    assert (one["model"], one["temperature"], one["stop"]) == ("m/one", 0.2, ["\n\n"])
    assert two["messages"][1:] == [
        {"role": "user", "content": FIRST.prompt},
        {"role": "assistant", "content": "First."},
        {"role": "user", "content": "And now?"},
    ]
    assert (two["model"], two["frequency_penalty"], two["max_tokens"]) == ("m/two", 0.0, 9)


def test_no_key_stands_in_the_script(monkeypatch):
    monkeypatch.setenv("NVIDIA_API_KEY", "nvapi-" + "k" * 64)
    assert "nvapi-" not in to_python(WHOLE, lambda _: "http://x/v1")
