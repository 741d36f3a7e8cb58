"""The page's own figure for a measure's name."""

import pytest

from nim_core import GenerationParameters, chart
from nim_core.analysis.table import frame
from nim_core.charts import best_chart
from nim_core.errors import InputError
from nim_core.measures import MEASURE, measure_text
from nim_core.values.generation import Generation, Timing, Usage

pytestmark = pytest.mark.filterwarnings("error")


def table(*sets, texts=("ab", "ac", "ab", "ab")):
    return frame(
        Generation(
            "e",
            name,
            repeat,
            repeat,
            "local",
            "m",
            GenerationParameters(max_tokens=index + 1),
            "ok",
            "2026-11-23T10:00:00.000Z",
            text=text,
            finish_reason="stop",
            timing=Timing(0.1, 0.1, 0.5),
            usage=Usage(5, 7),
            measures=measure_text(text),
        )
        for repeat, text in enumerate(texts, 1)
        for index, name in enumerate(sets)
    )


@pytest.mark.parametrize("measure", MEASURE)
def test_every_measure_s_name_gives_the_page_s_own_figure(measure):
    rows = table("a", "b")
    assert chart(rows, measure) == best_chart(rows, MEASURE[measure], ["a", "b"], baseline="a")
    assert chart(rows, measure, baseline="b") == best_chart(rows, MEASURE[measure], ["a", "b"], baseline="b")


def test_variety_has_a_mark_for_each_pair_at_its_second_answer():
    figure = chart(table("a", "b"), "variety")
    assert [list(each) for each in figure.data[0].customdata] == [["a", 2], ["a", 4]]
    assert list(figure.data[0].x) == [0.5, 0]
    assert "n 2" in figure.layout.yaxis.ticktext[0]


@pytest.mark.parametrize("measure", ["words", "variety"])
@pytest.mark.parametrize("sets", [(), ("a",), ("a", "b", "c")])
def test_any_number_of_sets_is_drawn(measure, sets):
    chart(table(*sets), measure)


@pytest.mark.parametrize("texts", [(), ("one",)])
def test_fewer_rounds_than_a_pair_are_drawn_without_a_mark(texts):
    figure = chart(table("a", "b", texts=texts), "variety")
    assert all(trace.customdata is None or len(trace.customdata) == 0 for trace in figure.data)


@pytest.mark.parametrize(("given", "field"), [({"measure": "wrods"}, "measure"), ({"baseline": "c"}, "baseline")])
def test_an_unknown_name_is_said(given, field):
    with pytest.raises(InputError) as refused:
        chart(table("a", "b"), **{"measure": "words"} | given)
    assert refused.value.field == field
