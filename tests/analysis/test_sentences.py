"""From numbers to plain English, as a table."""

import pytest

from nim_core.analysis.intervals import Interval
from nim_core.analysis.sentences import caveat, number, quantity, sentence
from nim_core.analysis.summary import Difference, Summary
from nim_core.measures import MEASURE, MEASURES
from nim_core.words import use_language

HOT, COLD = "temperature=1.2", "temperature=0.2"


def summary(name, measure="characters", n=5, mean=100.0, **given):
    values = {"cut": 0, "failed": 0, "missing": 0, "low": None, "high": None, **given}
    return Summary(name, measure, n=n, mean=mean, **values)


def found(outcome, measure="characters", absolute=None, ratio=None, needed=None, of=None, baseline=None):
    return Difference(
        summary(HOT, measure, **(of or {})),
        summary(COLD, measure, **(baseline or {})),
        outcome,
        absolute and Interval((absolute[0] + absolute[1]) / 2, *absolute),
        ratio and Interval((ratio[0] + ratio[1]) / 2, *ratio),
        needed=needed,
    )


TABLE = [
    (found("higher", absolute=(40, 110)), f"{HOT}: 40 to 110 characters longer than {COLD}."),
    (found("lower", absolute=(-1110.2, -39.6)), f"{HOT}: 40 to 1,110 characters shorter than {COLD}."),
    (found("higher", absolute=(40, 40)), f"{HOT}: 40 characters longer than {COLD}."),
    (found("lower", absolute=(-1, -1)), f"{HOT}: 1 character shorter than {COLD}."),
    (found("higher", absolute=(0.3, 2.2)), f"{HOT}: 0.3 to 2 characters longer than {COLD}."),
    (
        found("higher", "latency_s", (0.1234, 1.5), (1.104, 2.25)),
        f"{HOT}: the whole answer takes 0.123 to 1.500 s longer than with {COLD} (1.10 to 2.25 times as long).",
    ),
    (
        found("lower", "ttft_s", (-0.3, -0.1), (0.5, 0.8)),
        f"{HOT}: the first token comes 0.100 to 0.300 s earlier than with {COLD} (0.50 to 0.80 times as long a wait).",
    ),
    (
        found("higher", "tokens_per_s", (5.0, 12.34), (1.1, 1.2)),
        f"{HOT}: 5.0 to 12.3 tokens/s faster than {COLD} (1.10 to 1.20 times the pace).",
    ),
    (
        found("lower", "repetition", (-0.25, -0.1)),
        f"{HOT}: less repetition than {COLD}, by 10.0 to 25.0 percentage points.",
    ),
    (
        found("unclear", "repetition", (-0.1, 0.2), needed=36),
        f"{HOT}: Repetition: cannot tell with 5 repeats; about 36 would show a 20% change from {COLD}.",
    ),
    (
        found("unclear", absolute=(-1, 2), needed=4),
        f"{HOT}: Characters: no clear change from {COLD}; 5 repeats would show a change of 20%, not a small one.",
    ),
    (
        found("unclear", "repetition", (-0.1, 0.2), baseline={"mean": 0.0}),
        f"{HOT}: Repetition: cannot tell with 5 repeats whether it differs from {COLD}.",
    ),
    (
        found("unclear", absolute=(-1, 2), needed=12345, of={"n": 3}),
        f"{HOT}: Characters: cannot tell with 3 repeats; about 12,345 would show a 20% change from {COLD}.",
    ),
    (
        found("equal", absolute=(0, 0), of={"mean": 1234.0}),
        f"{HOT}: Characters: 1,234 characters in every answer, the same as {COLD}.",
    ),
    (
        found("too_few", of={"n": 1}),
        f"{HOT}: Characters: too few answers to compare with {COLD}; each set needs at least 2 repeats with a value.",
    ),
    (
        found("no_values", of={"n": 0, "mean": None, "failed": 3}),
        f"{HOT}: Characters: nothing to compare, since all 3 answers of {HOT} failed.",
    ),
    (
        found("no_values", baseline={"n": 0, "mean": None, "failed": 3}),
        f"{HOT}: Characters: nothing to compare, since all 3 answers of {COLD} failed.",
    ),
    (
        found("no_values", of={"n": 0, "mean": None, "failed": 1, "missing": 2}),
        f"{HOT}: Characters: nothing to compare, since no answer of {HOT} has a value.",
    ),
    (
        found("half_cut", of={"n": 1, "mean": None, "cut": 4, "half_cut": True}),
        f"{HOT}: Characters: no mean, since 4 of 5 answers of {HOT} were cut at max tokens; "
        "raise max tokens to see how long they would be.",
    ),
    (
        found("higher", absolute=(40, 110), of={"cut": 2}),
        f"{HOT}: 40 to 110 characters longer than {COLD}. "
        f"Answers cut at max tokens are left out (2 of {HOT}, 0 of {COLD}), so the means are too low.",
    ),
    (
        found("not_comparable", "repetition", of={"unit": "word-4"}, baseline={"unit": "grapheme-8"}),
        f"{HOT}: Repetition: not comparable with {COLD}, since the one is counted in words "
        "and the other in characters.",
    ),
    (
        found("not_comparable", "repetition", of={"unit": "word-4"}, baseline={"unit": "mixed"}),
        f"{HOT}: Repetition: not comparable, since some answers of {COLD} are counted in words and some in characters.",
    ),
]


@pytest.mark.parametrize(("difference", "expected"), TABLE, ids=[expected[:70] for _, expected in TABLE])
def test_each_outcome_has_its_sentence(difference, expected):
    assert sentence(difference, MEASURE[difference.of.measure]) == expected


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.key)
@pytest.mark.parametrize(("outcome", "absolute"), [("higher", (0.1, 0.2)), ("lower", (-0.2, -0.1))])
def test_every_measure_has_a_sentence_both_ways(measure, outcome, absolute):
    said = sentence(found(outcome, measure.key, absolute, (0.5, 0.8)), measure)
    assert said.startswith(f"{HOT}: ")
    assert COLD in said
    assert said.endswith(".")
    assert "{" not in said


def test_a_set_whose_name_looks_like_a_template_is_said_as_it_is():
    difference = Difference(summary("{0}"), summary("{label}"), "too_few")
    assert sentence(difference, MEASURE["words"]).startswith("{0}: Words: too few answers to compare with {label};")


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [(1234567.0, 0, "1,234,567"), (0.5, 3, "0.500"), (0.00012, 3, "0.00012"), (0.0, 3, "0.000"), (-0.0, 1, "0.0")],
)
def test_numbers_have_separators_and_never_round_to_a_false_zero(value, decimals, expected):
    assert number(value, decimals) == expected


def test_a_value_is_said_with_its_unit():
    assert quantity(1.0, MEASURE["words"]) == "1 word"
    assert quantity(0.1234, MEASURE["longest_repeat"]) == "12.3%"
    assert quantity(1.5, MEASURE["latency_s"]) == "1.500 s"


def test_the_caveat_says_how_many_differences_were_looked_at_and_that_it_is_one_prompt():
    assert caveat(1).startswith("One difference was looked at, on one prompt")
    assert caveat(1200).startswith("1,200 differences were looked at, on one prompt")


@pytest.mark.parametrize(
    ("difference", "expected"),
    [
        (found("higher", absolute=(40, 1110)), "hot: cold보다 40에서 1,110자까지 더 깁니다."),
        (found("lower", absolute=(-1, -1)), "hot: cold보다 1자 더 짧습니다."),
        (
            found("lower", "ttft_s", (-0.3, -0.1), (0.5, 0.8)),
            "hot: 첫 토큰이 cold보다 0.100에서 0.300초까지 일찍 나옵니다(대기 시간 0.50배에서 0.80배까지).",
        ),
        (
            found("lower", "repetition", (-0.25, -0.1)),
            "hot: 반복률이 cold보다 10.0에서 25.0퍼센트포인트까지 더 낮습니다.",
        ),
        (
            found("unclear", "repetition", (-0.1, 0.2), needed=12345),
            "hot: 반복률: 반복 5회로는 판단할 수 없습니다. "
            "약 12,345회 반복하면 cold에 비해 20% 달라졌는지 알 수 있습니다.",
        ),
    ],
    ids=["a range", "one", "times", "a share", "open"],
)
def test_a_difference_is_told_in_the_language_of_its_reader(difference, expected):
    with use_language("ko"):
        told = sentence(difference, MEASURE[difference.of.measure])
    assert told.replace(HOT, "hot").replace(COLD, "cold") == expected


def test_a_number_too_small_for_its_decimals_is_written_without_a_power_of_ten():
    assert number(0.0000012, 3) == "0.0000012"
