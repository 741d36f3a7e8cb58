"""What passes between the dashboard and its worker comes out as it went in."""

from __future__ import annotations

import asyncio
import math

import pytest

from nim_core.values.clock import utc_now
from nim_core.values.events import Arrived, Ended, Finished, Notice, Preparing, Progress, Queued, Sent, Waiting
from nim_core.values.generation import Generation, Timing, Usage
from nim_core.values.parameters import GenerationParameters
from nim_core.values.piece import Piece, Token
from nim_core.worker.orders import decode_event, encode_event
from nim_core.worker.process import Outbox

HALF = Token(7, b"\xed\x95", -0.125, (Token(None, b"\x00\n", -math.inf), Token(8, b"a b", None)))


@pytest.mark.parametrize(
    "event",
    [
        Preparing(Progress("fetching", 1, 2, 0.5)),
        Notice("local_model_restarted"),
        Sent("T 0", 1, 2),
        Arrived("한국 \n set", 1, Piece("Hi\r\n", "Hm 🎉", (HALF, HALF))),
        Waiting("T 0", 1, 0.25, "server_error"),
        Queued("T 0", 1, 3),
        Finished(
            Generation(
                "e", "T 0", 1, 1, "local", "m", GenerationParameters(temperature=0.0, stop=["\n"]), "ok", utc_now(),
                text="Hi", timing=Timing(0.1, None, 0.3), usage=Usage(1, None),
            ),
            429,
        ),
        Ended("parked", "rate_limited", resume_after_s=4.5),
    ],
    ids=lambda event: type(event).__name__,
)  # fmt: skip
def test_an_event_comes_out_as_it_went_in_on_one_line(event):
    line = encode_event("an id", event)
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    assert decode_event(line) == ("an id", event)


def test_pieces_of_one_moment_are_told_as_one_with_all_their_tokens():
    lines = []

    async def put():
        outbox = Outbox(lines.append)
        for piece in (Piece("", "Hm"), Piece("A", "", (HALF,)), Piece(tokens=(HALF,)), Piece("b")):
            outbox.put("e", Arrived("T 0", 1, piece))
        outbox.close()

    asyncio.run(put())
    assert [decode_event(line) for line in lines] == [("e", Arrived("T 0", 1, Piece("Ab", "Hm", (HALF, HALF))))]
