"""Workspaces: what one person keeps is out of another's reach."""

from __future__ import annotations

import pytest

from nim_core.history import open_history
from nim_core.history.meter import RequestRecord
from nim_core.values.events import Ended
from nim_core.values.experiment import new_experiment, new_turn
from nim_core.values.parameters import GenerationParameters
from nim_core.values.sets import grid
from tests.data.make_store import generation

pytestmark = pytest.mark.usefixtures("each_database")

ADA, BOB = "a" * 32, "b" * 32
TALK = "c" * 32


@pytest.fixture
def ada(history):
    return history.of(ADA)


@pytest.fixture
def bob(history):
    return history.of(BOB)


@pytest.fixture
def hers(ada):
    """An experiment of Ada's with one answer."""
    experiment = new_experiment("A secret", grid(temperature=[0, 1]), endpoint="local", model="m")
    ada.experiments.save(experiment)
    ada.experiments.add(generation(experiment, 1))
    ada.experiments.end(experiment.id, Ended("done", "all_in"))
    return experiment


def turn(prompt, conversation=TALK):
    return new_turn(prompt, GenerationParameters(), endpoint="local", model="m", conversation=conversation)


def test_an_experiment_and_its_answers_are_found_in_their_own_workspace_alone(ada, bob, hers):
    assert ada.experiments.experiment(hers.id) == hers
    assert len(ada.experiments.generations(hers.id)) == 1
    assert [entry.experiment for entry in ada.shelf.entries()] == [hers]
    assert (bob.experiments.experiment(hers.id), bob.experiments.ended(hers.id)) == (None, None)
    assert (bob.experiments.generations(hers.id), bob.experiments.comparisons(), bob.shelf.entries()) == ([], [], [])


def test_what_was_kept_before_the_server_was_shared_is_in_nobodys_reach(history, ada):
    alone = new_experiment("The operator's own", grid(temperature=[0]), endpoint="local", model="m")
    history.experiments.save(alone)
    history.conversations.add(turn("The operator's own"), parent=None)
    assert (ada.experiments.experiment(alone.id), ada.shelf.entries()) == (None, [])
    assert (ada.conversations.listed(), ada.conversations.path(TALK)) == ([], ())


def test_the_one_user_of_a_computer_sees_everything(history, hers):
    assert [entry.experiment for entry in history.shelf.entries()] == [hers]
    assert len(history.experiments.generations(hers.id)) == 1


def test_an_experiment_that_the_worker_saves_again_keeps_its_owner(history, ada, hers):
    history.experiments.save(hers)
    assert ada.experiments.experiment(hers.id) == hers


def test_a_conversation_is_found_renamed_and_deleted_in_its_own_workspace_alone(ada, bob):
    ada.conversations.add(turn("Hello"), parent=None)
    bob.conversations.rename(TALK, "Mine now")
    bob.conversations.delete(TALK)
    assert (bob.conversations.path(TALK), bob.conversations.find(TALK), bob.conversations.listed()) == ((), None, [])
    assert [each.title for each in ada.conversations.listed()] == ["Hello"]
    assert len(ada.conversations.path(TALK)) == 1


def test_the_same_key_is_counted_apart_in_each_workspace(ada, bob):
    mine, theirs = (each.meter.fingerprint("nvapi-fake") for each in (ada, bob))
    ada.meter.add(RequestRecord("nvidia", mine, "m", "ok", None))
    assert [each.meter.read("nvidia", key).last_hour for each, key in ((ada, mine), (bob, theirs))] == [1, 0]


def test_two_servers_on_one_store_know_a_key_by_the_same_fingerprint(settings, history):
    other = open_history(settings)
    assert other.of(ADA).meter.fingerprint("nvapi-fake") == history.of(ADA).meter.fingerprint("nvapi-fake")
    other.close()
