"""Conversations: what is shown, versions, the list, deletion."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from nim_core.history import open_history
from nim_core.values.clock import utc_now
from nim_core.values.experiment import new_turn
from nim_core.values.generation import Generation
from nim_core.values.parameters import GenerationParameters

TALK = "a" * 32
OTHER = "b" * 32
MINE, THEIRS = "c" * 32, "d" * 32


def turn_of(prompt, conversation=TALK, earlier=()):
    return new_turn(
        prompt, GenerationParameters(), endpoint="local", model="m", earlier=earlier, conversation=conversation
    )


def answer_to(turn, text="An answer."):
    return Generation(
        experiment_id=turn.id,
        set="chat",
        repeat=1,
        order=1,
        endpoint="local",
        model="m",
        parameters=GenerationParameters(),
        status="ok",
        started_at=utc_now(),
        text=text,
    )


def add(history, prompt, parent=None, conversation=TALK):
    turn = turn_of(prompt, conversation)
    history.conversations.add(turn, parent=parent)
    return turn.id


def prompts(history, conversation=TALK):
    return [turn.prompt for turn in history.conversations.path(conversation)]


def test_turns_are_shown_in_the_order_in_which_they_were_asked(history):
    first = add(history, "one")
    second = add(history, "two", parent=first)
    add(history, "three", parent=second)
    assert prompts(history) == ["one", "two", "three"]


def test_asking_again_shows_the_new_version_and_keeps_the_earlier(history):
    first = add(history, "one")
    again = add(history, "one")
    (turn,) = history.conversations.path(TALK)
    assert turn.id == again
    assert turn.versions == (first, again)


def test_flipping_back_shows_what_followed_the_earlier_version(history):
    first = add(history, "one")
    add(history, "what followed", parent=first)
    add(history, "one, edited")
    assert prompts(history) == ["one, edited"]
    history.conversations.show(first)
    assert prompts(history) == ["one", "what followed"]


def test_versions_of_a_later_turn_leave_the_first_turn_alone(history):
    first = add(history, "one")
    add(history, "two", parent=first)
    add(history, "two, edited", parent=first)
    one, two = history.conversations.path(TALK)
    assert (len(one.versions), len(two.versions)) == (1, 2)


def test_a_conversation_survives_the_closing_of_the_store(history, settings):
    first = add(history, "one")
    add(history, "two", parent=first)
    add(history, "two again", parent=first)
    history.close()
    reopened = open_history(settings)
    assert [turn.prompt for turn in reopened.conversations.path(TALK)] == ["one", "two again"]
    assert len(reopened.conversations.path(TALK)[1].versions) == 2
    reopened.close()


def test_the_list_holds_the_last_changed_first_under_its_first_question(history):
    add(history, "What is a\nGPU?")
    add(history, "x" * 200, conversation=OTHER)
    listed = history.conversations.listed()
    assert {each.title for each in listed} == {"What is a GPU?", "x" * 59 + "…"}
    assert [each.changed_at for each in listed] == sorted((each.changed_at for each in listed), reverse=True)


def test_a_search_finds_words_of_questions_answers_and_titles(history):
    turn = turn_of("Why is the sky blue?")
    history.conversations.add(turn, parent=None)
    history.experiments.add(answer_to(turn, "레일리 산란 100%"))
    add(history, "Something else", conversation=OTHER)
    for words in ("SKY", "산란", "blue 레일리", "100%"):
        assert [each.id for each in history.conversations.listed(words)] == [TALK]
    history.conversations.rename(OTHER, "Notes on trees")
    assert [each.id for each in history.conversations.listed("trees")] == [OTHER]
    assert history.conversations.listed("sky trees") == []


def test_a_search_takes_wildcards_as_plain_text(history):
    add(history, "plain words")
    assert history.conversations.listed("%") == []
    assert history.conversations.listed("_") == []


def test_the_list_of_one_workspace_leaves_out_the_conversations_of_others(history):
    add(history.of(MINE), "mine")
    add(history.of(THEIRS), "theirs", conversation=OTHER)
    assert [each.title for each in history.of(MINE).conversations.listed()] == ["mine"]
    assert len(history.conversations.listed()) == 2


def test_an_empty_title_changes_nothing(history):
    add(history, "one")
    history.conversations.rename(TALK, "  ")
    assert history.conversations.find(TALK).title == "one"


def test_a_deleted_conversation_is_out_of_sight_and_can_be_brought_back(history):
    add(history, "one")
    history.conversations.delete(TALK)
    assert history.conversations.listed() == []
    assert prompts(history) == []
    history.conversations.bring_back(TALK)
    assert prompts(history) == ["one"]


def test_what_was_deleted_long_ago_is_erased_with_its_answers(history, settings):
    turn = turn_of("secret")
    history.conversations.add(turn, parent=None)
    history.experiments.add(answer_to(turn))
    add(history, "kept", conversation=OTHER)
    history.conversations.delete(TALK)
    with closing(sqlite3.connect(settings.store_url.removeprefix("sqlite:///"))) as file, file:
        file.execute("UPDATE conversations SET deleted_at = '2026-01-01T00:00:00.000Z' WHERE deleted_at IS NOT NULL")
    history.conversations.delete("c" * 32)
    assert history.conversations.find(TALK) is None
    assert history.experiments.experiment(turn.id) is None
    assert history.experiments.generations(turn.id) == []
    assert prompts(history, OTHER) == ["kept"]


def test_an_unknown_conversation_is_empty(history):
    assert prompts(history, "f" * 32) == []
    assert history.conversations.find("f" * 32) is None
