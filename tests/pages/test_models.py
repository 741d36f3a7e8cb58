"""Models: search, card, choose, and what happens when the list cannot be had."""

from __future__ import annotations

import pytest

from nim_core.history import open_history
from nim_core.settings import Settings
from nim_core.testing import Hangs, NimServer, Raw, Says
from nim_core.values.experiment import new_trial
from nim_core.values.visitor import Visitor
from nim_core.worker.runs import runs_of
from pages.parts.drawing.trial import PATIENCE_S
from tests.pages.conftest import by_label, opened_by_address, said
from tests.support.running import until

KEY = "nvapi-" + "FAKE" * 16
MODELS = (
    "meta/llama-3.3-70b-instruct",
    "meta/llama-3.2-1b-instruct",
    "meta/llama-3.2-11b-vision-instruct",
    "nvidia/nemotron-mini-4b-instruct",
    "nvidia/nv-embedqa-e5-v5",
)
SMALLEST = "meta/llama-3.2-1b-instruct"


@pytest.fixture
def catalog(monkeypatch):
    """The hosted catalog, played by a scripted server."""
    with NimServer([Says("Hello")], models=MODELS) as server:
        monkeypatch.setenv("NIM_LAB_NVIDIA_URL", server.url)
        yield server


def at_models(app, endpoint="nvidia"):
    test = app()
    test.session_state["session"].endpoint = endpoint
    if endpoint == "nvidia":
        test.session_state["session"].keys["nvidia"] = KEY
    return test.switch_page("models.py").run()


def the_list(test):
    return by_label(test.radio, "Models")


def search(test, text):
    by_label(test.text_input, "Search models").set_value(text).run()
    return test


def button(test, label):
    return by_label(test.button, label)


def note(endpoint, model, outcome, key=KEY, **more):
    history = open_history(Settings())
    history.sightings.note(endpoint, history.meter.fingerprint(key), model, outcome, **more)
    history.close()


def test_the_built_in_model_has_a_card_without_any_server(app):
    test = app("models.py")
    assert not test.exception
    assert the_list(test).options == ["smollm2\\-135m\\-instruct :small[:gray[chat, 0\\.135 B, 2k context]]"]
    assert button(test, "Use this model")


def test_the_models_stand_by_size_and_those_that_do_not_chat_are_hidden(app, catalog):
    options = the_list(at_models(app)).options
    assert [option.split(" ")[0].replace("\\", "") for option in options] == [
        "meta/llama-3.2-1b-instruct",
        "nvidia/nemotron-mini-4b-instruct",
        "meta/llama-3.2-11b-vision-instruct",
        "meta/llama-3.3-70b-instruct",
    ]


def test_models_that_do_not_chat_are_shown_on_demand_but_cannot_be_chosen(app, catalog):
    test = at_models(app)
    by_label(test.toggle, "Show models that do not chat").set_value(True).run()
    others = by_label(test.radio, "Models that do not chat")
    assert others.disabled
    assert len(others.options) == 1
    assert "embedding" in others.options[0]


def test_a_search_shows_the_card_of_the_first_match(app, catalog):
    test = search(at_models(app), "vison 11b")
    assert len(the_list(test).options) == 1
    assert test.subheader[0].value.replace("\\", "") == "meta/llama-3.2-11b-vision-instruct"


def test_no_match_says_what_to_try_and_offers_no_button(app, catalog):
    test = search(at_models(app), "zzzz")
    assert "Try a part of it" in said(test)
    assert not [element for element in test.button if element.label == "Use this model"]


def test_a_match_among_the_hidden_models_is_told(app, catalog):
    assert "do not chat" in said(search(at_models(app), "embedqa"))


def test_a_filter_that_hides_every_match_says_so(app, catalog):
    test = at_models(app)
    by_label(test.toggle, "Answered here before").set_value(True).run()
    assert "the filters hide" in said(search(test, "llama"))


def test_a_chosen_model_is_used_by_chat_and_compare(app, catalog):
    test = search(at_models(app), "70b")
    button(test, "Use this model").click().run()
    assert test.session_state["session"].model == "meta/llama-3.3-70b-instruct"
    sidebar = "\n".join(element.value for element in test.sidebar.markdown).replace("\\", "")
    assert "meta/llama-3.3-70b-instruct" in sidebar


def test_a_value_outside_the_models_range_is_moved_and_said(app, catalog):
    test = at_models(app)
    test.switch_page("chat.py").run()
    by_label(test.slider, "Temperature").set_value(1.5).run()
    test.switch_page("models.py").run()
    search(test, "llama 1b")
    button(test, "Use this model").click().run()
    assert "Temperature was moved from 1.5 to 1" in said(test).replace("\\", "")
    test.switch_page("chat.py").run()
    assert by_label(test.slider, "Temperature").value == 1.0


def test_the_card_tells_what_was_seen_here(app, catalog):
    note("nvidia", SMALLEST, "ok", ttft_s=0.41)
    text = said(search(at_models(app), "llama 1b")).replace("\\", "")
    assert "Answered just now, first token after 0.4 s." in text


def test_what_another_key_has_seen_is_not_shown(app, catalog):
    note("nvidia", SMALLEST, "ok", key="nvapi-another", ttft_s=0.41)
    assert "Not called from here yet" in said(search(at_models(app), "llama 1b"))


def test_a_retired_model_says_so_and_stands_last(app, catalog):
    note("nvidia", SMALLEST, "model_retired", detail="reached its end of life on 2026-05-14T00:00:00Z")
    test = at_models(app)
    assert "retired on 2026" in the_list(test).options[-1].replace("\\", "")


def test_the_card_says_which_parameter_the_model_refuses(app, catalog):
    text = said(search(at_models(app), "llama 1b")).replace("\\", "")
    assert "This model takes no seed" in text


def test_the_code_holds_the_present_parameters_without_the_refused_ones(app, catalog):
    test = at_models(app)
    test.switch_page("chat.py").run()
    by_label(test.slider, "Temperature").set_value(0.9).run()
    by_label(test.number_input, "Seed").set_value(7).run()
    test.switch_page("models.py").run()
    search(test, "llama 1b")
    codes = [element.value for element in test.code]
    assert len(codes) == 4
    assert all("0.9" in code and SMALLEST in code for code in codes)
    assert not any("seed" in code for code in codes)
    assert not any(KEY in code for code in codes)


def test_test_it_asks_for_one_token_and_tells_the_time(app, catalog):
    test = search(at_models(app), "llama 1b")
    button(test, "Test it").click().run()
    (body,) = catalog.bodies
    assert (body["model"], body["max_tokens"]) == (SMALLEST, 1)
    assert "It answers: first token after" in said(test).replace("\\", "")


def test_a_failed_test_says_why_and_what_to_do(app, monkeypatch):
    gone = Raw(410, '{"title": "Gone", "status": 410, "detail": "reached its end of life on 2026-05-14T00:00:00Z"}')
    with NimServer([gone], models=MODELS) as server:
        monkeypatch.setenv("NIM_LAB_NVIDIA_URL", server.url)
        test = search(at_models(app), "llama 1b")
        button(test, "Test it").click().run()
    assert "retired" in test.error[0].value
    assert "Choose another model" in test.error[0].value


def test_a_test_without_an_answer_says_what_is_after_a_while_and_can_be_stopped(app, monkeypatch):
    with NimServer([Hangs()], models=MODELS) as server:
        monkeypatch.setenv("NIM_LAB_NVIDIA_URL", server.url)
        test = search(at_models(app), "llama 1b")
        asked = new_trial(endpoint="nvidia", model=SMALLEST, rpm=None)
        trial = runs_of(Settings()).start(asked, total=1, key=KEY, visitor=Visitor("a"))
        test.session_state["session"].tested = trial
        until(lambda: trial.look().panes[0].sent_at)
        trial.began -= PATIENCE_S
        test.run()
        assert "It was sent, and nothing has come back" in said(test)
        button(test, "Stop").click().run()
    assert "Stopped before an answer came" in said(test)
    assert button(test, "Test it")


def test_without_a_key_nothing_can_be_tested_where_one_is_needed(app, catalog):
    test = at_models(app)
    test.session_state["session"].keys.clear()
    test.run()
    assert button(test, "Test it").disabled


def test_a_lost_list_is_replaced_by_the_last_one_with_the_reason_and_can_be_asked_for_again(app, monkeypatch):
    with NimServer(models=MODELS) as server:
        monkeypatch.setenv("NIM_LAB_NVIDIA_URL", server.url)
        at_models(app)
    test = at_models(app)
    assert len(the_list(test).options) == 4
    assert "last sent" in test.warning[0].value
    with NimServer(models=MODELS[:1]) as server:
        monkeypatch.setenv("NIM_LAB_NVIDIA_URL", server.url)
        button(test, "Try again").click().run()
    assert not test.warning
    assert len(the_list(test).options) == 1


def test_a_server_that_never_sent_a_list_says_why_and_shows_no_models(app):
    test = at_models(app, "http://127.0.0.1:9/v1")
    assert "could not be reached" in test.warning[0].value
    assert not test.exception
    assert not test.radio


def test_an_id_that_holds_markdown_is_shown_as_it_is(app):
    with NimServer(models=["a/![x](http://127.0.0.1:9/p.png)"]) as server:
        test = at_models(app, server.url)
    assert "![" not in the_list(test).options[0]
    assert "![" not in test.subheader[0].value


# --- the address ---


def test_the_chosen_model_stands_in_the_address_and_the_key_never(app, catalog):
    test = search(at_models(app), "70b")
    button(test, "Use this model").click().run()
    assert test.query_params["endpoint"] == "nvidia"
    assert test.query_params["model"] == "meta/llama-3.3-70b-instruct"
    assert KEY not in str(test.query_params)


def test_a_reload_finds_endpoint_and_model_again(app, catalog):
    test = opened_by_address("chat.py", endpoint="nvidia", model="meta/llama-3.3-70b-instruct")
    mine = test.session_state["session"]
    assert (mine.endpoint, mine.model) == ("nvidia", "meta/llama-3.3-70b-instruct")


def test_a_reload_of_the_connect_page_keeps_the_endpoint(app, catalog):
    test = opened_by_address(endpoint="nvidia", model="meta/llama-3.3-70b-instruct")
    assert by_label(test.radio, "Endpoint").value == "nvidia"
    assert test.session_state["session"].model == "meta/llama-3.3-70b-instruct"
