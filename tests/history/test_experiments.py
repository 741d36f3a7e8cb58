"""The history on disk, on SQLite and on PostgreSQL."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from nim_core.errors import KINDS
from nim_core.history.meter import RequestRecord
from nim_core.values.dialogue import Message
from nim_core.values.events import Ended, Refusal
from nim_core.values.experiment import new_experiment, new_turn
from nim_core.values.generation import Generation, TextMeasures, Timing, Usage
from nim_core.values.parameters import GenerationParameters
from nim_core.values.sets import grid

pytestmark = pytest.mark.usefixtures("each_database")

EXPERIMENT = new_experiment("What is GPU?", grid(temperature=[0, 1]), endpoint="local", model="m")
GENERATION = Generation(
    experiment_id=EXPERIMENT.id,
    set="temperature=0",
    repeat=1,
    order=1,
    endpoint="local",
    model="m",
    parameters=GenerationParameters(temperature=0, stop=("\n", "끝")),
    status="ok",
    started_at="2026-11-23T00:00:00.000Z",
    text='Exact: "quotes", 한국어, \t tabs, 🙂\r\n',
    wait_s=0.5,
    timing=Timing(0.1, 0.2, 0.3),
    usage=Usage(5, 7),
    measures=TextMeasures(
        {"characters": 10, "words": 3, "repetition": 0.0, "longest_repeat": 0.1, "distinct_2": 1.0}, "word-4"
    ),
)
ENDED = Ended("parked", "rate_limited", resume_after_s=1200.0)


@pytest.mark.parametrize(
    "ended",
    [
        ENDED,
        Ended("done", "all_in", failures=2),
        Ended("refused", "refused", refusal=Refusal("bad_parameter", "Not supported: `seed`", ("seed",))),
        Ended("parked", "hour_spent", hourly=60, resume_after_s=300.0),
        Ended("failed", "store_failed", detail="The disk is full."),
    ],
)
def test_how_a_run_ended_comes_back_with_its_values(history, ended):
    history.experiments.save(EXPERIMENT)
    history.experiments.end(EXPERIMENT.id, ended)
    assert history.experiments.ended(EXPERIMENT.id) == ended


def test_a_failure_comes_back_with_the_servers_wording_and_the_fields_it_names(history):
    failed = replace(
        GENERATION, status="error", error="bad_parameter", error_detail="Bad `stop`", error_fields=("stop",)
    )
    history.experiments.add(failed)
    assert history.experiments.generations(EXPERIMENT.id) == [failed]


def test_a_generation_comes_back_as_it_was_written(history):
    history.experiments.add(GENERATION)
    assert history.experiments.generations(EXPERIMENT.id) == [GENERATION]


def test_a_later_generation_of_a_cell_replaces_the_earlier(history):
    history.experiments.add(replace(GENERATION, status="error", error="network"))
    history.experiments.add(GENERATION)
    assert history.experiments.generations(EXPERIMENT.id) == [GENERATION]


OUTCOMES = [("ok", None), ("cancelled", None), ("error", None), *(("error", kind) for kind in KINDS)]


def place(generation):
    """How much a generation is worth: an answer, an error that lasts, or what a resumed run sends again."""
    return (generation.status == "ok") + generation.lasting


def test_a_lasting_generation_gives_way_to_a_better_one_alone_and_any_other_to_what_comes_later(history):
    made = [replace(GENERATION, status=status, error=kind) for status, kind in OUTCOMES]
    pairs = list(itertools.product(made, made))
    for number, (first, second) in enumerate(pairs, start=1):
        standing, coming = (replace(each, repeat=number, order=number) for each in (first, second))
        coming = replace(coming, text="later")
        assert history.experiments.add(standing) == standing
        stays = standing.lasting and place(coming) <= place(standing)
        assert history.experiments.add(coming) == (standing if stays else coming), (standing, coming)


def test_an_answer_stands_however_many_write_its_cell_at_once(history):
    late = [replace(GENERATION, status=status, error=kind, text="late") for status, kind in OUTCOMES]
    history.experiments.add(GENERATION)
    with ThreadPoolExecutor(8) as threads:
        kept = list(threads.map(history.experiments.add, late * 4))
    assert {each.text for each in kept} == {GENERATION.text}
    assert history.experiments.generations(EXPERIMENT.id) == [GENERATION]


def test_an_experiment_comes_back_as_it_was_written_and_can_grow(history):
    history.experiments.save(EXPERIMENT)
    grown = replace(EXPERIMENT, repeats=8)
    history.experiments.save(grown)
    assert history.experiments.experiment(EXPERIMENT.id) == grown


def test_how_a_run_ended_is_kept(history):
    history.experiments.save(EXPERIMENT)
    assert history.experiments.ended(EXPERIMENT.id) is None
    history.experiments.end(EXPERIMENT.id, ENDED)
    assert history.experiments.ended(EXPERIMENT.id) == ENDED


def test_chat_turns_do_not_stand_among_the_comparisons(history):
    turn = new_turn("Hi", GenerationParameters(), endpoint="local", model="m")
    history.experiments.save(turn)
    history.experiments.save(EXPERIMENT)
    assert history.experiments.comparisons() == [EXPERIMENT]
    assert history.experiments.turns(turn.conversation) == [turn]


def test_an_unknown_experiment_is_none(history):
    assert history.experiments.experiment("0" * 32) is None


def test_text_comes_back_exact_even_where_it_holds_characters_that_a_database_refuses(history):
    text = "NUL \x00, SUB \x1a, \x1a0, \x1a1, BOM \ufeff, \uffff, %s, ' and \\"
    spoken = replace(GENERATION, text=text, reasoning=text, model=text, set=text)
    history.experiments.add(spoken)
    asked = replace(EXPERIMENT, messages=(Message("user", text),), model=text)
    history.experiments.save(asked)
    assert history.experiments.generations(EXPERIMENT.id) == [spoken]
    assert history.experiments.experiment(EXPERIMENT.id) == asked


def test_eight_threads_add_generations_at_once_and_none_is_lost(history):
    rows = [replace(GENERATION, repeat=number + 1, order=number + 1) for number in range(160)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(history.experiments.add, rows))
    assert history.experiments.generations(EXPERIMENT.id) == rows


def test_two_who_write_the_same_cell_at_once_leave_one_row(history):
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(history.experiments.add, [GENERATION] * 40))
        list(threads.map(history.experiments.save, [EXPERIMENT] * 40))
    assert history.experiments.generations(EXPERIMENT.id) == [GENERATION]
    assert history.experiments.comparisons() == [EXPERIMENT]


def test_how_an_earlier_run_ended_is_forgotten_when_another_begins(history):
    history.experiments.save(EXPERIMENT)
    history.experiments.end(EXPERIMENT.id, ENDED)
    history.experiments.save(EXPERIMENT)
    assert history.experiments.ended(EXPERIMENT.id) is None


def test_credits_left_are_what_the_user_named_less_what_was_sent_since(history):
    mine = history.meter.fingerprint("nvapi-fake-a")
    record = RequestRecord("nvidia", mine, "m", "ok", None)
    history.meter.add(record)
    assert history.meter.read("nvidia", mine).left == 999
    history.meter.set_credits(mine, 50)
    assert history.meter.read("nvidia", mine).left == 50
    history.meter.add(record)
    assert history.meter.read("nvidia", mine).left == 49


def test_an_account_without_credits_is_set_to_zero(history):
    mine = history.meter.fingerprint("nvapi-fake-a")
    history.meter.add(RequestRecord("nvidia", mine, "m", "credits_exhausted", None))
    assert history.meter.read("nvidia", mine).left == 0


def test_two_keys_are_counted_apart(history):
    first, second = (history.meter.fingerprint(key) for key in ("nvapi-fake-a", "nvapi-fake-b"))
    history.meter.add(RequestRecord("nvidia", first, "m", "ok", None))
    assert history.meter.read("nvidia", second).last_minute == 0


def test_one_key_is_counted_apart_at_each_endpoint(history):
    mine, other = history.meter.fingerprint(None), "http://127.0.0.1:8000/v1"
    for endpoint in ("local", "local", other):
        history.meter.add(RequestRecord(endpoint, mine, "m", "ok", None))
    found = [history.meter.read(endpoint, mine).last_minute for endpoint in ("local", other, "nvidia")]
    assert found == [2, 1, 0]
    assert [len(history.meter.sent_in_the_last_hour(each, mine)) for each in ("local", "nvidia")] == [2, 0]
    assert [each.requests for each in history.meter.per_day(other, mine)] == [1]
    assert history.meter.read("nvidia", mine).left == 1_000


def test_only_the_hosted_catalog_counts_credits_and_no_other_server_uses_them_up(history):
    mine, other = history.meter.fingerprint("nvapi-fake-a"), "http://127.0.0.1:8000/v1"
    history.meter.add(RequestRecord(other, mine, "m", "credits_exhausted", None))
    assert history.meter.read("nvidia", mine).left == 1_000
    assert (history.meter.read(other, mine).left, history.meter.read("local", mine).left) == (None, None)
