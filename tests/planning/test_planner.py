"""From what was asked to the experiment: the defaults, and what is found before anything is sent."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from nim_core.errors import InputError
from nim_core.planning.planner import Asked, planned
from nim_core.settings import Settings
from nim_core.terminal.commands import main
from nim_core.testing import NimServer, Says
from nim_core.values.parameters import STARTING


def no_key(_place):
    return None


@pytest.fixture
def server():
    with NimServer([Says("Hello")]) as made:
        yield made


def test_what_is_not_asked_for_is_what_the_contract_names():
    plan = planned(Asked("What is GPU?"), Settings(), no_key)
    assert (plan.endpoint, plan.repeats, plan.warmup, plan.concurrency, plan.rpm) == ("local", 3, 1, 1, None)
    assert [(each.name, each.parameters) for each in plan.sets] == [("default", STARTING)]
    assert (plan.seed, plan.stream, plan.system) == (None, True, None)


def test_the_pace_is_the_endpoint_s_own_unless_it_is_asked_for(server):
    settings = Settings(nvidia_url=server.url)
    usual = planned(Asked("x", endpoint="nvidia", model="m"), settings, no_key)
    asked = planned(Asked("x", endpoint="nvidia", model="m", rpm=7, concurrency=2), settings, no_key)
    assert (usual.rpm, usual.concurrency, asked.rpm, asked.concurrency) == (40, 4, 7, 2)


def test_the_model_is_the_first_candidate_that_the_server_lists(server):
    plan = planned(Asked("x", endpoint=server.url), Settings(), no_key)
    assert plan.model == "meta/llama-3.1-8b-instruct"


@pytest.mark.parametrize("wrong", [{"prompt": " "}, {"repeats": 0}, {"sets": ()}, {"warmup": -1}, {"rpm": 0.0}])
def test_what_is_wrong_is_found_before_the_models_are_asked_for(server, wrong):
    with pytest.raises(InputError):
        planned(Asked(**{"prompt": "x", "endpoint": server.url} | wrong), Settings(), no_key)
    assert server.seen == []


def test_a_missing_key_is_found_before_the_models_are_asked_for(server):
    def missing(_place):
        raise InputError("There is no key.")

    with pytest.raises(InputError, match="no key"):
        planned(Asked("x", endpoint=server.url), Settings(), missing)
    assert server.seen == []


def test_a_server_that_the_operator_has_not_listed_is_not_asked_for_its_models(server):
    with pytest.raises(InputError, match="for several people"):
        planned(Asked("x", endpoint=server.url), Settings(shared=True), no_key)
    assert server.seen == []


def test_a_chat_without_a_question_sends_nothing(server):
    assert CliRunner().invoke(main, ["chat", " ", "--endpoint", server.url]).exit_code == 2
    assert server.seen == []


def test_a_terminal_whose_store_cannot_be_opened_sends_nothing(server):
    ran = CliRunner().invoke(main, ["compare", "--prompt", "x", "--endpoint", server.url, "--store", "nonsense"])
    assert (ran.exit_code, len(ran.stderr.splitlines())) == (2, 1)
    assert server.seen == []


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (("--warmup", "0"), "--warmup"),
        (("--seed", "0"), "--seed"),
        (("--prompt", ""), "--prompt"),
        (("--set", "a: temperature=1"), "--set"),
        (("--grid", "temperature=1"), "--grid"),
        (("--no-stream",), "--no-stream"),
    ],
)
def test_resume_refuses_what_it_does_not_take_by_the_name_of_its_flag(options, named):
    ran = CliRunner().invoke(main, ["compare", "--resume", "0" * 32, *options])
    assert ran.exit_code == 2
    assert f"leave {named} out" in ran.stderr
