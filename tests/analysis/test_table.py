"""Generations as a typed table in the contract's columns."""

import pandas as pd
import pyarrow as pa
import pytest

from nim_core.analysis.table import COLUMNS, frame, row
from nim_core.values.generation import Generation, TextMeasures, Timing, Usage
from nim_core.values.parameters import GenerationParameters

CONTRACT = (
    "experiment_id set repeat order endpoint model "
    "temperature top_p frequency_penalty presence_penalty max_tokens stop seed "
    "status error error_text finish_reason text reasoning prompt_tokens completion_tokens tokens_from "
    "characters words started_at wait_s attempts ttft_s ttfo_s latency_s itl_s tokens_per_s "
    "repetition repetition_unit longest_repeat distinct_2 request_id"
)

OK = Generation(
    experiment_id="e1",
    set="hot",
    repeat=2,
    order=3,
    endpoint="local",
    model="m",
    parameters=GenerationParameters(temperature=1.0, stop=("\n", "END"), seed=2**32 - 2),
    status="ok",
    started_at="2026-11-23T10:00:00.000Z",
    text="Hello",
    finish_reason="stop",
    timing=Timing(ttft_s=0.5, ttfo_s=0.5, latency_s=1.5),
    usage=Usage(prompt_tokens=7, completion_tokens=5),
    measures=TextMeasures({"characters": 5, "words": 1, "longest_repeat": 0.2}),
)
FAILED = Generation(
    "e1", "hot", 3, 4, "local", "m", GenerationParameters(), "error", "2026-11-23T10:00:02.000Z", error="timeout"
)


def test_the_columns_are_those_of_the_contract_in_its_order():
    assert " ".join(COLUMNS) == CONTRACT
    assert tuple(row(OK)) == COLUMNS
    assert tuple(frame([OK]).columns) == COLUMNS


def test_an_empty_table_has_the_same_columns_and_types_as_a_full_one():
    empty, full = frame([]), frame([OK, FAILED])
    assert len(empty) == 0
    assert list(empty.dtypes) == list(full.dtypes)


def test_unknown_is_none_in_a_row_and_missing_in_the_table():
    assert row(OK)["repetition"] is None
    assert row(FAILED)["latency_s"] is None
    assert row(FAILED)["text"] is None
    assert frame([OK]).loc[0, "repetition"] is pd.NA


def test_the_pace_is_derived_from_tokens_and_time():
    """5 tokens, the first at 0.5 s, the last at 1.5 s: 4 intervals in 1 s."""
    assert row(OK)["itl_s"] == pytest.approx(0.25)
    assert row(OK)["tokens_per_s"] == pytest.approx(4.0)


def test_tokens_are_from_the_server_or_from_nobody():
    assert row(OK)["tokens_from"] == "server"
    assert row(FAILED)["tokens_from"] == "none"


def test_an_empty_answer_that_came_back_whole_is_an_empty_text():
    answer = Generation("e", "s", 1, 1, "local", "m", GenerationParameters(), "ok", "2026-11-23T10:00:00Z")
    assert row(answer)["text"] == ""


def test_stop_is_a_tuple_of_texts():
    assert frame([OK]).loc[0, "stop"] == ("\n", "END")


def test_numbers_are_nullable_and_large_seeds_exact():
    table = frame([OK, FAILED])
    assert str(table["seed"].dtype) == "Int64"
    assert str(table["temperature"].dtype) == "Float64"
    assert table.loc[0, "seed"] == 2**32 - 2


def test_a_text_with_a_lone_surrogate_is_kept_as_it_came():
    broken = Generation(
        "e", "s", 1, 1, "local", "m", GenerationParameters(), "ok", "2026-11-23T10:00:00Z", text="a\ud800b"
    )
    assert frame([broken]).loc[0, "text"] == "a\ud800b"


def test_the_table_becomes_an_arrow_table_with_types():
    schema = pa.Table.from_pandas(frame([OK, FAILED])).schema
    assert str(schema.field("repeat").type) == "int64"
    assert str(schema.field("latency_s").type) == "double"
    assert str(schema.field("stop").type).startswith("list<")
