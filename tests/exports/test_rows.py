"""Exports of rows: exact to the character, and whole whatever a model wrote."""

from __future__ import annotations

import csv
import io
import json

import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nim_core.analysis.table import COLUMNS
from nim_core.exports.rows import FORMATS, to_csv, to_json, to_jsonl, to_parquet
from nim_core.values.generation import Generation, Timing
from nim_core.values.parameters import GenerationParameters


def said(text, *, name="a", **parameters):
    sent = GenerationParameters(**parameters)
    return Generation("e", name, 1, 1, "local", "m", sent, "ok", "2026-11-23T10:00:00.000Z", text=text)


def csv_rows(content):
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


@settings(deadline=None)  # the first call imports pyarrow
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_every_text_is_exact_in_every_format(text):
    rows = [said(text)]
    assert csv_rows(to_csv(rows))[0]["text"] == text
    assert json.loads(to_json(rows))[0]["text"] == text
    assert json.loads(to_jsonl(rows))["text"] == text
    assert pd.read_parquet(io.BytesIO(to_parquet(rows)))["text"][0] == text


BEFORE = [*"\t\n\r\v\f \0\x1b\x85", *map(chr, (0xA0, 0x3000, 0x2028, 0x200B, 0xFEFF, 0x202E, 0xAD, 0x115F, 0x3164))]
SIGNS = "=+-@＝＋－＠﹦﹢﹣﹫−"


@given(st.lists(st.sampled_from(BEFORE)).map("".join), st.sampled_from(SIGNS), st.text())
def test_no_cell_for_a_spreadsheet_begins_like_a_formula_whatever_stands_before_the_sign(before, sign, rest):
    text = f"{before}{sign}{rest}".encode(errors="replace").decode()
    assert csv_rows(to_csv([said(text)], for_spreadsheet=True))[0]["text"] == f"'{text}"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_spreadsheets_cell_differs_by_an_apostrophe_at_most_and_only_where_a_sign_may_come_first(text):
    cell = csv_rows(to_csv([said(text, name=text)], for_spreadsheet=True))[0]
    assert cell["text"] == cell["set"]
    assert cell["text"] in (text, f"'{text}")
    if text[:1].isalnum() or not set(text) & set(SIGNS + "\t\r\n"):
        assert cell["text"] == text


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\t=1", "\r+1", "\n=1", " =1", "＝1", "＋1", "\u200b=1"]
)
def test_a_text_that_looks_like_a_formula_is_left_as_it_is_unless_a_spreadsheet_is_meant(text):
    assert csv_rows(to_csv([said(text)]))[0]["text"] == text
    assert csv_rows(to_csv([said(text)], for_spreadsheet=True))[0]["text"] == f"'{text}"


def test_a_set_whose_name_looks_like_a_formula_is_neutralised_for_a_spreadsheet_too():
    row = csv_rows(to_csv([said("x", name="=cmd")], for_spreadsheet=True))[0]
    assert row["set"] == "'=cmd"


def test_negative_numbers_stay_numbers_in_a_spreadsheet():
    row = csv_rows(to_csv([said("fine", frequency_penalty=-0.5)], for_spreadsheet=True))[0]
    assert (row["frequency_penalty"], row["text"]) == ("-0.5", "fine")


def test_a_csv_for_a_spreadsheet_says_that_it_is_utf_8():
    assert to_csv([said("한국어")], for_spreadsheet=True).startswith("\ufeff".encode())
    assert not to_csv([said("한국어")]).startswith("\ufeff".encode())


def test_json_and_parquet_keep_a_formula_exact():
    rows = [said("=1+1")]
    assert json.loads(to_json(rows))[0]["text"] == "=1+1"
    assert pd.read_parquet(io.BytesIO(to_parquet(rows)))["text"][0] == "=1+1"


@pytest.mark.parametrize("write", FORMATS.values(), ids=FORMATS)
def test_a_lone_surrogate_becomes_a_replacement_character_anywhere_in_a_row(write):
    content = write([said("a\ud800b\0", name="s\udc80")])
    rows = {
        to_csv: csv_rows,
        to_json: json.loads,
        to_jsonl: lambda line: [json.loads(line)],
        to_parquet: lambda table: pd.read_parquet(io.BytesIO(table)).to_dict("records"),
    }[write](content)
    assert rows[0]["text"] == "a\ufffdb\0"
    assert rows[0]["set"] == "s\ufffd"


def test_the_columns_of_a_parquet_file_have_their_types_also_when_every_cell_is_empty():
    for rows in ([], [said("x")]):
        schema = pq.read_schema(io.BytesIO(to_parquet(rows)))
        assert schema.names == list(COLUMNS)
        assert [str(schema.field(name).type) for name in ("text", "seed", "latency_s")] == ["string", "int64", "double"]
        assert str(schema.field("stop").type.value_type) == "string"


def test_what_is_unknown_is_an_empty_cell_and_null():
    row = csv_rows(to_csv([said("x")]))[0]
    assert (row["latency_s"], row["seed"], row["stop"]) == ("", "", "")
    assert json.loads(to_json([said("x")]))[0]["latency_s"] is None


def test_small_numbers_are_plain_decimals():
    slow = Generation(
        "e", "a", 1, 1, "local", "m", GenerationParameters(), "ok", "2026-11-23T10:00:00Z", timing=Timing(0.00001)
    )
    assert csv_rows(to_csv([slow]))[0]["ttft_s"] == "0.00001"
