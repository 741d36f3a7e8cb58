"""The README's recipe for a measure, followed in a copy of the tree: the measure appears wherever measures do."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from nim_core.analysis.table import COLUMNS
from nim_core.testing import NimServer, Says

ROOT = Path(__file__).parent.parent
FIRST_SHAPE = ROOT / "tests" / "data" / "store-0001.sqlite3"
ANSWERS = {"calm": "One here. Two there! Is it three?", "short": "Only one."}

FUNCTION_AND_DECLARATION = '''

def sentences(text: str) -> int:
    """How many sentences end in a text."""
    return sum(text.count(mark) for mark in ".!?")


SENTENCES = Measure(
    key="sentences",
    label="Sentences",
    unit="sentences",
    one="sentence",
    better=None,
    scale="linear",
    decimals=0,
    family=FAMILY,
    source=OnText(lambda text: sentences(text.raw)),
    higher="{set}: {range} more than {baseline}.",
    lower="{set}: {range} fewer than {baseline}.",
    help="Sentences that end in a full stop, a question mark or an exclamation mark.",
    in_terminal=True,
    in_report=True,
)
'''
MIGRATION = "nim_core.history.migrations.make"
LOOKED_AT = """
import json
from nim_core.analysis.sentences import sentence
from nim_core.analysis.summary import differences
from nim_core.analysis.table import frame
from nim_core.charts import best_chart
from nim_core.exports.html_report import to_html
from nim_core.exports.notebook import to_notebook
from nim_core.history import open_history
from nim_core.measures import MEASURE, length, of_family
from nim_core.settings import Settings

history = open_history(Settings())
new, _, old = history.experiments.comparisons()
before, rows = history.experiments.generations(old.id), history.experiments.generations(new.id)
table, measure, order = frame(rows), MEASURE["sentences"], ["calm", "short"]
figure = best_chart(table, measure, order)
print(json.dumps({
    "old": [[each.text, measure.of(each), each.measures["words"]] for each in before],
    "tab": [each.label for each in of_family(length.FAMILY)],
    "axis": figure.layout.xaxis.title.text,
    "dots": [list(trace.x) for trace in figure.data[:2]],
    "sentences": [sentence(each, measure) for each in differences(table, measure, order, "short")],
    "report": to_html(new, rows).decode(),
    "notebook": to_notebook(new, rows).decode(),
}))
"""


@dataclass(frozen=True)
class House:
    """The copy of the tree, with a store that stood before the measure was there."""

    folder: Path

    def python(self, *arguments):
        environment = os.environ | {"NIM_LAB_STORE": f"sqlite:///{self.folder / 'history.sqlite3'}"}
        done = subprocess.run(
            [sys.executable, *arguments], cwd=self.folder, env=environment, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A tree in which the recipe was followed, step by step, and nothing else was changed."""
    folder = tmp_path_factory.mktemp("house")
    shutil.copytree(ROOT / "nim_core", folder / "nim_core", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(FIRST_SHAPE, folder / "history.sqlite3")
    family = folder / "nim_core" / "measures" / "length.py"
    source = family.read_text(encoding="utf-8")
    (listed,) = re.findall(r"^MEASURES = \(.*\)$", source, re.MULTILINE)
    added = f"{FUNCTION_AND_DECLARATION}\n\n{listed[:-1]}, SENTENCES)"
    family.write_text(source.replace(listed, added), encoding="utf-8")
    copy = House(folder)
    copy.python("-m", MIGRATION, "the sentences of an answer")
    return copy


@pytest.fixture(scope="module")
def closing_table(house):
    """What the terminal tells of a comparison of two sets, whose rows then stand in rows.csv and in the store."""

    def answer(asked):
        return Says(ANSWERS["calm" if asked.body["temperature"] == 0.5 else "short"])

    with NimServer(answer) as server:
        asked = ("--prompt", "What is GPU?", "--endpoint", server.url, "--model", "m", "--warmup", "0")
        sets = ("--set", "calm: temperature=0.5", "--set", "short: temperature=1", "--repeats", "3")
        told = house.python("-m", "nim_core", "compare", *asked, *sets)
        house.python("-m", "nim_core", "compare", *asked, *sets, "--out", "rows.csv")
    return told


@pytest.fixture(scope="module")
def found(house, closing_table):
    """What a fresh process makes of the comparison and of the answers that were there before."""
    return json.loads(house.python("-c", LOOKED_AT))


def test_the_csv_has_its_column_after_those_of_its_family_with_the_right_values(house, closing_table):
    with (house.folder / "rows.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    after = COLUMNS.index("words") + 1
    assert tuple(rows[0]) == (*COLUMNS[:after], "sentences", *COLUMNS[after:])
    assert {(row["set"], row["sentences"]) for row in rows} == {("calm", "3"), ("short", "1")}


def test_the_terminals_closing_table_has_its_mean(closing_table):
    assert "Sentences" in closing_table
    assert "3 (3 to 3)" in closing_table
    assert "1 (1 to 1)" in closing_table


def test_the_chart_draws_its_dots_on_an_axis_with_its_name(found):
    assert found["axis"] == "Sentences"
    assert found["dots"] == [[3.0] * 3, [1.0] * 3]


def test_a_clear_difference_is_said_in_its_sentence(found):
    assert found["sentences"] == ["calm: 2 sentences more than short."]


def test_it_stands_in_its_familys_tab(found):
    assert found["tab"] == ["Characters", "Words", "Tokens", "Sentences"]


def test_the_report_has_it_in_its_familys_table_and_among_its_charts(found):
    assert "Sentences</th>" in found["report"]
    assert "Sentences of 2 parameter sets." in found["report"]
    assert "calm: mean 3 sentences, 95% interval 3 sentences to 3 sentences" in found["report"]
    assert "short: mean 1 sentence, 95% interval 1 sentence to 1 sentence" in found["report"]


def test_the_notebook_draws_it(found):
    assert 'MEASURE[\\"sentences\\"]' in found["notebook"]


def test_a_store_that_was_there_before_opens_and_its_answers_have_no_value_yet(found):
    (answered, *_) = found["old"]
    assert answered == ['An exact answer: "quotes", 한국어, \t tab, 🙂\r\n', None, 6]
