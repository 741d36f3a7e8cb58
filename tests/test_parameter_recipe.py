"""The README's recipe for a parameter: what is declared in one place appears wherever it belongs."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from nim_core.testing import NimServer, Says
from tests.support.recipes import Copy

TOYS = """\
    toy: float | None = declared(
        ParameterField("Toy", "Sets the toy.", minimum=0, maximum=10, step=0.5, swept=True)
    )
    toy_mode: str | None = declared(
        ParameterField("Toy mode", "Sets its mode.", "choice", choices=("low", "high"), path=("toys", "mode"))
    )
    toy_on: bool | None = declared(ParameterField("Toy on", "Switches it on.", "switch", path=("toys", "on")))
    toy_json: str | None = declared(ParameterField("Toy JSON", "Describes it.", "json"))

"""
SET = 'a: toy=3, toy_mode="high", toy_on=false, toy_json={"b": [1]}'
NAMED = {"toy": 3, "toy_mode": "high", "toy_on": False, "toy_json": '{"b": [1]}'}
BODY = {"toy": 3, "toys": {"mode": "high", "on": False}, "toy_json": {"b": [1]}}


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    """A copy of the tree in which toy parameters of several kinds are declared in one place, as the README says."""
    before = "    def __post_init__"
    return Copy(tmp_path_factory.mktemp("recipe"), {"nim_core/values/parameters.py": [(before, TOYS + before)]})


def test_a_new_parameter_goes_from_a_sets_notation_into_the_body_and_the_columns(copied, tmp_path):
    out = tmp_path / "rows.csv"
    with NimServer([Says("Hi")]) as server:
        command = ["compare", "--prompt", "Hi", "--endpoint", server.url, "--model", "m", "--repeats", "1"]
        copied.run("-m", "nim_core", *command, "--warmup", "0", "--set", SET, "--out", str(out))
        (body,) = server.bodies
    assert {name: body[name] for name in BODY} == BODY
    table = pd.read_csv(out)
    after_the_others = list(table.columns).index("seed") + 1
    assert list(table.columns)[after_the_others : after_the_others + 4] == list(NAMED)
    assert [table.loc[0, name] for name in NAMED] == list(NAMED.values())


def test_a_new_parameter_is_an_option_of_chat(copied):
    with NimServer([Says("Hi")]) as server:
        options = ["--toy", "3", "--toy-mode", "high", "--no-toy-on", "--toy-json", '{"b": [1]}']
        copied.run("-m", "nim_core", "chat", "Hi", "--endpoint", server.url, "--model", "m", *options)
        (body,) = server.bodies
    assert {name: body[name] for name in BODY} == BODY


def test_a_new_parameter_is_sent_by_every_code_sample(copied):
    code = f"""
import json
from nim_core.exports.snippets import SNIPPETS
from nim_core.planning.notation import parse_set
from nim_core.values.dialogue import Message
from nim_core.values.request import Request
asked = Request("m", (Message("user", "Hi"),), parse_set({SET!r}).parameters)
print(json.dumps({{name: make(asked, "http://127.0.0.1:1/v1") for name, (make, _) in SNIPPETS.items()}}))
"""
    samples = json.loads(copied.run("-c", code))
    assert f"extra_body={BODY!r}".replace("'toy': 3", "'toy': 3.0") in samples["Python"]
    assert f"model_kwargs={BODY!r}".replace("'toy': 3", "'toy': 3.0") in samples["LangChain"]
    for name in ("Node", "Shell"):
        assert '"toy": 3.0' in samples[name]
        assert '"on": false' in samples[name]


def test_a_new_parameter_that_is_swept_is_an_axis(copied):
    code = """
from nim_core import grid
from nim_core.analysis.table import frame
from nim_core.charts import best_chart
from nim_core.measures import MEASURES
from nim_core.values.generation import Generation, TextMeasures
sets, one = grid(toy=[0, 1, 2]), TextMeasures({"words": 1})
rows = [
    Generation("e", each.name, 1, 1, "local", "m", each.parameters, "ok", "", text="a", measures=one)
    for each in sets
]
measure = next(each for each in MEASURES if each.key == "words")
print(best_chart(frame(rows), measure, [each.name for each in sets]).layout.xaxis.title.text)
"""
    assert copied.run("-c", code) == "Toy\n"


def test_a_new_parameter_has_a_widget_in_the_panel_that_sends_it(copied):
    code = """
import json
from streamlit.testing.v1 import AppTest
page = '''
import streamlit as st
from pages.parts.drawing.parameter_panel import parameters_panel
st.json(parameters_panel().sent())
'''
test = AppTest.from_string(page, default_timeout=60).run()
untouched = json.loads(test.json[0].value)
test.slider(key="parameter_toy").set_value(3.0)
test.selectbox(key="parameter_toy_mode").set_value("high")
test.selectbox(key="parameter_toy_on").set_value(False)
test.text_area(key="parameter_toy_json").set_value('{"b": [1]}').run()
print(json.dumps([untouched, json.loads(test.json[0].value)]))
"""
    untouched, sent = json.loads(copied.run("-c", code))
    assert not NAMED.keys() & untouched.keys()
    assert {name: sent[name] for name in NAMED} == NAMED | {"toy_json": {"b": [1]}}


def test_a_new_parameter_has_a_column_in_the_table_of_sets(copied):
    code = """
import json
from streamlit.testing.v1 import AppTest
from nim_core.settings import Settings
from nim_core.worker.runs import runs_of
test = AppTest.from_file("pages/frame.py", default_timeout=60).run()
test.switch_page("compare.py").run()
assert not test.exception, test.exception
columns = json.loads(test.data_editor[0].proto.columns)
print(json.dumps({key: each.get("label") for key, each in columns.items()}))
runs_of(Settings()).close()
"""
    columns = json.loads(copied.run("-c", code))
    assert [columns[name] for name in NAMED] == ["Toy", "Toy mode", "Toy on", "Toy JSON"]
