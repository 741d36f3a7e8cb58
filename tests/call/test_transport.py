"""Calls over a real socket: times, quirks of streams, and everything that can go wrong on the way."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import inspect
import json
import os
import re
import socket
import subprocess
import sys
import traceback
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import openai
import pytest

from nim_core.call.reply import Reply
from nim_core.call.transport import SDK_ERRORS, Timeouts, Transport
from nim_core.errors import KINDS, CallError, InputError
from nim_core.testing import Answer, Chunks, Hangs, NimServer, Raw, Says, event
from nim_core.values.dialogue import Message
from nim_core.values.generation import Timing, Usage
from nim_core.values.parameters import GenerationParameters
from nim_core.values.piece import Piece
from nim_core.values.request import Request

pytestmark = pytest.mark.anyio
KEY = "nvapi-" + "k" * 60 + "WXYZ"
QUICK = Timeouts(connect_s=2, first_byte_s=0.2, between_bytes_s=0.2, after_finish_s=0.2, total_s=5)
STOP = event({}, "stop")
DONE = b"data: [DONE]\n\n"


def asked(**parameters) -> Request:
    stream = parameters.pop("stream", True)
    model = parameters.pop("model", "m")
    return Request(model, (Message("user", "Hi"),), GenerationParameters(**parameters), stream)


async def call(answer, request=None, *, key=None, timeouts=QUICK, pieces=None):
    """Send one request to a server that gives this answer; the reply, the error or None, and the server."""
    with NimServer([answer] if not isinstance(answer, list) else answer) as server:
        reply, error = await call_url(server.url, request, key=key, timeouts=timeouts, pieces=pieces)
    return reply, error, server


async def call_url(url, request=None, *, key=None, timeouts=QUICK, pieces=None):
    transport, reply = Transport(url, key, timeouts), Reply()
    pieces = [] if pieces is None else pieces
    try:
        await transport.complete(request or asked(), reply, pieces.append)
    except CallError as error:
        return reply, error
    finally:
        await transport.close()
    return reply, None


def usage_event(prompt, completion):
    usage = {"prompt_tokens": prompt, "completion_tokens": completion}
    return b"data: " + json.dumps({"choices": [], "usage": usage}).encode() + b"\n\n"


# What is sent.


async def test_only_set_parameters_are_sent():
    _, _, server = await call(Says(), asked(temperature=0.0, stop=["\n"]))
    assert server.bodies == [
        {
            "model": "m",
            "messages": [{"role": "user", "content": "Hi"}],
            "temperature": 0.0,
            "stop": ["\n"],
            "stream": True,
            "stream_options": {"include_usage": True},
        }
    ]


async def test_a_whole_call_asks_for_no_stream_options():
    _, _, server = await call(Says(), asked(stream=False))
    assert server.bodies[0]["stream"] is False
    assert "stream_options" not in server.bodies[0]


async def test_our_own_name_is_sent_and_nothing_of_the_machine():
    _, _, server = await call(Says(), key=KEY)
    headers = {name.lower(): value for name, value in server.seen[0].headers.items()}
    assert headers["user-agent"].startswith("nim-lab/")
    assert headers["authorization"] == f"Bearer {KEY}"
    assert [name for name in headers if name.startswith("x-stainless")] == []
    assert not [name for name in headers if name.startswith("openai")]


async def test_without_a_key_no_authorization_is_sent():
    _, error, server = await call(Says())
    assert error is None
    assert "authorization" not in {name.lower() for name in server.seen[0].headers}


@pytest.mark.parametrize("key", ["", "nvapi-a\nb", "nvapi-한국", "two words"])
def test_a_key_that_cannot_be_sent_is_refused_without_showing_it(key):
    with pytest.raises(InputError) as caught:
        Transport("http://127.0.0.1:1/v1", key)
    assert not key or key not in str(caught.value)


@pytest.mark.parametrize("url", ["http://[bad/v1", "http://a:b:c/v1"])
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(InputError):
        Transport(url, None)


# Times.


async def test_times_agree_with_the_server():
    reply, error, server = await call(Says(["a"] * 5, first_s=0.05, each_s=0.02), timeouts=Timeouts())
    assert error is None
    truth = server.truth[0]
    assert reply.timing.ttft_s >= truth.first - truth.arrival
    assert reply.timing.latency_s - reply.timing.ttft_s >= 0.02
    assert reply.timing.ttfo_s == reply.timing.ttft_s


async def test_thinking_counts_for_the_first_token_but_not_for_the_first_answer():
    reply, _, _ = await call(Says("Yes", reasoning="Hm so", first_s=0.02, each_s=0.02))
    assert (reply.text, reply.thinking) == ("Yes", "Hm so")
    assert reply.timing.ttft_s < reply.timing.ttfo_s == reply.timing.latency_s


async def test_a_role_only_chunk_is_no_first_token():
    silent = [event({"role": "assistant", "content": ""}), event({"content": None})]
    reply, _, _ = await call(Chunks([*silent, event({"content": "Hi"}), STOP], pause_s=0.03))
    assert reply.timing.ttft_s >= 0.06


async def test_latency_ends_with_the_last_text_not_with_the_stream():
    reply, _, _ = await call(Chunks([event({"content": "Hi"}), STOP, usage_event(1, 1), DONE], pause_s=0.05))
    assert reply.timing.latency_s == reply.timing.ttft_s


async def test_a_whole_answer_has_a_latency_only():
    reply, error, _ = await call(Says("Hello world", reasoning="Hm"), asked(stream=False))
    assert error is None
    assert (reply.text, reply.thinking, reply.finish_reason) == ("Hello world", "Hm", "stop")
    assert reply.usage == Usage(5, 3)
    assert reply.timing.latency_s > 0
    assert (reply.timing.ttft_s, reply.timing.ttfo_s) == (None, None)


async def test_a_failed_call_has_no_latency():
    reply, error, _ = await call(Chunks([event({"content": "Hi"})]))
    assert error.kind.key == "stream_truncated"
    assert reply.timing.ttft_s is not None
    assert reply.timing.latency_s is None


# What streams look like.


async def test_text_is_handed_over_as_it_arrives():
    pieces = []
    await call(Says(["Hel", "lo"], each_s=0.03, reasoning=["Hm"]), pieces=pieces)
    assert pieces == [Piece("", "Hm"), Piece("Hel"), Piece("lo")]


async def test_bytes_may_be_split_anywhere():
    text = event({"content": "Grüße 한국 🎉"}).replace(b"\n", b"\r\n")
    whole = b": hello\r\n\r\n" + text + STOP + usage_event(3, 4) + DONE
    reply, error, _ = await call(Chunks([whole[at : at + 1] for at in range(len(whole))]))
    assert error is None
    assert reply.text == "Grüße 한국 🎉"
    assert reply.usage == Usage(3, 4)


async def test_the_last_usage_holds_and_none_is_added_up():
    reply, _, _ = await call(Chunks([event({"content": "a"}), usage_event(5, 1), STOP, usage_event(5, 9), DONE]))
    assert reply.usage == Usage(5, 9)


async def test_usage_that_is_missing_is_unknown_and_not_zero():
    reply, _, _ = await call(Says(usage=False))
    assert reply.usage == Usage(None, None)


@pytest.mark.parametrize("count", [-1, 2**31, 2**63, 2**64 - 1, 2**70, 7.5, "7", True, None, [7]])
async def test_a_count_that_cannot_be_is_unknown_and_the_other_one_stays(count):
    reply, error, _ = await call(Chunks([event({"content": "Hi"}), STOP, usage_event(5, count), DONE]))
    assert (error, reply.text, reply.usage) == (None, "Hi", Usage(5, None))


async def test_compressed_answers_are_read():
    body = gzip.compress(event({"content": "Hi"}) + STOP + DONE)
    reply, error, _ = await call(Raw(200, body, "text/event-stream", {"Content-Encoding": "gzip"}))
    assert (error, reply.text) == (None, "Hi")


async def test_events_are_accepted_though_a_whole_answer_was_asked():
    reply, error, _ = await call(Chunks([event({"content": "Hi"}), STOP, DONE]), asked(stream=False))
    assert (error, reply.text) == (None, "Hi")
    assert reply.timing == Timing(latency_s=reply.timing.latency_s)


async def test_a_whole_answer_is_accepted_though_a_stream_was_asked():
    choice = {"message": {"content": "<think>so</think> Hi"}, "finish_reason": "stop"}
    reply, error, _ = await call(Raw(200, json.dumps({"id": "c-9", "choices": [choice]})))
    assert (error, reply.text, reply.thinking, reply.request_id) == (None, "Hi", "so", "c-9")
    assert reply.timing.ttft_s is None


@pytest.mark.parametrize(
    ("headers", "expected"),
    [({"nvcf-reqid": "n-1", "x-request-id": "x-1"}, "n-1"), ({"x-request-id": "x-1"}, "x-1"), ({}, "chatcmpl-x")],
)
async def test_the_request_id_is_nvidias_else_the_servers_else_the_answers(headers, expected):
    reply, _, _ = await call(Chunks([event({"content": "Hi"}), STOP], headers=headers))
    assert reply.request_id == expected


async def test_half_a_surrogate_pair_becomes_a_replacement_character():
    broken = event({"content": "X"}).replace(b'"X"', b'"a\\ud83d"')
    reply, error, _ = await call(Chunks([broken, STOP]))
    assert (error, reply.text) == (None, "a\ufffd")


async def test_an_answer_can_end_without_done_and_the_connection_be_used_again():
    with NimServer([Says("one"), Says("two")]) as server:
        transport = Transport(server.url, None, QUICK)
        texts = []
        for _ in range(2):
            reply = Reply()
            await transport.complete(asked(), reply, lambda _piece: None)
            texts.append(reply.text)
        await transport.close()
    assert texts == ["one", "two"]


# stream_options.


REFUSES_OPTIONS = Raw(400, '{"message": "Unknown field: \'stream_options\'", "code": 400}')


async def test_refused_stream_options_are_left_out_and_remembered_for_that_model():
    def script(seen) -> Answer:
        return REFUSES_OPTIONS if "stream_options" in seen.body else Says()

    with NimServer(script) as server:
        transport = Transport(server.url, None, QUICK)
        counts = []
        for model in ("m", "m", "other"):
            reply = Reply()
            await transport.complete(asked(model=model), reply, lambda _piece: None)
            counts.append(reply.requests)
        await transport.close()
    assert counts == [2, 1, 2]
    assert ["stream_options" in body for body in server.bodies] == [True, False, False, True, False]


# What goes wrong.


async def test_a_server_that_hangs_before_the_first_byte_times_out():
    reply, error, _ = await call(Hangs())
    assert error.kind.key == "timeout"
    assert not reply.bytes_seen
    assert "0.2 seconds" in error.sentence


async def test_a_server_that_sends_headers_and_hangs_times_out_with_nothing_seen():
    reply, error, _ = await call(Chunks([], "hang"))
    assert error.kind.key == "timeout"
    assert not reply.bytes_seen


async def test_a_server_that_hangs_before_any_text_times_out_but_bytes_were_seen():
    reply, error, _ = await call(Chunks([event({"role": "assistant"})], "hang"))
    assert error.kind.key == "timeout"
    assert reply.bytes_seen


async def test_a_server_that_hangs_between_bytes_leaves_a_truncated_answer():
    reply, error, _ = await call(Chunks([event({"content": "Half"})], "hang"))
    assert error.kind.key == "stream_truncated"
    assert reply.text == "Half"


async def test_a_server_that_hangs_after_the_end_has_answered():
    reply, error, _ = await call(Chunks([event({"content": "All"}), STOP], "hang"))
    assert error is None
    assert reply.text == "All"
    assert reply.timing.latency_s is not None


async def test_a_server_that_hangs_after_done_has_answered():
    reply, error, _ = await call(
        Chunks([event({"content": "All"}), STOP, usage_event(1, 2), DONE], "hang"), timeouts=Timeouts()
    )
    assert (error, reply.usage) == (None, Usage(1, 2))


@pytest.mark.parametrize("end", ["cut", "reset"])
async def test_a_connection_broken_before_any_text_is_a_network_error(end):
    reply, error, _ = await call(Chunks([event({"role": "assistant"})], end))
    assert error.kind.key == "network"
    assert reply.text == ""


@pytest.mark.parametrize("end", ["cut", "reset"])
async def test_a_connection_broken_after_text_keeps_it(end):
    reply, error, _ = await call(Chunks([event({"content": "Half"}), b": x\n\n"], end, pause_s=0.02))
    assert error.kind.key == "stream_truncated"
    assert reply.text == "Half"


@pytest.mark.parametrize("end", ["cut", "reset"])
async def test_a_connection_broken_after_the_finish_reason_has_answered(end):
    reply, error, _ = await call(Chunks([event({"content": "All"}, "stop"), b": x\n\n"], end, pause_s=0.02))
    assert (error, reply.text) == (None, "All")


async def test_a_refused_connection_is_a_network_error():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    reply, error = await call_url(f"http://127.0.0.1:{port}/v1")
    assert error.kind.key == "network"
    assert reply.requests == 1


async def test_a_host_that_does_not_exist_is_a_network_error():
    _, error = await call_url("http://host.invalid/v1")
    assert error.kind.key == "network"


async def test_a_port_that_speaks_no_http_is_not_openai():
    async def babble(reader, writer) -> None:
        await reader.read(100)
        writer.write(b"220 mail ready\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(babble, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        _, error = await call_url(f"http://127.0.0.1:{port}/v1")
    assert error.kind.key == "not_openai"


async def test_an_answer_that_never_ends_is_ended_by_the_total_time():
    endless = Chunks([event({"content": "x"})] * 1000, "hang", pause_s=0.01)
    reply, error, _ = await call(endless, timeouts=Timeouts(total_s=0.2))
    assert error.kind.key == "stream_truncated"
    assert reply.text.startswith("xx")


async def test_more_than_eight_megabytes_of_text_are_ended_and_kept():
    endless = Chunks([event({"content": "x" * 1_000_000})] * 12, "hang")
    reply, error, _ = await call(endless, timeouts=Timeouts())
    assert error.kind.key == "stream_truncated"
    assert len(reply.text) > 8_000_000


async def test_a_line_that_never_ends_is_ended():
    _, error, _ = await call(Chunks([b"data: " + b"x" * 1_000_000] * 40, "hang"), timeouts=Timeouts())
    assert error.kind.key == "not_openai"


async def test_an_endless_refusal_is_read_in_part_only():
    async def endless(reader, writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 500 Bad\r\nContent-Type: text/plain\r\n\r\n")
        try:
            while True:
                writer.write(b"x" * 10_000)
                await writer.drain()
        except ConnectionError:
            writer.close()

    async with await asyncio.start_server(endless, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        _, error = await call_url(f"http://127.0.0.1:{port}/v1", timeouts=Timeouts())
    assert error.kind.key == "server_error"
    assert len(error.sentence) < 600


async def test_a_redirect_is_named_and_not_followed():
    with NimServer() as other:
        where = f"{other.url}/chat/completions"
        _, error, _ = await call(Raw(307, headers={"Location": where}), key=KEY)
    assert error.kind.key == "not_openai"
    assert where in error.sentence
    assert other.seen == []


@pytest.mark.parametrize("wait", ["seconds", "date"])
async def test_retry_after_is_told_in_seconds(wait):
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    _, error, _ = await call(Raw(429, headers={"Retry-After": "60" if wait == "seconds" else later}))
    assert error.kind.key == "rate_limited"
    assert 50 <= error.retry_after <= 60


async def test_an_error_after_text_keeps_the_text():
    failed = b'data: {"error": {"message": "ResourceExhausted: full"}}\n\n'
    reply, error, _ = await call(Chunks([event({"content": "Half"}), failed]))
    assert error.kind.key == "stream_error"
    assert "ResourceExhausted" in error.detail
    assert reply.text == "Half"


async def test_a_cancelled_call_keeps_what_arrived():
    arrived = asyncio.Event()
    with NimServer([Chunks([event({"content": "Half <thi"})], "hang")]) as server:
        transport, reply = Transport(server.url, None), Reply()
        task = asyncio.create_task(transport.complete(asked(), reply, lambda _piece: arrived.set()))
        await arrived.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await transport.close()
    assert reply.text == "Half <thi"


async def test_a_cancelled_call_closes_its_connection():
    begun, closed = asyncio.Event(), asyncio.Event()

    async def half(reader, writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + event({"content": "Half"}))
        while await reader.read(1000):
            pass
        closed.set()
        writer.close()

    async with await asyncio.start_server(half, "127.0.0.1", 0) as server:
        transport = Transport(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", None)
        task = asyncio.create_task(transport.complete(asked(), Reply(), lambda _piece: begun.set()))
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await closed.wait()
        await transport.close()


async def test_many_calls_run_side_by_side():
    with NimServer([Says(["a"] * 8, first_s=0.1)]) as server:
        transport = Transport(server.url, None)
        replies = [Reply() for _ in range(256)]
        await asyncio.gather(*(transport.complete(asked(), reply, lambda _piece: None) for reply in replies))
        await transport.close()
    assert {reply.text for reply in replies} == {"a" * 8}


async def test_a_cancelled_call_keeps_what_was_held_back():
    arrived = asyncio.Event()
    with NimServer([Chunks([event({"reasoning": "Hm", "content": "<thi"})], "hang")]) as server:
        transport, reply = Transport(server.url, None), Reply()
        task = asyncio.create_task(transport.complete(asked(), reply, lambda _piece: arrived.set()))
        await arrived.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await transport.close()
    assert reply.text == "<thi"


# The key.


@pytest.mark.parametrize(
    "answer",
    [
        Raw(401, json.dumps({"detail": f"Authentication failed for {KEY}"})),
        Raw(500, f"{'x' * 480} {KEY}", "text/plain"),
        Chunks([b"data: " + json.dumps({"error": {"message": f"bad key {KEY}"}}).encode() + b"\n\n"]),
        Raw(302, headers={"Location": f"https://elsewhere.example/?key={KEY}"}),
        Chunks([event({"content": "Half"})], "reset"),
        Hangs(),
    ],
)
async def test_the_key_stands_in_no_error_nor_in_anything_that_hangs_on_it(answer):
    _, error, _ = await call(answer, key=KEY)
    assert error.__cause__ is None
    assert error.__context__ is None
    shown = "".join(traceback.format_exception(error)) + repr(vars(error))
    assert KEY[:20] not in shown


async def test_the_server_tells_keys_apart_as_the_hosted_catalog_does():
    kinds = []
    with NimServer(key=KEY) as server:
        for key in (None, "pasted-wrong", "nvapi-" + "r" * 64, KEY):
            _, error = await call_url(server.url, key=key)
            kinds.append(error.kind.key if error else "ok")
    assert kinds == ["key_missing", "key_refused", "key_refused", "ok"]


# The list of models.


async def test_models_are_listed_once_in_their_order_with_what_is_known_of_them():
    vllm = {"id": "a", "owned_by": "vllm", "max_model_len": 4096}
    llama = {"id": "c", "meta": {"n_ctx": 2048}}
    unsigned = {"id": "d", "max_model_len": 2**64 - 1, "meta": {"n_ctx": 2**31}}
    with NimServer(models=["b/one", vllm, "b/one", llama, unsigned]) as server:
        transport = Transport(server.url, None)
        entries = await transport.models()
        await transport.close()
    assert [(each.id, each.owned_by, each.max_model_len, each.n_ctx) for each in entries] == [
        ("b/one", "b", None, None),
        ("a", "vllm", 4096, None),
        ("c", "", None, 2048),
        ("d", "", None, None),
    ]


async def test_a_place_without_a_list_of_models_says_so():
    with NimServer() as server:
        transport = Transport(server.url.replace("/v1", "/other"), None)
        with pytest.raises(CallError) as caught:
            await transport.models()
        await transport.close()
    assert caught.value.kind.key == "model_unknown"
    assert caught.value.__context__ is None


# The SDK.


def test_every_exception_class_of_the_sdk_is_mapped_to_a_kind():
    classes = {
        value
        for name, value in dict(vars(openai)).items()
        if inspect.isclass(value) and issubclass(value, Exception) and not name.startswith("_")
    }
    assert len(classes) >= 15
    assert [each.__name__ for each in classes if each not in SDK_ERRORS] == []
    assert set(SDK_ERRORS.values()) <= set(KINDS)


def test_the_senders_environment_adds_nothing_to_a_request():
    code = """
import asyncio, json
from nim_core.values.dialogue import Message
from nim_core.values.parameters import GenerationParameters
from nim_core.values.request import Request
from nim_core.call.reply import Reply
from nim_core.testing import NimServer
from nim_core.call.transport import Transport
async def main():
    with NimServer() as server:
        transport = Transport(server.url, None)
        request = Request("m", (Message("user", "Hi"),), GenerationParameters())
        await transport.complete(request, Reply(), lambda _piece: None)
        await transport.close()
        print(json.dumps(dict(server.seen[0].headers)))
asyncio.run(main())
"""
    environment = {
        **os.environ,
        "OPENAI_API_KEY": "sk-other",
        "OPENAI_ORG_ID": "org-1",
        "OPENAI_PROJECT_ID": "proj-1",
        "http_proxy": "http://127.0.0.1:9",
    }
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert not re.search(r"sk-other|org-1|proj-1", done.stdout)


async def test_a_server_that_closes_after_an_answer_without_saying_so_breaks_no_later_call():
    async def answer_and_close(reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        # As llama.cpp's server: kept open by its words, closed by its deeds, so that the next call meets the end.
        kept = b"connection: close" not in head.lower()
        await reader.readexactly(int(re.search(rb"(?i)content-length: (\d+)", head)[1]))
        body = event({"content": "Hi"}) + STOP + DONE
        writer.write(
            b"HTTP/1.1 200 OK\r\nServer: llama.cpp\r\nContent-Type: text/event-stream\r\n"
            b"Transfer-Encoding: chunked\r\n"
            + (b"" if kept else b"Connection: close\r\n")
            + b"\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
        )
        await writer.drain()
        if kept:
            await reader.read(1)
        writer.close()

    server = await asyncio.start_server(answer_and_close, "127.0.0.1", 0)
    transport = Transport(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", None, QUICK)
    replies = [Reply() for _ in range(5)]
    for reply in replies:
        await transport.complete(asked(), reply, lambda _piece: None)
    await transport.close()
    server.close()
    assert [reply.text for reply in replies] == ["Hi"] * 5


async def test_a_server_on_this_machine_that_keeps_its_word_is_asked_again_on_the_same_connection():
    heads = []

    async def answer(reader, writer):
        heads.append([])
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionResetError):
            while b"connection: close" not in b"".join(heads[-1]).lower():
                head = await reader.readuntil(b"\r\n\r\n")
                heads[-1].append(head)
                await reader.readexactly(int(re.search(rb"(?i)content-length: (\d+)", head)[1]))
                ends = b"Connection: close\r\n" if b"connection: close" in head.lower() else b""
                body = event({"content": "Hi"}) + STOP + DONE
                writer.write(
                    b"HTTP/1.1 200 OK\r\nServer: uvicorn\r\nContent-Type: text/event-stream\r\n"
                    b"%bContent-Length: %d\r\n\r\n%b" % (ends, len(body), body)
                )
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    transport = Transport(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", None, QUICK)
    for _ in range(4):
        await transport.complete(asked(), Reply(), lambda _piece: None)
    await transport.close()
    server.close()
    assert [len(each) for each in heads] == [1, 3]
