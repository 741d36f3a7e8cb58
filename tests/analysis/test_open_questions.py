"""What is open still, and how many rounds it may take."""

import pytest

from nim_core.analysis.findings import Finding
from nim_core.analysis.open_questions import fewest_rounds, open_questions, open_sets, rounds_if_alike
from nim_core.analysis.questions import Questions

TWO = Questions(("base", "set"), "base", ("words",))


def finding(measure="words", *, name="set", outcome="open", rounds=0, above=0, below=0, decided_after=None, asked=True):
    return Finding(
        name,
        "base",
        measure,
        outcome,
        "words",
        rounds=rounds,
        above=above,
        below=below,
        equal=rounds - above - below,
        decided_after=decided_after,
        asked=asked,
    )


def test_a_set_is_open_as_long_as_one_of_its_differences_is():
    decided = finding(outcome="higher", rounds=6, above=6, decided_after=6)
    assert open_sets([decided]) == ()
    assert open_sets([decided, finding("repetition", rounds=6)]) == ("set",)
    assert open_sets([finding(name="b"), decided, finding(name="a"), finding("repetition", name="b")]) == ("b", "a")


@pytest.mark.parametrize("outcome", ["too_few", "half_cut", "no_values"])
def test_what_could_not_be_told_yet_is_open(outcome):
    assert open_sets([finding(outcome=outcome)]) == ("set",)


def test_what_no_round_can_decide_keeps_no_set_going():
    assert open_sets([finding("completion_tokens", outcome="not_comparable")]) == ()


def test_what_was_not_asked_before_keeps_no_set_going():
    assert open_sets([finding(asked=False)]) == ()


def test_no_difference_larger_and_equal_are_answers():
    both = [finding(outcome=each, rounds=6, decided_after=6) for each in ("no_larger", "equal")]
    assert open_questions(both, TWO) == ()


def test_a_check_that_never_differed_is_open_until_its_share_is_known():
    asked = Questions(("base", "set"), "base", ("is polite",))
    (still,) = open_questions([finding("is polite", outcome="equal", rounds=20)], asked)
    assert (still.least, still.likely) == (1, 77)  # 97 rounds in all


def test_before_the_first_round_as_many_are_needed_as_can_decide():
    (still,) = open_questions([finding(outcome="too_few")], TWO)
    assert (still.least, still.likely) == (6, 6)


def test_rounds_that_lean_one_way_need_the_rest():
    (still,) = open_questions([finding(rounds=4, above=4)], TWO)
    assert (still.least, still.likely) == (2, 2)


def test_rounds_that_lean_a_little_likely_take_longer():
    """Of eight rounds six lie above: a lean of 6.5 of 9."""
    (still,) = open_questions([finding(rounds=8, above=6, below=2)], TWO)
    assert still.least == 1
    assert 8 < still.likely < 40


def test_rounds_that_lean_no_way_are_not_foretold():
    (still,) = open_questions([finding(rounds=8, above=4, below=4)], TWO)
    assert still.likely is None


def test_rounds_that_mostly_tie_take_longer_in_proportion():
    (rare,) = open_questions([finding(rounds=12, above=3)], TWO)
    (often,) = open_questions([finding(rounds=3, above=3)], TWO)
    assert rare.likely == 4 * often.likely


def test_variety_takes_two_rounds_for_each_pair():
    asked = Questions(("a", "b", "c", "d"), "a", ("variety",))
    assert (fewest_rounds("variety", asked), fewest_rounds("words", asked)) == (16, 8)
    (still,) = open_questions([finding("variety", rounds=4, above=4)], Questions(("base", "set"), "base", ("variety",)))
    assert (still.least, still.likely) == (4, 4)


def test_what_takes_more_rounds_than_are_looked_ahead_is_not_foretold():
    slow = finding(rounds=8, above=6, below=2)
    assert open_questions([slow], TWO, ahead=8)[0].likely is None


def test_that_two_checks_are_alike_takes_many_rounds():
    six = Questions(("a", "b", "c", "d"), "a", ("is polite", "is short"))
    assert (rounds_if_alike("is polite", six), fewest_rounds("is polite", six)) == (133, 9)
    assert rounds_if_alike("words", six) == 9
