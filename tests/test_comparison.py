"""The notebook's way: compare() and grid()."""

from __future__ import annotations

import asyncio

import pytest

from nim_core import GenerationParameters, InputError, compare, findings, grid
from nim_core.analysis.table import COLUMNS
from nim_core.testing import NimServer, Says


def test_compare_gives_one_row_a_generation():
    with NimServer([Says("Hello world")]) as server:
        frame = compare("What is GPU?", grid(temperature=[0, 1]), repeats=2, endpoint=server.url, model="m")
    assert tuple(frame.columns) == COLUMNS
    assert len(frame) == 4
    assert set(frame["text"]) == {"Hello world"}


def test_what_compare_gives_knows_its_sets_in_order_and_what_they_show():
    with NimServer([Says("Hello world")]) as server:
        frame = compare("What is GPU?", grid(temperature=[0, 1, 2]), repeats=6, endpoint=server.url, model="m")
    assert frame.attrs["sets"] == ["temperature=0", "temperature=1", "temperature=2"]
    assert frame.attrs["findings"] == findings(frame)
    told = {(each["set"], each["measure"]): each["outcome"] for each in frame.attrs["findings"]}
    assert told["temperature=2", "words"] == "open"  # six rounds cannot decide six questions
    assert {each["baseline"] for each in frame.attrs["findings"]} == {"temperature=0"}


def test_compare_works_inside_a_running_event_loop():
    async def cell():
        return compare("What is GPU?", GenerationParameters(temperature=0), repeats=1, endpoint=server.url)

    with NimServer([Says("Hello")]) as server:
        frame = asyncio.run(cell())
    assert list(frame["status"]) == ["ok"]


def test_compare_refuses_what_cannot_be_sent():
    with pytest.raises(InputError, match="prompt"):
        compare(" ", grid(temperature=[0]), endpoint="http://127.0.0.1:9", model="m")


def test_compare_refuses_a_list_of_models_and_says_what_to_do():
    with NimServer() as server, pytest.raises(InputError, match="model is .* one name.*a comparison for each"):
        compare("What is GPU?", grid(temperature=[0]), endpoint=server.url, model=["a", "b"])
    assert server.seen == []


@pytest.mark.model
def test_compare_runs_on_the_built_in_model_with_no_key_and_no_setting():
    frame = compare("What is GPU?", grid(temperature=[0], max_tokens=[12]), repeats=2)
    assert list(frame["status"]) == ["ok", "ok"]
    assert frame["text"].nunique() == 1
    assert (frame["completion_tokens"] == 12).all()
    assert (frame["ttft_s"] < frame["latency_s"]).all()
