"""A server for several people: workspaces, listed servers, the operator's key."""

from __future__ import annotations

import re

import pytest

from nim_core.history import open_history
from nim_core.settings import Settings
from nim_core.testing import NimServer, Says
from nim_core.values.experiment import new_experiment, new_turn
from nim_core.values.parameters import GenerationParameters
from nim_core.values.sets import grid
from tests.pages.conftest import by_label, said

OPERATORS = "nvapi-" + "OPER" * 16
OWN = "nvapi-" + "MINE" * 16


@pytest.fixture
def catalog(monkeypatch):
    """The hosted catalog, on a shared server whose operator has set a key."""
    with NimServer([Says("Hello")]) as server:
        monkeypatch.setenv("NIM_LAB_SHARED", "1")
        monkeypatch.setenv("NIM_LAB_NVIDIA_URL", server.url)
        monkeypatch.setenv("NVIDIA_API_KEY", OPERATORS)
        monkeypatch.setenv("NIM_LAB_HOURLY_REQUESTS", "7")
        yield server


@pytest.fixture
def operators_own(catalog):
    """What the operator had kept before the server was shared."""
    history = open_history(Settings())
    experiment = new_experiment("An old secret", grid(temperature=[0]), endpoint="local", model="m")
    history.experiments.save(experiment)
    turn = new_turn("An old question", GenerationParameters(), endpoint="local", model="m", conversation="c" * 32)
    history.conversations.add(turn, parent=None)
    yield experiment
    history.close()


def workspace(test):
    return test.query_params["workspace"]


def test_each_visitor_gets_a_workspace_that_nobody_can_guess(app, catalog):
    first, second = app(), app()
    assert re.fullmatch("[0-9a-f]{32}", workspace(first))
    assert workspace(first) != workspace(second)


def test_an_address_of_another_shape_opens_a_new_workspace(app, catalog):
    test = app()
    other = type(test).from_file(test._script_path, default_timeout=60)
    other.query_params["workspace"] = "../class-1"
    other.run()
    assert re.fullmatch("[0-9a-f]{32}", workspace(other))


def test_a_bookmark_finds_its_workspace_again(app, catalog):
    test = app()
    history = open_history(Settings())
    experiment = new_experiment("Mine", grid(temperature=[0]), endpoint="local", model="m")
    history.of(workspace(test)).experiments.save(experiment)
    history.close()
    again = type(test).from_file(test._script_path, default_timeout=60)
    again.query_params["workspace"] = workspace(test)
    again.run()
    again.switch_page("compare.py").run()
    assert any("Mine" in expander.label for expander in again.expander)


def test_the_operators_experiments_are_in_no_list_and_behind_no_address(app, operators_own):
    test = app()
    test.query_params["experiment"] = operators_own.id
    test.switch_page("compare.py").run()
    assert not test.exception
    assert "An old secret" not in said(test)
    assert not any("An old secret" in expander.label for expander in test.expander)
    assert "experiment" not in test.query_params


def test_a_conversation_of_somebody_else_is_neither_shown_nor_continued(app, operators_own):
    test = app()
    test.query_params["conversation"] = "c" * 32
    test.switch_page("chat.py").run()
    assert "An old question" not in said(test)
    test.chat_input[0].set_value("Mine").run()
    history = open_history(Settings())
    assert [turn.prompt for turn in history.conversations.path("c" * 32)] == ["An old question"]
    assert [each.title for each in history.of(workspace(test)).conversations.listed()] == ["Mine"]
    history.close()


def test_other_servers_are_those_that_the_operator_has_listed(app, catalog, monkeypatch):
    with NimServer([Says("Hello")]) as listed:
        monkeypatch.setenv("NIM_LAB_ENDPOINTS", listed.url)
        test = app()
        by_label(test.radio, "Endpoint").set_value("other").run()
        assert not any(field.label == "Server URL" for field in test.text_input)
        by_label(test.selectbox, "Server URL").set_value(listed.url).run()
        assert not test.exception
        assert listed.url in test.query_params["endpoint"]


def test_a_link_leads_to_no_server_that_is_not_listed(app, catalog):
    with NimServer([Says("Hello")]) as unlisted:
        test = app()
        other = type(test).from_file(test._script_path, default_timeout=60)
        other.query_params["endpoint"] = unlisted.url
        other.run()
        assert by_label(other.radio, "Endpoint").value == "local"
        assert unlisted.seen == []


def test_the_operators_key_is_used_never_shown_and_counted_by_the_visitors_hour(app, catalog):
    test = app()
    by_label(test.radio, "Endpoint").set_value("nvidia").run()
    assert "set by the operator" in said(test)
    assert OPERATORS[-4:] not in said(test)
    assert not any(button.label == "Check key" for button in test.button)
    assert by_label(test.metric, "Your requests left this hour").value == "7"
    assert not any(field.label == "Credits I have now" for field in test.number_input)


def test_a_key_of_ones_own_has_no_hourly_limit(app, catalog):
    test = app()
    by_label(test.radio, "Endpoint").set_value("nvidia").run()
    by_label(test.text_input, "API key").set_value(OWN).run()
    assert by_label(test.metric, "Credits left").value == "1,000"


def test_the_operators_key_goes_to_no_server_that_a_visitor_types(app, monkeypatch):
    monkeypatch.setenv("NVIDIA_API_KEY", OPERATORS)
    with NimServer([Says("Hello")]) as typed:
        test = app()
        by_label(test.radio, "Endpoint").set_value("other").run()
        by_label(test.text_input, "Server URL").set_value(typed.url).run()
        test.switch_page("models.py").run()
        assert typed.seen
        assert all(OPERATORS not in str(seen.headers) for seen in typed.seen)


def test_nobody_takes_the_built_in_model_for_themselves(app, catalog):
    test = app("compare.py")
    assert by_label(test.number_input, "Calls at once").max == 1
    assert "Others may use the built-in model" in said(test)
