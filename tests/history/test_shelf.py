"""Experiments kept by name."""

import pytest

from nim_core.values.experiment import new_experiment
from nim_core.values.sets import grid

pytestmark = pytest.mark.usefixtures("each_database")


@pytest.fixture
def kept(history):
    experiments = [
        new_experiment(prompt, grid(temperature=[0, 1]), endpoint="local", model="m")
        for prompt in ("What is GPU?", "What is 100% wool?")
    ]
    for experiment in experiments:
        history.experiments.save(experiment)
    return experiments


def ids(entries):
    return [entry.experiment.id for entry in entries]


def test_a_name_and_a_note_are_kept(history, kept):
    history.shelf.describe(kept[0].id, name=" Chips ", note="**good**")
    entry = next(each for each in history.shelf.entries() if each.experiment.id == kept[0].id)
    assert (entry.title, entry.note) == ("Chips", "**good**")


def test_without_a_name_the_prompt_is_the_title(history, kept):
    assert {entry.title for entry in history.shelf.entries()} == {"What is GPU?", "What is 100% wool?"}


def test_every_word_of_a_search_must_stand_somewhere(history, kept):
    history.shelf.describe(kept[0].id, name="Chips", note="")
    assert ids(history.shelf.entries("gpu chips")) == [kept[0].id]
    assert history.shelf.entries("gpu wool") == []


def test_a_percent_sign_is_searched_for_as_such(history, kept):
    assert ids(history.shelf.entries("100%")) == [kept[1].id]


def test_a_deletion_can_be_undone_and_keeps_name_and_rows(history, kept):
    history.shelf.describe(kept[0].id, name="Chips", note="")
    history.shelf.delete(kept[0].id)
    assert ids(history.shelf.entries()) == [kept[1].id]
    history.shelf.restore(kept[0].id)
    assert {entry.title for entry in history.shelf.entries()} == {"Chips", "What is 100% wool?"}
