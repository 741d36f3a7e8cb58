"""The notebook's way: compare() and grid()."""

from __future__ import annotations

import asyncio

import pytest

from nim_core import GenerationParameters, InputError, compare, grid
from nim_core.analysis.table import COLUMNS
from nim_core.testing import NimServer, Says


def test_compare_gives_one_row_a_generation():
    with NimServer([Says("Hello world")]) as server:
        frame = compare("What is GPU?", grid(temperature=[0, 1]), repeats=2, endpoint=server.url, model="m")
    assert tuple(frame.columns) == COLUMNS
    assert len(frame) == 4
    assert set(frame["text"]) == {"Hello world"}


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
