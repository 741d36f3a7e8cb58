"""Means and differences of sets: censoring, failures, pairing, and every case in which nothing can be told."""

import math
from dataclasses import replace

import pytest
from scipy import stats

from nim_core.analysis.sentences import sentence
from nim_core.analysis.summary import differences, summaries, summarize
from nim_core.analysis.table import frame
from nim_core.measures import MEASURE
from nim_core.values.generation import Generation, TextMeasures, Timing
from nim_core.values.parameters import GenerationParameters

pytestmark = pytest.mark.filterwarnings("error")


def counted(unit=None, **values):
    return TextMeasures({key: value for key, value in values.items() if value is not None}, unit)


def answer(name, repeat, characters=None, **given):
    values = {"status": "ok", "finish_reason": "stop", "measures": counted(characters=characters), **given}
    return Generation(
        experiment_id="e",
        set=name,
        repeat=repeat,
        order=repeat,
        endpoint="local",
        model="m",
        parameters=GenerationParameters(),
        started_at="2026-11-23T10:00:00.000Z",
        **values,
    )


def answers(name, lengths, **given):
    return [answer(name, repeat, length, **given) for repeat, length in enumerate(lengths, start=1)]


def failures(name, count):
    return [answer(name, 100 + index, status="error", error="timeout", finish_reason=None) for index in range(count)]


def difference(generations, measure="characters"):
    return differences(frame(generations), MEASURE[measure], ["a", "b"], "b")[0]


def test_the_mean_of_a_set_has_its_interval_and_counts():
    found = summarize(frame(answers("a", [100, 110, 120]) + failures("a", 2)), MEASURE["characters"], "a")
    low, high = stats.t.interval(0.95, 2, loc=110, scale=stats.sem([100, 110, 120]))
    assert (found.mean, found.low, found.high) == pytest.approx((110, low, high))
    assert (found.n, found.cut, found.failed, found.missing) == (3, 0, 2, 0)


def test_a_cut_answer_is_left_out_of_mean_length_and_counted():
    rows = [*answers("a", [100, 110, 120]), answer("a", 4, 500, finish_reason="length")]
    found = summarize(frame(rows), MEASURE["characters"], "a")
    assert (found.mean, found.n, found.cut) == (pytest.approx(110), 3, 1)


def test_a_cut_answer_counts_in_measures_other_than_length():
    rows = [
        answer("a", repeat, finish_reason=reason, measures=counted("word-4", repetition=value))
        for repeat, (value, reason) in enumerate([(0.1, "stop"), (0.9, "length"), (0.8, "length")], start=1)
    ]
    found = summarize(frame(rows), MEASURE["repetition"], "a")
    assert (found.mean, found.n, found.cut, found.half_cut) == (pytest.approx(0.6), 3, 2, False)


def test_no_mean_length_is_given_when_more_than_half_of_the_answers_are_cut():
    cut = answers("a", [500, 500], finish_reason="length")
    half = summarize(frame([*cut, answer("a", 3, 10), answer("a", 4, 20)]), MEASURE["characters"], "a")
    most = summarize(frame([*cut, answer("a", 3, 10)]), MEASURE["characters"], "a")
    assert half.mean == pytest.approx(15)
    assert (most.mean, most.half_cut) == (None, True)


def test_the_partial_text_of_a_failed_answer_is_no_answer():
    rows = [*answers("a", [100, 110]), answer("a", 3, 5, status="error", error="stream_truncated")]
    found = summarize(frame(rows), MEASURE["characters"], "a")
    assert (found.mean, found.n, found.failed) == (pytest.approx(105), 2, 1)


def test_answers_without_a_value_and_cancelled_ones_are_counted_as_missing():
    rows = [*answers("a", [100, None]), answer("a", 3, 5, status="cancelled")]
    found = summarize(frame(rows), MEASURE["characters"], "a")
    assert (found.n, found.missing, found.failed) == (1, 2, 0)


def test_latency_is_averaged_on_the_log_scale():
    rows = [answer("a", r, timing=Timing(latency_s=s)) for r, s in enumerate([1.0, 10.0, 100.0], start=1)]
    assert summarize(frame(rows), MEASURE["latency_s"], "a").mean == pytest.approx(10)


def test_a_latency_of_zero_has_no_logarithm_and_is_missing():
    rows = [answer("a", 1, timing=Timing(latency_s=0.0)), answer("a", 2, timing=Timing(latency_s=2.0))]
    found = summarize(frame(rows), MEASURE["latency_s"], "a")
    assert (found.n, found.missing, found.mean) == (1, 1, pytest.approx(2))


def test_an_interval_ends_where_the_measure_does():
    rows = answers("a", [1, 100])
    assert summarize(frame(rows), MEASURE["characters"], "a").low == 0
    shares = [answer("a", r, measures=counted(distinct_2=share)) for r, share in enumerate([0.9, 1.0], start=1)]
    assert summarize(frame(shares), MEASURE["distinct_2"], "a").high == 1


def shares(name, key, values):
    return [answer(name, r, measures=counted(**{key: share})) for r, share in enumerate(values, start=1)]


@pytest.mark.parametrize("key", ["repetition", "longest_repeat", "distinct_2"])
@pytest.mark.parametrize("way", [1, -1])
def test_a_difference_of_shares_ends_at_a_hundred_points(key, way):
    full, empty = shares("full", key, [1.0, 0.9, 1.0]), shares("empty", key, [0.0, 0.1, 0.2])
    order = ["full", "empty"][::way]
    (found,) = differences(frame(full + empty), MEASURE[key], order, order[1])
    assert found.outcome == ("higher" if way == 1 else "lower")
    assert sorted(map(abs, (found.absolute.low, found.absolute.high))) == [pytest.approx(0.5798, abs=1e-4), 1.0]
    assert sentence(found, MEASURE[key]).count(" to 100.0 percentage points") == 1


def test_summaries_follow_the_given_order_and_know_sets_without_rows():
    found = summaries(frame(answers("a", [1, 2])), MEASURE["characters"], ["z", "a"])
    assert [(each.set, each.n) for each in found] == [("z", 0), ("a", 2)]


def test_complete_rounds_are_compared_in_pairs():
    a, b = [110, 120, 131, 140], [100, 112, 119, 131]
    found = difference(answers("a", a) + answers("b", b))
    ends = stats.ttest_rel(a, b).confidence_interval(0.95)
    assert found.paired
    assert (found.absolute.low, found.absolute.high) == pytest.approx((ends.low, ends.high))
    assert found.outcome == "higher"


def test_pairs_are_matched_by_round_and_not_by_place_in_the_table():
    a, b = answers("a", [110, 120, 131, 140]), answers("b", [100, 112, 119, 131])
    assert difference(a + b).absolute == difference(a[::-1] + b).absolute


def test_an_incomplete_round_makes_it_welch():
    a, b = [110, 120, 131, 140], [100, 112, 119]
    found = difference(answers("a", a) + answers("b", b))
    ends = stats.ttest_ind(a, b, equal_var=False).confidence_interval(0.95)
    assert not found.paired
    assert (found.absolute.low, found.absolute.high) == pytest.approx((ends.low, ends.high))


def test_the_needed_repeats_are_for_a_change_of_a_fifth():
    """Differences of the pairs have s = 10, a fifth of the baseline's mean 100 is 20, so d = 2: five pairs."""
    found = difference(answers("a", [110, 90, 100]) + answers("b", [100, 100, 100]))
    assert found.outcome == "unclear"
    assert found.needed == 5


def test_latency_differences_come_as_seconds_and_as_a_ratio():
    rows = [answer("a", r, timing=Timing(latency_s=s)) for r, s in enumerate([2.0, 2.2, 1.8], start=1)]
    rows += [answer("b", r, timing=Timing(latency_s=s)) for r, s in enumerate([1.0, 1.1, 0.9], start=1)]
    found = difference(rows, "latency_s")
    assert found.ratio.estimate == pytest.approx(2)
    assert found.absolute.estimate == pytest.approx(stats.gmean([1.0, 1.1, 0.9]))
    assert found.outcome == "higher"
    assert math.isfinite(found.absolute.low)


def of_another(name, lengths):
    return [replace(each, experiment_id="another") for each in answers(name, lengths)]


def test_nothing_is_decided_between_sets_of_two_experiments():
    rows = answers("a", [110, 120, 131]) + answers("b", [100, 112, 119])
    theirs = of_another("c", [900, 901, 905]) + of_another("d", [1, 2, 3])
    table, order = frame(rows + theirs), ["a", "b", "c", "d"]
    assert [each.of.set for each in differences(table, MEASURE["characters"], order, "b")] == ["a"]
    assert [each.of.set for each in differences(table, MEASURE["characters"], order, "c")] == ["d"]


def test_rounds_of_two_experiments_are_no_rounds_of_one():
    a, b, more_a, more_b = [110, 120, 131], [100, 112, 119], [210, 225, 228], [200, 212, 219]
    rows = answers("a", a) + answers("b", b) + of_another("a", more_a) + of_another("b", more_b)
    found = difference(rows)
    ends = stats.ttest_rel(a + more_a, b + more_b).confidence_interval(0.95)
    assert (found.of.n, found.paired) == (6, True)
    assert (found.absolute.low, found.absolute.high) == pytest.approx((ends.low, ends.high))


def in_unit(name, unit, *more_units):
    return [
        answer(name, r, measures=counted(each, repetition=0.1 * r))
        for r, each in enumerate([unit, unit, unit, *more_units], start=1)
    ]


@pytest.mark.parametrize(
    ("rows", "measure", "outcome"),
    [
        (answers("a", [5, 5, 5]) + answers("b", [5, 5, 5]), "characters", "equal"),
        (answers("a", [9, 9, 9]) + answers("b", [5, 5, 5]), "characters", "higher"),
        (answers("a", [1, 1, 2]) + answers("b", [50, 52, 51]), "characters", "lower"),
        (answers("a", [1, 90, 40]) + answers("b", [50, 2, 51]), "characters", "unclear"),
        (answers("a", [0, 0, 1]) + answers("b", [0, 0, 0]), "characters", "unclear"),
        (answers("a", [5]) + answers("b", [5]), "characters", "too_few"),
        (answers("a", [5, 6]) + answers("b", [5]), "characters", "too_few"),
        (failures("a", 3) + answers("b", [5, 6, 7]), "characters", "no_values"),
        (answers("a", [5, 6, 7]) + failures("b", 3), "characters", "no_values"),
        (failures("a", 3) + failures("b", 3), "characters", "no_values"),
        ([], "characters", "no_values"),
        (answers("a", [5, 5], finish_reason="length") + answers("b", [5, 6]), "characters", "half_cut"),
        (in_unit("a", "word-4") + in_unit("b", "grapheme-8"), "repetition", "not_comparable"),
        (in_unit("a", "word-4", "grapheme-8") + in_unit("b", "word-4"), "repetition", "not_comparable"),
    ],
)
def test_every_pair_of_sets_has_a_defined_outcome(rows, measure, outcome):
    assert difference(rows, measure).outcome == outcome
