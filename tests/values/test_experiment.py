"""What is asked, and in which order."""

from dataclasses import replace

import pytest

from nim_core.errors import InputError
from nim_core.values.dialogue import Message
from nim_core.values.experiment import Cell, new_experiment, new_turn
from nim_core.values.generation import Generation
from nim_core.values.parameters import GenerationParameters
from nim_core.values.sets import ParameterSet, grid

SETS = grid(temperature=[0, 0.5, 1])


def experiment(**changes):
    return new_experiment("What is GPU?", SETS, endpoint="local", model="m", **changes)


def generation(cell, status="ok", error=None):
    return Generation(
        "x", cell.set, cell.repeat, 1, "local", "m", GenerationParameters(), status, "2026-01-01T00:00:00Z", error=error
    )


def test_each_round_runs_every_set_once():
    plan = experiment(repeats=4).plan()
    rounds = [plan[start : start + 3] for start in range(0, 12, 3)]
    assert [{cell.set for cell in round_} for round_ in rounds] == [{each.name for each in SETS}] * 4
    assert [{cell.repeat for cell in round_} for round_ in rounds] == [{1}, {2}, {3}, {4}]


def test_the_order_inside_rounds_varies_so_that_drift_does_not_look_like_a_parameter():
    plan = experiment(repeats=20).plan()
    assert len({tuple(cell.set for cell in plan[start : start + 3]) for start in range(0, 60, 3)}) > 1


def test_added_rounds_leave_the_earlier_order_as_it_was():
    first = experiment(repeats=3)
    assert replace(first, repeats=8).plan()[:9] == first.plan()


def test_repeat_k_sends_seed_n_plus_k_minus_1():
    seeded = experiment(seed=7)
    assert [seeded.parameters_of(Cell(SETS[0].name, repeat)).seed for repeat in (1, 2, 3)] == [7, 8, 9]


def test_a_resumed_run_sends_what_is_missing_and_what_may_succeed_on_retry():
    asked = experiment(repeats=2)
    ok, refused, network, cancelled, limited, _missing = asked.plan()
    done = [
        generation(ok),
        generation(refused, "error", "context_overflow"),
        generation(network, "error", "network"),
        generation(cancelled, "cancelled"),
        generation(limited, "error", "rate_limited"),
    ]
    assert asked.missing(done) == asked.plan()[2:]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"prompt": "   "}, "prompt"),
        ({"prompt": "x" * 200_000}, "prompt"),
        ({"prompt": "\ud800"}, "prompt"),
        ({"sets": []}, "sets"),
        ({"sets": [SETS[0], SETS[0]]}, "sets"),
        ({"sets": [SETS[0], ParameterSet("other", SETS[0].parameters)]}, "sets"),
        ({"sets": grid(seed=range(600)) + grid(max_tokens=range(1, 602))}, "sets"),
        ({"model": "\udcff"}, "model"),
        ({"model": " "}, "model"),
        ({"endpoint": "\udcff"}, "endpoint"),
        ({"system": "\udcff"}, "system"),
        ({"repeats": 10**4_000}, "repeats"),
        ({"repeats": 0}, "repeats"),
        ({"repeats": 1_001}, "repeats"),
        ({"concurrency": 0}, "concurrency"),
        ({"warmup": -1}, "warmup"),
        ({"rpm": 0}, "rpm"),
        ({"rpm": "fast"}, "rpm"),
        ({"stream": "no"}, "stream"),
        ({"prompt": None}, "prompt"),
        ({"prompt": ["a", "b"]}, "prompt"),
        ({"system": 7}, "system"),
        ({"model": ["a", "b"]}, "model"),
        ({"model": None}, "model"),
        ({"endpoint": 8000}, "endpoint"),
        ({"sets": ["temperature=0"]}, "sets"),
        ({"sets": 0.5}, "sets"),
        ({"seed": -1}, "seed"),
        ({"seed": 1, "sets": [ParameterSet("a", GenerationParameters(seed=2))]}, "seed"),
    ],
)
def test_what_cannot_be_sent_is_refused_at_its_field(changes, field):
    values = {"prompt": "What is GPU?", "sets": SETS, "endpoint": "local", "model": "m"} | changes
    with pytest.raises(InputError) as refusal:
        new_experiment(values.pop("prompt"), values.pop("sets"), **values)
    assert refusal.value.field == field


@pytest.mark.parametrize(("repeats", "seed", "left"), [(3, None, 997), (1_000, None, 0), (3, 2**32 - 7, 2)])
def test_an_experiment_tells_how_many_rounds_can_still_be_added(repeats, seed, left):
    asked = new_experiment("Hi", SETS, endpoint="local", model="m", repeats=repeats, seed=seed)
    assert asked.rounds_left == left
    assert replace(asked, repeats=repeats + left).rounds_left == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [("temperature", 2.1), ("temperature", -0.1), ("top_p", 0), ("top_p", 1.1), ("frequency_penalty", 3),
     ("presence_penalty", -3), ("max_tokens", 0), ("max_tokens", 2.5), ("seed", -1), ("temperature", "warm"),
     ("temperature", float("nan")), ("temperature", True), ("stop", ""), ("stop", [1]), ("stop", 5),
     ("max_tokens", 10**400), ("stop", {"a": 1}), ("stop", ["\udcff"]), ("stop", b"ab")],
)  # fmt: skip
def test_a_parameter_out_of_its_range_is_refused_and_named(name, value):
    with pytest.raises(InputError, match=name):
        GenerationParameters(**{name: value})


def test_a_number_too_long_to_be_written_is_refused():
    with pytest.raises(InputError, match=r"2\*\*\d+…"):
        GenerationParameters(max_tokens=10**5_000)


def test_a_set_name_that_is_no_utf_8_is_refused():
    with pytest.raises(InputError, match="set name"):
        ParameterSet("\udcff", GenerationParameters())


def test_an_answer_too_long_to_be_sent_along_says_how_to_go_on():
    said = Message("assistant", "x" * 100_001)
    with pytest.raises(InputError, match=r"An earlier answer has 100,001 characters.*Start a new chat"):
        new_turn("Go on", GenerationParameters(), endpoint="local", model="m", earlier=[said])
