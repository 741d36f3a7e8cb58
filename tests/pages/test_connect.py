"""Connect: endpoint, key, check, meter."""

from __future__ import annotations

import pytest

from nim_core.history import open_history
from nim_core.history.meter import RequestRecord
from nim_core.settings import Settings
from nim_core.testing import NimServer, Raw, Says
from nim_core.values.experiment import new_experiment
from nim_core.values.sets import grid
from tests.pages.conftest import by_label, said

KEY = "nvapi-" + "FAKE" * 16


@pytest.fixture
def catalog(monkeypatch):
    """The hosted catalog, played by a scripted server that knows one key."""
    with NimServer([Says("Hello")], key=KEY) as server:
        monkeypatch.setenv("NIM_LAB_NVIDIA_URL", server.url)
        yield server


def nvidia(app):
    test = app()
    by_label(test.radio, "Endpoint").set_value("nvidia").run()
    return test


def with_key(app, key=KEY):
    test = nvidia(app)
    by_label(test.text_input, "API key").set_value(key).run()
    return test


def test_a_newcomer_finds_the_built_in_model_ready(app):
    test = app()
    assert not test.exception
    assert by_label(test.radio, "Endpoint").value == "local"
    assert "Ready" in said(test)


def test_the_sidebar_tells_the_endpoint_as_soon_as_it_is_chosen(app, catalog):
    test = nvidia(app)
    assert "NVIDIA API catalog" in "\n".join(element.value for element in test.sidebar.markdown)


def test_a_key_is_taken_cleaned_and_shown_by_its_last_four_characters(app, catalog):
    test = with_key(app, f' "{KEY}"\n')
    assert "nvapi-…FAKE" in said(test)
    assert KEY not in said(test)
    assert [element for element in test.text_input if element.label == "API key"] == []


@pytest.mark.parametrize("pasted", ["$NVIDIA_API_KEY", "nvapi-키", "  ''  "])
def test_an_unusable_key_is_refused_with_a_sentence(app, catalog, pasted):
    test = with_key(app, pasted)
    assert len(test.error) == 1
    assert by_label(test.text_input, "API key").value == ""


def test_forgetting_a_key_brings_the_field_back(app, catalog):
    test = with_key(app)
    by_label(test.button, "Forget key").click().run()
    assert by_label(test.text_input, "API key")


def test_nothing_is_asked_before_the_check_is_pressed(app, catalog):
    with_key(app)
    assert [seen for seen in catalog.seen if seen.method == "POST"] == []


def test_the_check_costs_one_request_of_one_token_and_is_counted(app, catalog):
    test = with_key(app)
    by_label(test.button, "Check key").click().run()
    assert "The key is good" in said(test)
    assert [body["max_tokens"] for body in catalog.bodies if body] == [1]
    assert by_label(test.metric, "Credits left").value == "999"
    assert by_label(test.metric, "Calls in the last minute").value == "1 of about 40"


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Raw(401, '{"status": 401, "detail": "Authentication failed"}'), "not copied whole"),
        (Raw(403, '{"status": 403, "detail": "Authorization failed"}'), "wrong, revoked or expired"),
        (Raw(404, "404 page not found", "text/plain"), "The key is good, but"),
        (Raw(410, '{"detail": "The model has reached its end of life on 2026-05-14"}'), "The key is good, but"),
        (Raw(429, '{"status": 429, "title": "Too Many Requests"}'), "Not known"),
        (Raw(500, "{}"), "Not known"),
        (Raw(402, '{"detail": "Cloud credits expired"}'), "no credits"),
    ],
)
def test_the_check_tells_its_outcomes_apart(app, monkeypatch, answer, told):
    with NimServer([answer]) as server:
        monkeypatch.setenv("NIM_LAB_NVIDIA_URL", server.url)
        test = with_key(app)
        by_label(test.button, "Check key").click().run()
    assert told in said(test)
    assert KEY not in said(test)


def test_without_a_key_no_credits_are_made_up(app, catalog):
    history = open_history(Settings())
    for _ in range(189):
        history.meter.add(RequestRecord("local", history.meter.fingerprint(None), "smollm2", "ok", None))
    history.close()
    test = nvidia(app)
    assert by_label(test.metric, "Credits left").value == "—"
    assert by_label(test.metric, "Calls in the last minute").value == "0 of about 40"
    assert not any(field.label == "Credits I have now" for field in test.number_input)
    test.session_state["session"].models["nvidia"] = "m"
    assert "credits left" not in said(test.switch_page("compare.py").run())


def test_the_meter_of_the_built_in_model_counts_its_own_calls_alone(app, settings):
    history = open_history(settings)
    for endpoint in ("local", "http://127.0.0.1:8000/v1"):
        history.meter.add(RequestRecord(endpoint, history.meter.fingerprint(None), "m", "ok", None))
    history.close()
    assert by_label(app().metric, "Calls in the last minute").value == "1"


def test_an_account_without_credits_shows_zero(app, monkeypatch):
    with NimServer([Raw(402, '{"detail": "Cloud credits expired"}')]) as server:
        monkeypatch.setenv("NIM_LAB_NVIDIA_URL", server.url)
        test = with_key(app)
        by_label(test.button, "Check key").click().run()
        assert by_label(test.metric, "Credits left").value == "0"


def test_the_user_may_say_how_many_credits_there_are(app, catalog):
    test = with_key(app)
    by_label(test.number_input, "Credits I have now").set_value(42).run()
    assert by_label(test.metric, "Credits left").value == "42"


@pytest.mark.parametrize("typed", ["localhost:8000", "ftp://example.org", "http://user:secret@example.org", "나"])
def test_an_address_that_is_none_is_refused_with_a_sentence(app, typed):
    test = app()
    by_label(test.radio, "Endpoint").set_value("other").run()
    by_label(test.text_input, "Server URL").set_value(typed).run()
    assert len(test.error) == 1
    assert "secret" not in said(test)


def test_another_server_shows_where_calls_go_and_how_it_is(app):
    with NimServer([Says("Hello")]) as server:
        test = app()
        by_label(test.radio, "Endpoint").set_value("other").run()
        by_label(test.text_input, "Server URL").set_value(server.url.removesuffix("/v1")).run()
        assert server.url in said(test)
        by_label(test.button, "Check key").click().run()
    assert "The key is good" in said(test)


def test_the_choice_is_kept_across_pages(app, catalog):
    test = with_key(app)
    test.switch_page("chat.py").run()
    test.switch_page("connect.py").run()
    assert by_label(test.radio, "Endpoint").value == "nvidia"
    assert "nvapi-…FAKE" in said(test)


def test_a_newcomer_is_told_three_ways_to_begin_and_may_dismiss_them(app):
    test = app()
    assert "No key?" in said(test)
    by_label(test.button, "Dismiss").click().run()
    assert "No key?" not in said(test)
    assert "No key?" not in said(test.switch_page("models.py").run().switch_page("connect.py").run())


def test_the_ways_to_begin_do_not_come_back_for_somebody_who_has_asked(app, settings):
    history = open_history(settings)
    history.experiments.save(new_experiment("What is GPU?", grid(temperature=[0]), endpoint="local", model="m"))
    history.close()
    assert "No key?" not in said(app())


def test_the_first_way_leads_to_a_comparison_on_the_built_in_model_whatever_was_chosen(app, catalog):
    test = nvidia(app)
    by_label(test.button, "Compare now, without a key").click().run()
    assert test.title[0].value == "Compare"
    assert "smollm2" in "\n".join(element.value for element in test.sidebar.markdown)
    assert by_label(test.switch_page("connect.py").run().radio, "Endpoint").value == "local"
