"""Charts: every answer a dot, hollow when cut, counts at each set, a mean beside, and the data for a click."""

import json
import re

import plotly.graph_objects as go
import pytest
from plotly.utils import PlotlyJSONEncoder

from nim_core.analysis.summary import Summary
from nim_core.analysis.table import frame
from nim_core.charts import alt_text, best_chart, dots, heat, line, timeline
from nim_core.charts.marks import axis_title
from nim_core.charts.usage import usage_chart
from nim_core.history.meter import DailyRequests
from nim_core.measures import MEASURE, MEASURES
from nim_core.values.generation import Generation, TextMeasures, Timing, Usage
from nim_core.values.parameters import GenerationParameters
from nim_core.values.sets import ParameterSet, grid
from nim_core.words import use_language

pytestmark = pytest.mark.filterwarnings("error")


def table(sets, repeats=4, cut=(), failed=()):
    """Answers of growing length and latency; `cut` and `failed` hold (set, repeat)."""
    rows = []
    for repeat in range(1, repeats + 1):
        for index, each in enumerate(sets):
            lost = (each.name, repeat) in failed
            length = 100 + 40 * index + 7 * repeat
            rows.append(
                Generation(
                    "e",
                    each.name,
                    repeat,
                    len(rows) + 1,
                    "local",
                    "m",
                    each.parameters,
                    "error" if lost else "ok",
                    f"2026-11-23T10:00:{len(rows) % 60:02d}.000Z",
                    error="timeout" if lost else None,
                    finish_reason="length" if (each.name, repeat) in cut else "stop",
                    wait_s=0.25,
                    timing=Timing() if lost else Timing(0.1, 0.1, 0.5 + 0.1 * index + 0.01 * repeat),
                    usage=Usage() if lost else Usage(5, length // 4),
                    measures=TextMeasures() if lost else counted(length),
                )
            )
    return frame(rows)


def counted(length):
    shares = {"repetition": 0.1, "longest_repeat": 0.2, "distinct_2": 0.9}
    return TextMeasures({"characters": length, "words": length // 5, **shares}, "word-4")


def named(*names):
    return [ParameterSet(name, GenerationParameters(max_tokens=index + 1)) for index, name in enumerate(names)]


AB = named("alpha", "beta")
CHARACTERS = MEASURE["characters"]


def clickable(figure):
    return [tuple(each) for trace in figure.data if trace.customdata is not None for each in trace.customdata]


def test_every_answer_is_a_dot_that_knows_its_set_and_repeat():
    figure = dots(table(AB), CHARACTERS, order=["alpha", "beta"])
    assert sorted(clickable(figure)) == [(name, repeat) for name in ("alpha", "beta") for repeat in range(1, 5)]


def test_a_cut_answer_is_hollow_and_a_failed_one_is_counted_at_the_label():
    shown = table(AB, cut={("alpha", 2)}, failed={("alpha", 3)})
    figure = dots(shown, CHARACTERS, order=["alpha", "beta"])
    assert list(figure.data[0].marker.symbol) == ["circle", "circle-open", "circle"]
    assert "n 2, cut 1, failed 1" in figure.layout.yaxis.ticktext[0]
    assert "cut at max tokens" in figure.data[0].hovertext[1]


def test_the_mean_stands_beside_the_dots_with_its_interval():
    figure = dots(table(AB), CHARACTERS, order=["alpha", "beta"])
    means = next(trace for trace in figure.data if trace.name == "mean")
    assert means.x[0] == pytest.approx(117.5)
    assert means.error_x.array[0] > 0
    assert not set(means.y) & {y for trace in figure.data[:2] for y in trace.y}


def test_the_same_answers_are_drawn_at_the_same_places():
    first, second = (dots(table(AB), CHARACTERS, order=["alpha", "beta"]) for _ in range(2))
    assert first.to_json() == second.to_json()


def test_sets_differ_by_symbol_and_not_by_colour_alone():
    names = [f"set {index}" for index in range(20)]
    figure = dots(table(named(*names)), CHARACTERS, order=names)
    marks = [(trace.marker.color, trace.marker.symbol) for trace in figure.data[:20]]
    assert len(set(marks)) == 20
    assert all(len({symbol for colour, symbol in marks if colour == each}) > 1 for each, _ in marks)


def test_the_axis_has_a_unit_and_the_scale_of_the_measure():
    figure = dots(table(AB), MEASURE["latency_s"], order=["alpha", "beta"])
    assert figure.layout.xaxis.title.text == "Latency (s)"
    assert figure.layout.xaxis.type == "log"
    assert "4 words" in dots(table(AB), MEASURE["repetition"], order=["alpha"]).layout.xaxis.title.text


def test_long_names_are_short_on_the_axis_and_whole_in_the_hover_box():
    name = "a very long name " * 5 + "with its end"
    figure = dots(table(named(name, "b")), CHARACTERS, order=[name, "b"])
    assert "…" in figure.layout.yaxis.ticktext[0]
    assert "with its end" in figure.layout.yaxis.ticktext[0]
    assert name in figure.data[0].hovertext[0].replace("<br>", " ")


MARKUP = """<a href="x">'q' &lt;b&gt;</a>"""
LITERAL = """&lt;a href="x"&gt;'q' &amp;lt;b&amp;gt;&lt;/a&gt;"""


def hostile(sets):
    """The same sets under names that are markup."""
    return [ParameterSet(f"{MARKUP}{index}", each.parameters) for index, each in enumerate(sets)]


def chart_of(kind):
    """A figure of each kind whose foreign names are markup."""
    if kind == "usage":
        return usage_chart([DailyRequests("2026-11-23", f"{MARKUP}{index}", 3) for index in range(2)])
    swept = {"dots": AB, "timeline": AB, "line": grid(temperature=[0, 0.5, 1.0])}
    sets = hostile(swept.get(kind) or grid(temperature=[0, 1.0], top_p=[0.5, 0.9]))
    if kind == "timeline":
        return timeline(table(sets))
    return best_chart(table(sets), CHARACTERS, [each.name for each in sets], baseline=sets[0].name)


@pytest.mark.parametrize("kind", ["dots", "line", "heat", "timeline", "usage"])
def test_a_name_with_markup_is_shown_as_text_in_every_chart(kind):
    figure = chart_of(kind)
    figure.update_traces(customdata=None)  # a click's way to its answer, never shown
    drawn = json.dumps(figure.to_plotly_json(), cls=PlotlyJSONEncoder, ensure_ascii=False).replace('\\"', '"')
    assert LITERAL in drawn
    assert "<a" not in drawn
    assert "&quot;" not in drawn  # Plotly would show it so


def test_fonts_and_backgrounds_are_left_to_the_page():
    figure = dots(table(AB), CHARACTERS, order=["alpha", "beta"])
    assert figure.layout.font.color is None
    assert figure.layout.paper_bgcolor == figure.layout.plot_bgcolor == "rgba(0,0,0,0)"


def test_marks_that_belong_to_no_set_follow_the_theme():
    light, dark = (dots(table(AB), CHARACTERS, order=["alpha", "beta"], dark=dark) for dark in (False, True))
    assert light.data[-1].marker.color != dark.data[-1].marker.color


def test_one_swept_parameter_becomes_a_line_over_that_axis():
    sets = grid(temperature=[0, 0.5, 1.0])
    figure = best_chart(table(sets), CHARACTERS, [each.name for each in sets])
    assert figure.layout.xaxis.title.text == "Temperature"
    assert list(figure.layout.xaxis.tickvals) == [0, 0.5, 1.0]
    assert list(figure.data[-1].x) == [0, 0.5, 1.0]
    assert len(clickable(figure)) == 12


def test_two_swept_parameters_become_a_map():
    sets = grid(temperature=[0, 0.5, 1.0], top_p=[0.5, 0.9])
    figure = best_chart(table(sets), CHARACTERS, [each.name for each in sets])
    assert isinstance(figure.data[0], go.Heatmap)
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("Temperature", "Top p")
    assert clickable(figure) == [(each.name, None) for each in sets]
    assert (figure.data[1].x[0], figure.data[1].y[0]) == ("0", "0.5")
    assert "n 4" in figure.data[0].text[0][0]


@pytest.mark.parametrize(
    "sets",
    [
        grid(temperature=[0, 1.0]),
        [*grid(temperature=[0, 0.5]), ParameterSet("none sent", GenerationParameters())],
        [*grid(temperature=[0, 0.5, 1.0]), ParameterSet("other", GenerationParameters(temperature=0, top_p=0.5))],
        grid(temperature=[0, 1.0], top_p=[0.5, 0.9])[:3],
        [
            ParameterSet("a", GenerationParameters(temperature=0)),
            ParameterSet("b", GenerationParameters(temperature=0.5, stop=("x",))),
            ParameterSet("c", GenerationParameters(temperature=1.0)),
        ],
    ],
    ids=["two values", "one not sent", "a second parameter", "part of a grid", "stop differs too"],
)
def test_anything_but_a_clean_sweep_becomes_dots(sets):
    order = [each.name for each in sets]
    assert len(best_chart(table(sets), CHARACTERS, order).layout.yaxis.tickvals) == len(sets)


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.key)
def test_every_measure_can_be_drawn_when_everything_failed_and_when_there_is_nothing(measure):
    sets = grid(temperature=[0, 0.5, 1.0])
    order = [each.name for each in sets]
    lost = table(sets, repeats=2, failed={(name, repeat) for name in order for repeat in (1, 2)})
    pairs = grid(temperature=[0, 0.5], top_p=[0.5, 0.9])
    lost_pairs = table(pairs, repeats=1, failed={(each.name, 1) for each in pairs})
    for figure in (
        dots(lost, measure, order=order, baseline=order[0]),
        line(lost, measure, "temperature"),
        heat(lost_pairs, measure, "temperature", "top_p"),
        dots(frame([]), measure, order=["a"]),
        best_chart(frame([]), measure, []),
        timeline(lost),
        timeline(frame([])),
    ):
        assert figure.to_json()
    assert "failed 2" in alt_text(lost, measure)


def test_the_timeline_has_a_bar_a_request_in_the_order_of_sending():
    figure = timeline(table(AB, failed={("beta", 1)}))
    wait, first, rest, lost = figure.data
    assert list(wait.y) == list(range(1, 9))
    assert wait.base[0] == 0
    assert first.base[0] == pytest.approx(0.25)
    assert (first.x[0], rest.x[0]) == (pytest.approx(0.1), pytest.approx(0.41))
    assert list(lost.y) == [2]
    assert "(s)" in figure.layout.xaxis.title.text


def test_a_long_timeline_is_cut_and_says_so():
    figure = timeline(table(AB, repeats=300))
    assert len(figure.data[0].y) == 500
    assert figure.layout.title.text == "The first 500 of 600 requests"


def test_the_alternative_text_says_what_the_chart_shows():
    said = alt_text(table(AB, cut={("alpha", 2)}), CHARACTERS)
    assert said.startswith("Characters of 2 parameter sets. alpha: mean 119 characters, 95% interval ")
    assert "(n 3, cut 1)" in said


def test_the_alternative_text_of_many_sets_is_kept_short():
    names = [f"set {index}" for index in range(64)]
    assert alt_text(table(named(*names), repeats=1), CHARACTERS).endswith("; 44 more sets.")


def test_a_time_axis_writes_its_ticks_in_full_and_never_a_lone_digit():
    figure = dots(table(AB), MEASURE["latency_s"], order=["alpha", "beta"])
    (axis,) = [axis for axis in (figure.layout.xaxis, figure.layout.yaxis) if axis.type == "log"]
    assert axis.tickformat == ",~r"


@pytest.mark.parametrize(
    ("unit", "key", "title"),
    [
        ("word-4", "repetition", "Repetition (share of sequences of 4 words used before)"),
        ("grapheme-8", "repetition", "Repetition (share of sequences of 8 characters used before)"),
        ("grapheme-8", "distinct_2", "Distinct pairs (share of pairs of characters)"),
        ("mixed", "distinct_2", "Distinct pairs (share of pairs)"),
        (None, "words", "Words"),
    ],
)
def test_an_axis_names_the_unit_that_the_answers_were_counted_in(unit, key, title):
    found = Summary("alpha", key, 4, 0, 0, 0, 0.5, None, None, unit=unit)
    assert axis_title(MEASURE[key], [found]) == title


def drawn_in_korean():
    """Every chart of the house, with whatever can go wrong in one."""
    sweep, full = grid(temperature=[0, 0.5, 1.0]), grid(temperature=[0, 0.5], top_p=[0.5, 0.9])
    spoilt = table(AB, cut={("alpha", 1), ("alpha", 2), ("alpha", 3)}, failed={("beta", 1)})
    yield dots(spoilt, CHARACTERS, order=["alpha", "beta"], baseline="beta")
    yield line(table(sweep), CHARACTERS, "temperature")
    yield heat(table(full), CHARACTERS, "temperature", "top_p")
    yield timeline(spoilt)
    yield usage_chart([DailyRequests("2026-11-23", "m", 1_234)])


def test_no_word_of_a_chart_is_english_to_a_korean_reader():
    with use_language("ko"):
        figures = [figure.to_plotly_json() for figure in drawn_in_korean()]
    told = [
        text
        for figure in figures
        for place in (*figure["data"], figure["layout"])
        for text in texts_in(place, ("hovertext", "ticktext", "text", "name"))
    ]
    assert told
    words = {word for text in told for word in re.findall("[A-Za-z]{2,}", re.sub("<[^>]*>", " ", text))}
    assert words <= {"alpha", "beta", "UTC", "temperature", "top", "Temperature", "Top"}


def texts_in(value, keys, *, told=False):
    """Every text that stands under one of some keys, however deep."""
    if isinstance(value, str):
        return [value] if told else []
    if isinstance(value, dict):
        return [text for key, each in value.items() for text in texts_in(each, keys, told=told or key in keys)]
    return (
        [text for each in value for text in texts_in(each, keys, told=told)] if isinstance(value, list | tuple) else []
    )


def test_the_alternative_text_is_in_the_language_of_its_reader():
    with use_language("ko"):
        told = alt_text(table(AB, cut={("alpha", 2)}), CHARACTERS)
    assert told.startswith("파라미터 세트 2개의 글자 수. alpha: 평균 119자, 95% 신뢰 구간 ")
    assert "(n 3, 잘림 1)" in told
