"""The scripted server that is shipped, asked by a plain HTTP client."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from nim_core.testing import Chunks, NimServer, Raw, Says


def post(url, body, headers=None):
    data = json.dumps(body).encode()
    request = urllib.request.Request(
        f"{url}/chat/completions", data, {"Content-Type": "application/json", **(headers or {})}
    )
    try:
        with urllib.request.urlopen(request) as response:
            return response.status, response.read(), response.headers
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read(), refusal.headers


def get(url):
    with urllib.request.urlopen(url) as response:
        return json.load(response)


def test_answers_are_used_in_turn_and_the_last_again_and_again():
    with NimServer([Says("one"), Says("two")]) as server:
        texts = [json.loads(post(server.url, {})[1])["choices"][0]["message"]["content"] for _ in range(3)]
    assert texts == ["one", "two", "two"]


def test_another_script_begins_at_its_start():
    with NimServer([Says("one"), Says("two")]) as server:
        post(server.url, {})
        server.change_script([Says("three"), Says("four")])
        texts = [json.loads(post(server.url, {})[1])["choices"][0]["message"]["content"] for _ in range(2)]
    assert texts == ["three", "four"]


def test_an_answer_may_depend_on_what_was_asked():
    with NimServer(lambda seen: Says(seen.body["model"])) as server:
        assert b"chosen" in post(server.url, {"model": "chosen"})[1]


def test_what_was_asked_is_kept():
    with NimServer() as server:
        post(server.url, {"model": "m"}, {"X-Own": "1"})
    assert server.bodies == [{"model": "m"}]
    assert server.seen[0].path == "/v1/chat/completions"
    assert server.seen[0].headers["X-Own"] == "1"


def test_a_raw_answer_is_sent_exactly_as_given():
    with NimServer([Raw(418, b"\xff\x00", "text/odd", {"X-Own": "1"})]) as server:
        status, body, headers = post(server.url, {})
    assert (status, body, headers["Content-Type"], headers["X-Own"]) == (418, b"\xff\x00", "text/odd", "1")


def test_chunks_are_sent_as_given():
    with NimServer([Chunks([b"a", b"b"])]) as server:
        assert post(server.url, {})[1] == b"ab"


def test_a_streamed_answer_looks_like_nims():
    with NimServer([Says("Hello world", reasoning="Hm", finish_reason="length")]) as server:
        _, body, _ = post(server.url, {"stream": True, "stream_options": {"include_usage": True}})
    lines = [line.removeprefix("data: ") for line in body.decode().split("\n\n") if line]
    chunks = [json.loads(line) for line in lines[:-1]]
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks[:-1]]
    assert deltas == [
        {"role": "assistant", "content": ""},
        {"reasoning_content": "Hm"},
        {"content": "Hello"},
        {"content": " world"},
        {},
    ]
    assert chunks[-1]["choices"] == []
    assert chunks[-1]["usage"]["completion_tokens"] == 3
    assert lines[-1] == "[DONE]"


def test_usage_is_streamed_only_when_asked_for():
    with NimServer() as server:
        assert b"usage" not in post(server.url, {"stream": True})[1]


def test_the_schedule_is_kept_and_the_truth_recorded():
    with NimServer([Says(["a"] * 4, first_s=0.05, each_s=0.02)]) as server:
        post(server.url, {"stream": True})
    truth = server.truth[0]
    assert truth.tokens == 4
    assert truth.first - truth.arrival >= 0.05
    assert truth.last - truth.arrival >= 0.05 + 3 * 0.02


def test_a_streamed_answers_id_finds_its_truth():
    with NimServer() as server:
        given = [post(server.url, {"stream": True})[2]["X-Request-Id"] for _ in range(2)]
    assert [truth.request_id for truth in server.truth] == given


def test_models_are_listed_as_the_hosted_catalog_does():
    with NimServer(models=["meta/a"]) as server:
        item = get(f"{server.url}/models")["data"][0]
    assert item == {"id": "meta/a", "object": "model", "created": 735790403, "owned_by": "meta"}


@pytest.mark.parametrize(
    ("header", "status"), [({}, 401), ({"Authorization": "Bearer x"}, 401), ({"Authorization": "Bearer nvapi-x"}, 403)]
)
def test_other_keys_meet_the_refusals_of_the_hosted_catalog(header, status):
    with NimServer(key="nvapi-right") as server:
        assert post(server.url, {}, header)[0] == status
        assert post(server.url, {}, {"Authorization": "Bearer nvapi-right"})[0] == 200


def test_it_runs_as_a_program_until_stdin_closes():
    command = [sys.executable, "-m", "nim_core.testing", "--port", "0", "--tokens", "3", "--first", "0", "--each", "0"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        url = json.loads(server.stdout.readline())["url"]
        post(url, {"stream": True})
        truth = get(url.replace("/v1", "/truth"))
        server.stdin.close()
        assert server.wait(timeout=20) == 0
    assert [each["tokens"] for each in truth] == [3]


def test_a_port_in_use_is_said():
    with NimServer() as server:
        port = int(server.url.split(":")[2].split("/")[0])
        with pytest.raises(OSError, match="choose another"), NimServer(port=port):
            pass
