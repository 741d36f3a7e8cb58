"""The page's address may name a server: one that was never used from here is asked about first."""

from __future__ import annotations

import pytest

from nim_core.history import open_history
from nim_core.settings import Settings
from nim_core.testing import NimServer, Says
from tests.pages.conftest import by_label, opened_by_address, said

STRANGER = "http://stranger.example.org/v1"
YES = "Yes, send them there"


def place(test):
    mine = test.session_state["session"]
    return mine.endpoint, mine.model


def endpoint(test):
    return place(test)[0]


def is_asked(test):
    return any(button.label == YES for button in test.button)


@pytest.mark.parametrize(
    "host",
    ["stranger.example.org", "127.attacker.example", "127.0.0.1.attacker.example:8000", "localhost.attacker.example",
     "localhost:8000", "127.0.0.1:8000", "[::1]:8000", "2130706433", "xn--lcalhost-o7a"],
)  # fmt: skip
def test_a_server_that_only_the_address_names_gets_nothing_before_the_visitor_says_yes(app, host):
    test = opened_by_address(endpoint=f"http://{host}/v1", model="m")
    assert not test.exception
    assert endpoint(test) == "local"
    assert f"Send prompts to {host}?" in said(test).replace("\\", "")
    by_label(test.button, YES).click().run()
    assert not test.exception
    assert place(test) == (f"http://{host}/v1", "m")
    assert not is_asked(test)
    assert test.query_params["endpoint"] == f"http://{host}/v1"
    assert by_label(test.text_input, "Server URL").value == f"http://{host}/v1"


def test_whoever_says_no_stays_where_they_were(app):
    test = opened_by_address(endpoint=STRANGER, model="m")
    by_label(test.button, "No").click().run()
    assert endpoint(test) == "local"
    assert not is_asked(test)
    assert "endpoint" not in test.query_params


def test_the_question_stands_on_every_page_and_a_prompt_goes_to_the_built_in_model_until_it_is_answered(app):
    with NimServer([Says("Hello")]) as stranger:
        test = opened_by_address("models.py", endpoint=stranger.url, model="m")
        assert is_asked(test)
        test.switch_page("chat.py").run()
        assert is_asked(test)
        assert "smollm2" in "\n".join(element.value for element in test.sidebar.markdown)
        assert stranger.seen == []


def test_a_choice_of_ones_own_answers_the_question(app):
    test = opened_by_address(endpoint=STRANGER)
    by_label(test.radio, "Endpoint").set_value("nvidia").run()
    assert not is_asked(test)
    assert endpoint(test) == "nvidia"


def test_a_server_that_was_used_here_is_found_again_by_the_address(app):
    history = open_history(Settings())
    history.sightings.keep_list(STRANGER, history.meter.fingerprint(None), [])
    history.close()
    test = opened_by_address(endpoint=STRANGER, model="m")
    assert place(test) == (STRANGER, "m")
    assert not is_asked(test)


@pytest.mark.parametrize("shared", ["0", "1"])
def test_a_server_that_the_operator_offers_is_found_again_by_the_address(app, monkeypatch, shared):
    monkeypatch.setenv("NIM_LAB_ENDPOINTS", STRANGER)
    monkeypatch.setenv("NIM_LAB_SHARED", shared)
    assert endpoint(opened_by_address(endpoint=STRANGER)) == STRANGER


@pytest.mark.parametrize("address", ["file:///etc/passwd", "http://u:p@127.0.0.1/v1", "💥", "http://[::1", ""])
def test_what_is_no_servers_address_is_not_even_asked_about(app, address):
    test = opened_by_address(endpoint=address, model="m")
    assert not test.exception
    assert endpoint(test) == "local"
    assert not is_asked(test)


def test_on_a_server_for_several_people_an_address_may_not_name_another_server(app, monkeypatch):
    monkeypatch.setenv("NIM_LAB_SHARED", "1")
    test = opened_by_address(endpoint="http://127.0.0.1:9/v1")
    assert endpoint(test) == "local"
    assert not is_asked(test)


def test_markup_in_an_address_is_shown_as_text(app):
    test = opened_by_address(endpoint="http://example.org/**bold**[x](y)`/v1")
    assert r"\*\*bold\*\*\[x\]" in said(test)
