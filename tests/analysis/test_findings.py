"""What a table of answers says about each set: which rounds count, and every case in which nothing is told."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nim_core import GenerationParameters, findings
from nim_core.analysis.findings import find
from nim_core.analysis.questions import Questions
from nim_core.analysis.rounds import records
from nim_core.analysis.sequential import ALPHA
from nim_core.analysis.table import COLUMNS, row
from nim_core.errors import InputError
from nim_core.measures import measure_text
from nim_core.values.generation import Generation

pytestmark = pytest.mark.filterwarnings("error")

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
FAILED = {"status": "error", "finish_reason": None}
CANCELLED = {"status": "cancelled", "finish_reason": None}
CUT = {"finish_reason": "length"}


def answer(name, repeat, **given):
    """One row of a table; rounds are ten seconds apart."""
    sent = (NOON + timedelta(seconds=10 * repeat)).isoformat()
    plain = {"experiment_id": "e", "set": name, "repeat": repeat, "model": "m", "started_at": sent}
    return dict.fromkeys(COLUMNS) | plain | {"status": "ok", "finish_reason": "stop"} | given


def answers(name, measure, values, **given):
    return [answer(name, repeat, **{measure: value}, **given) for repeat, value in enumerate(values, 1)]


def table(*rows):
    return pd.DataFrame([each for some in rows for each in some])


def but(rows, repeat, **given):
    """The same rows, one of them otherwise."""
    return [each | given if each["repeat"] == repeat else each for each in rows]


def finding(*rows, measure="words", sets=("base", "set"), **given):
    (found,) = find(records(table(*rows)), Questions(sets, sets[0], (measure,)), **given)
    return found


def counts(found):
    return found.rounds, found.failed, found.cut, found.apart


BASE = answers("base", "words", [100] * 8)
MORE = answers("set", "words", [140, 130, 170, 150, 160, 180, 150, 150])


def test_a_finding_is_a_dict_with_the_keys_of_the_contract():
    (found,) = findings(table(BASE, MORE), ["words"])
    assert found == {
        "set": "set",
        "baseline": "base",
        "measure": "words",
        "outcome": "higher",
        "typical": 50,
        "low": 30,
        "high": 80,
        "unit": "words",
        "rounds": 8,
        "above": 8,
        "below": 0,
        "equal": 0,
    }


def test_variety_repetition_and_words_are_asked_unless_others_are_named():
    assert [each["measure"] for each in findings(table(BASE, MORE))] == ["variety", "repetition", "words"]


def test_each_other_set_is_told_in_each_measure_in_their_order():
    third = answers("third", "words", [100] * 8)
    found = findings(table(BASE, MORE, third), ["words", "characters"])
    assert [(each["measure"], each["set"]) for each in found] == [
        ("words", "set"),
        ("words", "third"),
        ("characters", "set"),
        ("characters", "third"),
    ]


def test_the_baseline_is_the_first_set_as_given_not_as_sent():
    shown = table(MORE, BASE)
    assert findings(shown, ["words"])[0]["baseline"] == "set"
    shown.attrs["sets"] = ["base", "set"]
    assert findings(shown, ["words"])[0]["baseline"] == "base"


def test_alpha_is_shared_over_all_asked_differences():
    """Six rounds that all lean one way decide one question, seven two, eight four."""
    for rounds, asked in ((6, 1), (7, 2), (8, 4)):
        measures = ["words", "characters", "completion_tokens", "longest_repeat"][:asked]
        for n, outcome in ((rounds - 1, "open"), (rounds, "higher")):
            found = findings(table(BASE[:n], MORE[:n]), measures)
            assert (asked, n, found[0]["outcome"]) == (asked, n, outcome)


def test_more_sets_share_alpha_too():
    assert Questions(("a", "b", "c", "d"), "a", ("words", "variety")).alpha == ALPHA / 6


def test_a_smaller_difference_is_asked_for_by_its_share():
    shown = table(BASE, answers("set", "words", [104, 103, 107, 105, 106, 108, 105, 105]))
    outcomes = [findings(shown, ["words"], smallest=smallest)[0]["outcome"] for smallest in (0.2, 0.02)]
    assert outcomes == ["no_larger", "higher"]


@pytest.mark.parametrize("measure", ["repetition", "longest_repeat", "distinct_2"])
def test_shares_are_compared_by_points(measure):
    base = answers("base", measure, [0.5] * 6, repetition_unit="word-4")
    near, far = (answers("set", measure, [0.5 + step] * 6, repetition_unit="word-4") for step in (0.04, 0.06))
    assert [finding(base, each, measure=measure).outcome for each in (near, far)] == ["no_larger", "higher"]
    assert findings(table(base, far), [measure], points=7)[0]["outcome"] == "no_larger"


def test_lengths_are_compared_with_the_baseline_s_mean_so_far():
    found = finding(answers("base", "words", [50, 150] * 4), answers("set", "words", [75, 175] * 4))
    assert (found.outcome, found.decided_after, found.smallest) == ("higher", 6, 20)


def test_rounds_are_taken_in_their_order_whatever_the_order_of_the_rows():
    shuffled = np.random.default_rng(1).permutation(np.array([*BASE, *MORE], dtype=object))
    assert finding(shuffled) == finding(BASE, MORE)


def test_a_difference_ends_at_its_first_round_that_one_set_has_not_run():
    gap = [each for each in MORE if each["repeat"] != 4]
    assert counts(finding(BASE, gap)) == (3, 0, 0, 0)
    assert counts(finding(BASE, MORE[:5])) == (5, 0, 0, 0)


def test_a_cancelled_answer_was_not_run():
    assert counts(finding(BASE, but(MORE, 4, **CANCELLED))) == (3, 0, 0, 0)


def test_a_set_that_was_sent_no_more_does_not_end_the_others():
    found = find(
        records(table(BASE, MORE[:6], answers("third", "words", [150] * 8))),
        Questions(("base", "set", "third"), "base", ("words",)),
    )
    assert [each.rounds for each in found] == [6, 8]


@pytest.mark.parametrize("lost", [FAILED, {"words": None}, {"words": float("nan")}])
def test_a_pair_with_a_failed_or_valueless_answer_is_skipped_and_counted(lost):
    found = finding(but(BASE, 2, **lost), but(MORE, 5, **lost))
    assert (found.outcome, counts(found)) == ("higher", (6, 2, 0, 0))


def test_the_text_of_a_failed_answer_does_not_count():
    assert counts(finding(BASE, but(MORE, 5, words=3, status="error"))) == (7, 1, 0, 0)


def test_a_pair_with_a_cut_answer_is_skipped_for_lengths_and_counted():
    found = finding(but(BASE, 2, **CUT), but(MORE, 5, **CUT))
    assert (found.outcome, counts(found)) == ("higher", (6, 0, 2, 0))


def test_a_cut_answer_counts_in_what_does_not_grow_with_it():
    base, more = (answers(name, "longest_repeat", [share] * 6, **CUT) for name, share in (("base", 0.1), ("set", 0.5)))
    assert counts(finding(base, more, measure="longest_repeat")) == (6, 0, 0, 0)


@pytest.mark.parametrize(("cut", "outcome"), [(4, "open"), (5, "half_cut")])
def test_nothing_is_told_of_lengths_when_more_than_half_of_a_set_s_answers_are_cut(cut, outcome):
    rows = [each | (CUT if each["repeat"] <= cut else {}) for each in MORE]
    found = finding(BASE, rows)
    assert (found.outcome, found.cut, found.rounds) == (outcome, cut, 8 - cut if outcome == "open" else 0)


def test_latencies_are_compared_by_ratio():
    base, slow = (answers(name, "latency_s", [value] * 6) for name, value in (("base", 1.0), ("set", 3.0)))
    found = finding(base, slow, measure="latency_s")
    assert (found.outcome, found.unit, found.typical) == ("higher", "ratio", pytest.approx(3))


@pytest.mark.parametrize(("seconds", "apart"), [(60, 0), (61, 1)])
def test_latencies_of_answers_sent_more_than_a_minute_apart_are_not_paired(seconds, apart):
    base, slow = (answers(name, "latency_s", [value] * 8) for name, value in (("base", 1.0), ("set", 3.0)))
    later = (NOON + timedelta(seconds=30 + seconds)).isoformat()
    assert counts(finding(base, but(slow, 3, started_at=later), measure="latency_s")) == (8 - apart, 0, 0, apart)


def test_the_pairs_of_other_measures_may_lie_apart():
    assert counts(finding(BASE, but(MORE, 3, started_at="2026-11-24T12:00:00Z"))) == (8, 0, 0, 0)


def test_a_latency_of_zero_has_no_ratio_and_is_skipped():
    base, slow = (answers(name, "ttft_s", [value] * 6) for name, value in (("base", 1.0), ("set", 3.0)))
    assert counts(finding(base, but(slow, 3, ttft_s=0.0), measure="ttft_s")) == (5, 1, 0, 0)


KOREAN = "바다는 아주 넓고 깊으며 바다는 아주 넓고 깊다."
ENGLISH = "The sea is wide and deep, the sea is wide and deep, 바다."


def texts(name, *said):
    sent = NOON.isoformat()
    plain = GenerationParameters()
    return [
        row(Generation("e", name, n, n, "local", "m", plain, "ok", sent, text=text, measures=measure_text(text)))
        for n, text in enumerate(said, 1)
    ]


@pytest.mark.parametrize("measure", ["repetition", "distinct_2"])
def test_two_units_of_repetition_are_not_comparable(measure):
    found = finding(texts("base", *[ENGLISH] * 6), texts("set", *[KOREAN] * 6), measure=measure)
    assert (found.outcome, found.typical, found.counted_in) == ("not_comparable", None, "mixed")


def test_the_longest_repeat_is_counted_in_characters_in_every_script():
    rows = answers("set", "longest_repeat", [0.5] * 6, repetition_unit="grapheme-8")
    found = finding(
        answers("base", "longest_repeat", [0.1] * 6, repetition_unit="word-4"), rows, measure="longest_repeat"
    )
    assert (found.outcome, found.counted_in) == ("higher", None)


def test_sets_that_both_mix_scripts_are_compared_in_characters():
    base = texts("base", *[KOREAN, ENGLISH] * 3)
    mixed = finding(base, texts("set", *[ENGLISH, KOREAN] * 3), measure="repetition")
    assert (mixed.counted_in, mixed.rounds, mixed.above, mixed.below) == ("grapheme-8", 6, 3, 3)
    same = finding(base, texts("set", *[KOREAN, ENGLISH] * 3), measure="repetition")
    assert (same.outcome, same.counted_in) == ("equal", "grapheme-8")


def test_tokens_of_two_models_are_not_comparable_since_each_has_its_own_tokenizer():
    base = answers("base", "completion_tokens", [100] * 6)
    other = answers("set", "completion_tokens", [150] * 6, model="other")
    assert finding(base, other, measure="completion_tokens").outcome == "not_comparable"
    words = [each | {"words": each["completion_tokens"]} for each in [*base, *other]]
    assert finding(words).outcome == "higher"


def test_sets_of_different_experiments_are_not_paired():
    assert finding(BASE, [each | {"experiment_id": "other"} for each in MORE]).outcome == "not_comparable"


def test_rounds_of_two_experiments_are_paired_within_each():
    again = [each | {"experiment_id": "again"} for each in [*BASE[:3], *MORE[:5]]]
    assert counts(finding(BASE, MORE, again)) == (11, 0, 0, 0)


def test_a_set_of_which_all_answers_failed_has_no_values():
    found = finding(BASE, [each | FAILED for each in MORE])
    assert (found.outcome, found.failed, found.typical) == ("no_values", 8, None)


@pytest.mark.parametrize("rounds", [0, 1])
def test_below_two_pairs_there_are_too_few(rounds):
    assert finding(BASE, MORE[:rounds]).outcome == "too_few"


def test_sets_without_a_difference_are_equal_after_as_many_rounds_as_would_decide():
    same = answers("set", "words", [100] * 8)
    assert [finding(BASE[:n], same[:n]).outcome for n in (5, 6)] == ["open", "equal"]


def said(name, *words):
    return [answer(name, repeat, text=text) for repeat, text in enumerate(words, 1)]


def test_variety_is_compared_pair_by_pair():
    """Six pairs need twelve rounds; the thirteenth has no partner yet."""
    rows = said("base", *["ab"] * 13), said("set", *["ab", "cd"] * 6, "ab")
    found = finding(*rows, measure="variety")
    assert (found.outcome, found.rounds, found.typical, found.above) == ("higher", 6, 1, 6)
    assert finding(rows[0][:11], rows[1][:11], measure="variety").outcome == "open"


def test_a_pair_with_a_failed_or_empty_answer_has_no_variety():
    rows = said("set", *["ab", "cd"] * 6)
    rows = but(but(rows, 3, **FAILED), 8, text="")
    assert counts(finding(said("base", *["ab"] * 12), rows, measure="variety")) == (4, 2, 0, 0)


def test_variety_ends_at_the_first_pair_that_was_not_run():
    rows = [each for each in said("set", *["ab", "cd"] * 6) if each["repeat"] != 7]
    assert counts(finding(said("base", *["ab"] * 12), rows, measure="variety")) == (3, 0, 0, 0)


def test_a_check_is_compared_by_the_shares_that_pass():
    base, passing = answers("base", "check:json", [False] * 8), answers("set", "check:json", [True] * 8)
    (found,) = findings(table(but(base, 3, **{"check:json": None}), passing), ["json"])
    assert (found["outcome"], found["typical"], found["rounds"]) == ("higher", 1, 7)


def test_what_is_asked_afterwards_is_answered_and_marked():
    rows = records(table(BASE, MORE))
    questions = Questions(("base", "set"), "base", ("words",))
    (asked,) = find(rows, questions)
    (measure,) = find(rows, questions, measures=["characters"])
    (baseline,) = find(rows, questions, baseline="set")
    assert [each.asked for each in (asked, measure, baseline)] == [True, False, False]
    assert (baseline.set, baseline.outcome, baseline.typical) == ("base", "lower", -50)


def test_an_empty_table_and_a_single_set_have_no_findings():
    assert findings(pd.DataFrame(columns=COLUMNS)) == findings(table(BASE)) == []


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"ask": ["wrods"]}, "ask", "no measure 'wrods'"),
        ({"ask": []}, "ask", "at least one"),
        ({"smallest": 0}, "smallest", "above 0"),
        ({"points": "5"}, "points", "above 0"),
    ],
)
def test_what_cannot_be_asked_is_said(given, field, words):
    with pytest.raises(InputError, match=words) as refused:
        findings(table(BASE, MORE), **given)
    assert refused.value.field == field


def test_one_name_is_a_question_of_one_measure():
    assert findings(table(BASE, MORE), "words") == findings(table(BASE, MORE), ["words"])


kinds = st.sampled_from([{}, {}, {}, FAILED, CUT, {"words": None}])
rounds = st.lists(st.tuples(st.integers(1, 40), kinds, st.integers(1, 40), kinds), max_size=24)


def drawn(found):
    base = [answer("base", n, **{"words": each[0]} | each[1]) for n, each in enumerate(found, 1)]
    return base, [answer("set", n, **{"words": each[2]} | each[3]) for n, each in enumerate(found, 1)]


@given(rounds)
@settings(deadline=None)
def test_every_round_is_paired_or_counted_among_the_skipped(found):
    told = find([*drawn(found)[0], *drawn(found)[1]], Questions(("base", "set"), "base", ("words",)))[0]
    if told.outcome not in ("half_cut", "no_values"):
        assert sum(counts(told)) == len(found)
    assert told.above + told.below + told.equal == told.rounds


@given(rounds, st.integers(0, 24))
@settings(deadline=None)
def test_a_decision_stands_however_often_one_looked(found, first):
    base, other = drawn(found)
    questions = Questions(("base", "set"), "base", ("words",))
    (then,), (last,) = (find([*base[:n], *other[:n]], questions) for n in (first, len(found)))
    if then.decided_after and last.outcome != "half_cut":
        assert last.decided_after == then.decided_after
        assert {then.outcome, last.outcome} in ({then.outcome}, {"equal", "no_larger"})


def test_six_questions_with_skipped_pairs_hold_together_over_all_looks():
    """Three like sets of 60 rounds; a tenth of the answers fails, the longest tenth is cut, a tenth is sent late."""
    rng = np.random.default_rng(17)
    sets, size, runs, wrong = ("base", "b", "c"), 60, 300, 0
    asked = Questions(sets, "base", ("words", "repetition", "latency_s"), smallest=1e-9, points=1e-9)
    for _ in range(runs):
        fails, late = (rng.random((3, size)) < 0.1 for _ in range(2))
        words, loops = rng.lognormal(4, 0.5, (3, size)), rng.random((3, size)) * (rng.random((3, size)) < 0.3)
        rows = [
            answer(
                name,
                n + 1,
                words=words[i, n],
                repetition=loops[i, n],
                repetition_unit="word-4",
                latency_s=words[i, n] / 50,
                started_at=(NOON + timedelta(minutes=5 * n + 2 * bool(late[i, n]))).isoformat(),
                **(FAILED if fails[i, n] else CUT if words[i, n] > 104 else {}),
            )
            for i, name in enumerate(sets)
            for n in range(size)
        ]
        wrong += any(each.outcome in ("higher", "lower") for each in find(rows, asked))
    assert wrong / runs <= ALPHA
