"""Compare: plan, run, read, stop, resume."""

from __future__ import annotations

import json
import os
import signal

import pytest

from nim_core.catalog import Model
from nim_core.history import open_history
from nim_core.planning.permalink import encode
from nim_core.settings import Settings
from nim_core.testing import NimServer, Raw, Says
from nim_core.values.experiment import new_experiment
from nim_core.values.generation import Generation
from nim_core.values.sets import grid
from nim_core.worker.runs import runs_of
from tests.pages.conftest import by_label, said
from tests.support.running import until

TABS = ["Answers", "Length", "Latency", "Repetition", "Data"]


@pytest.fixture
def server():
    with NimServer([Says("A GPU is a chip with many small cores.")]) as made:
        yield made


def at_compare(app, url):
    """The Compare page of a visitor who has chosen a server and a model."""
    test = app()
    by_label(test.radio, "Endpoint").set_value("other").run()
    by_label(test.text_input, "Server URL").set_value(url).run()
    test.session_state["session"].models[url] = "m"
    return test.switch_page("compare.py").run()


def open_tab(test, name):
    """Open a tab of the experiment that is shown."""
    test.session_state[f"tabs_{test.session_state['session'].experiment}"] = name
    test.run()


def run_comparison(test):
    return by_label(test.button, "Run comparison").click().run()


def test_a_newcomer_finds_a_prompt_and_three_sets_ready(app):
    test = app("compare.py")
    assert not test.exception
    assert by_label(test.text_area, "Prompt").value == "What is GPU?"
    assert by_label(test.number_input, "Repeats").value == 3
    assert "3 sets × 3 repeats = 9 requests" in said(test)


def test_one_press_runs_and_shows_all_tabs(app, server):
    test = run_comparison(at_compare(app, server.url))
    assert [tab.label for tab in test.tabs] == TABS
    assert said(test).count("A GPU is a chip with many small cores") == 3
    assert len(server.bodies) == 10


def test_every_tab_is_drawn_without_a_fault(app, server):
    test = run_comparison(at_compare(app, server.url))
    for tab in TABS:
        open_tab(test, tab)
        assert not test.exception, tab


def test_a_difference_is_told_in_a_sentence_with_how_far_to_trust_it(app, server):
    test = run_comparison(at_compare(app, server.url))
    open_tab(test, "Length")
    assert "focused" in said(test)
    assert "2 differences were looked at" in said(test)


def test_every_request_over_time_is_drawn_of_few_and_of_many_when_it_is_opened(app, server):
    test = at_compare(app, server.url)
    for repeats, figures in ((3, 2), (60, 1)):
        by_label(test.number_input, "Repeats").set_value(repeats).run()
        test = run_comparison(test)
        open_tab(test, "Latency")
        assert len(test.get("plotly_chart")) == figures
    test.session_state[f"requests_{test.session_state['session'].experiment}"] = True
    assert len(test.run().get("plotly_chart")) == 2


def test_a_korean_reader_plans_runs_and_reads_in_korean(app, server):
    test = at_compare(app, server.url)
    test.query_params["lang"] = "ko"
    test.run()
    assert "세트 3개 × 반복 3회 = 요청 9개 + 워밍업 1개." in said(test)
    by_label(test.button, "비교 실행").click().run()
    assert [test.tabs[0].label, test.tabs[-1].label] == ["답변", "데이터"]
    for tab in test.tabs:
        open_tab(test, tab.label)
        assert not test.exception, tab.label


def test_a_value_out_of_range_is_told_in_korean_with_its_set(app):
    test = app("compare.py")
    test.query_params["lang"] = "ko"
    sets = test.session_state["session"].sets
    sets.loc[0, "temperature"] = 9.0
    test.session_state["session"].sets_version += 1
    by_label(test.run().button, "비교 실행").click().run()
    assert "세트\\(focused\\)의 오류" in said(test)


def test_an_empty_prompt_is_refused_at_once_and_nothing_is_sent(app, server):
    test = at_compare(app, server.url)
    by_label(test.text_area, "Prompt").set_value("  ").run()
    test = run_comparison(test)
    assert "The prompt is empty" in said(test)
    assert server.bodies == []


def test_a_prompt_of_200_000_characters_is_refused_and_kept(app, server):
    test = at_compare(app, server.url)
    by_label(test.text_area, "Prompt").set_value("x" * 200_000).run()
    test = run_comparison(test)
    assert "200,000 characters" in said(test)
    assert len(by_label(test.text_area, "Prompt").value) == 200_000
    assert server.bodies == []


def test_the_prompt_survives_a_page_switch(app, server):
    test = at_compare(app, server.url)
    by_label(test.text_area, "Prompt").set_value("What is a CPU?").run()
    test.switch_page("connect.py").run()
    test.switch_page("compare.py").run()
    assert by_label(test.text_area, "Prompt").value == "What is a CPU?"


def test_more_rounds_are_added_to_the_same_experiment(app, server):
    test = run_comparison(at_compare(app, server.url))
    by_label(test.button, "Run 5 more rounds").click().run()
    (experiment,) = open_history(Settings()).experiments.comparisons()
    assert experiment.repeats == 8
    assert len(open_history(Settings()).experiments.generations(experiment.id)) == 24


def nearly_full(app, url, repeats):
    """The page of an experiment with one set and nearly as many rounds as there can be."""
    asked = new_experiment("Hi", grid(temperature=[0]), endpoint=url, model="m", repeats=repeats, warmup=0)
    history = open_history(Settings())
    history.experiments.save(asked)
    for order, cell in enumerate(asked.plan(), start=1):
        history.experiments.add(
            Generation(asked.id, cell.set, cell.repeat, order, url, "m", asked.sets[0].parameters, "ok", "2026", "Hi")
        )
    history.close()
    return at_compare(app, url)


def test_near_the_most_rounds_those_that_are_left_are_added_and_then_it_is_said_why_there_are_no_more(app, server):
    test = nearly_full(app, server.url, 998)
    by_label(test.button, "Run 2 more rounds").click().run()
    assert not test.exception
    assert len(server.bodies) == 2
    assert not any("more round" in button.label for button in test.button)
    assert "as many rounds as a comparison can have" in said(test)


def test_a_failure_is_shown_with_advice_and_the_run_can_be_resumed(app):
    answers = [Says("warm"), Raw(429, "{}", headers={"Retry-After": "0"})]
    with NimServer(answers) as server:
        test = run_comparison(at_compare(app, server.url))
        assert "parked" in said(test)
        server.change_script([Says("resumed")])
        by_label(test.button, "Resume").click().run()
    assert "parked" not in said(test)
    assert said(test).count("resumed") >= 3


def test_a_run_is_found_again_by_another_session(app, server):
    run_comparison(at_compare(app, server.url))
    again = app("compare.py")
    assert [tab.label for tab in again.tabs] == TABS


def test_without_a_key_the_hosted_catalog_is_not_called(app, monkeypatch):
    with NimServer() as server:
        monkeypatch.setenv("NIM_LAB_NVIDIA_URL", server.url)
        test = app()
        by_label(test.radio, "Endpoint").set_value("nvidia").run()
        test.session_state["session"].models["nvidia"] = "m"
        test.switch_page("compare.py").run()
        test = run_comparison(test)
        assert "needs a key" in said(test)
        assert server.bodies == []


def test_killing_the_worker_is_told_and_resume_runs_what_is_missing(app, server):
    test = run_comparison(at_compare(app, server.url))
    worker = runs_of(Settings())
    before = worker.worker_pid
    os.kill(before, signal.SIGKILL)
    until(lambda: worker.worker_pid is None)
    by_label(test.button, "Run 5 more rounds").click().run()
    assert worker.worker_pid != before
    assert (
        len(open_history(Settings()).experiments.generations(open_history(Settings()).experiments.comparisons()[0].id))
        == 24
    )


def test_a_refused_parameter_is_named_and_the_run_offered_without_it(app):
    def script(seen):
        if "temperature" in (seen.body or {}):
            return Raw(400, '{"message": "Validation: Unsupported parameter(s): `temperature`", "code": 400}')
        return Says("fine without")

    with NimServer(script) as server:
        test = run_comparison(at_compare(app, server.url))
        assert "temperature" in said(test)
        by_label(test.button, "Run without temperature").click().run()
        assert said(test).count("fine without") >= 1
        assert "temperature" not in server.bodies[-1]


def test_more_than_a_thousand_requests_are_confirmed_first(app, server):
    test = at_compare(app, server.url)
    by_label(test.number_input, "Repeats").set_value(400).run()
    test = run_comparison(test)
    assert "1,201 requests" in said(test)
    assert server.bodies == []
    assert by_label(test.button, "Run all the same")


def test_values_that_make_more_sets_than_can_run_are_refused_and_the_table_stays(app, server):
    test = at_compare(app, server.url)
    test.selectbox(key="compare_add_parameter_2").set_value("top_p").run()
    by_label(test.text_input, "Values").set_value("0:0.999:0.001")
    by_label(test.text_input, "Its values").set_value("0.001:1:0.001").run()
    by_label(test.button, "Add these values").click().run()
    assert "1,000,000 parameter sets" in said(test)
    assert "3 sets × 3 repeats" in said(test)


def test_a_list_of_prompts_is_refused_kindly(app, server):
    test = at_compare(app, server.url)
    by_label(test.text_area, "Prompt").set_value("1. What is GPU?\n2. What is CPU?\n3. What is RAM?").run()
    assert "one prompt" in said(run_comparison(test))
    assert server.bodies == []


def test_a_deleted_experiment_can_be_brought_back(app, server):
    test = run_comparison(at_compare(app, server.url))
    by_label(test.button, "Delete").click().run()
    assert [tab.label for tab in test.tabs] == []
    by_label(test.button, "Undo delete").click().run()
    assert [tab.label for tab in test.tabs] == TABS


def test_a_name_and_a_note_are_kept_with_an_experiment(app, server):
    test = run_comparison(at_compare(app, server.url))
    by_label(test.text_input, "Name").set_value("My chips").run()
    by_label(test.text_area, "Note, in Markdown").set_value("Looks **short**.").run()
    by_label(test.button, "Keep name and note").click().run()
    assert test.expander[-1].label.startswith("My chips")
    assert "Looks **short**." in said(test)


def test_a_permalink_fills_the_plan_and_sends_nothing(app, server):
    asked = new_experiment("Why is the sky blue?", grid(temperature=[0, 2]), endpoint="local", model="m", repeats=4)
    test = app("compare.py")
    test.query_params["plan"] = encode(asked)
    test.session_state["session"].plan_read = False
    test.run()
    assert by_label(test.text_area, "Prompt").value == "Why is the sky blue?"
    assert by_label(test.number_input, "Repeats").value == 4
    assert "2 sets × 4 repeats" in said(test)
    assert server.bodies == []


def follow_link(test, asked):
    """Open the address of a plan."""
    test.query_params["plan"] = encode(asked)
    test.session_state["session"].plan_read = False
    return test.run()


def linked(endpoint, model):
    return new_experiment("Why is the sky blue?", grid(temperature=[0, 2]), endpoint=endpoint, model=model)


def in_sidebar(test):
    return "\n".join(element.value for element in test.sidebar.markdown)


def test_a_permalink_brings_its_model_to_an_endpoint_of_its_kind(app, server):
    test = follow_link(at_compare(app, server.url), linked("http://10.0.0.1/v1", "org/theirs"))
    assert "with its model, org/theirs" in said(test)
    assert "org/theirs" in in_sidebar(test)
    run_comparison(test)
    assert {body["model"] for body in server.bodies} == {"org/theirs"}
    assert "comes from a link" not in said(test)


def test_a_permalink_of_the_hosted_catalog_sends_nothing_there_until_the_visitor_chooses_it(app):
    test = follow_link(app("compare.py"), linked("nvidia", "org/hosted"))
    assert "made for the model org/hosted (NVIDIA API catalog)" in said(test)
    assert "smollm2" in in_sidebar(test)
    by_label(test.switch_page("connect.py").run().radio, "Endpoint").set_value("nvidia").run()
    test.switch_page("compare.py").run()
    assert "org/hosted" in in_sidebar(test)
    assert "with its model, org/hosted" in said(test)


@pytest.mark.parametrize(
    ("endpoint", "model", "where"),
    [("http://10.0.0.1/v1", "theirs", "another server"), ("local", "theirs", "Built-in model")],
)
def test_a_permalink_whose_model_is_not_here_says_so_and_leaves_the_model_as_it_was(app, endpoint, model, where):
    test = follow_link(app("compare.py"), linked(endpoint, model))
    assert f"made for the model {model} ({where})" in said(test)
    assert "smollm2" in in_sidebar(test)


def test_a_permalinks_model_that_the_server_does_not_list_is_not_taken(app, server):
    test = at_compare(app, server.url)
    history = open_history(Settings())
    history.sightings.keep_list(server.url, history.meter.fingerprint(None), [Model("m", None, "chat")])
    history.close()
    follow_link(test, linked("http://10.0.0.1/v1", "theirs"))
    assert "made for the model theirs (another server)" in said(test)
    assert test.session_state["session"].model == "m"


def test_a_damaged_permalink_is_told_and_leaves_the_plan_as_it_was(app):
    test = app("compare.py")
    test.query_params["plan"] = "1.damaged"
    test.session_state["session"].plan_read = False
    test.run()
    assert "damaged" in said(test)
    assert by_label(test.text_area, "Prompt").value == "What is GPU?"


def test_a_set_that_the_model_is_known_to_refuse_is_named_and_nothing_is_sent(app, monkeypatch):
    with NimServer([Says("Hello")]) as server:
        monkeypatch.setenv("NIM_LAB_NVIDIA_URL", server.url)
        test = app()
        by_label(test.radio, "Endpoint").set_value("nvidia").run()
        test.session_state["session"].keys["nvidia"] = "nvapi-fake-for-tests"
        test.session_state["session"].models["nvidia"] = "nvidia/nemotron-3-super-120b-a12b"
        test.switch_page("compare.py").run()
        by_label(test.button, "repetition-proof").click().run()
        test = run_comparison(test)
        assert "The set 'repetition\\-proof' sends frequency penalty" in said(test)
        assert server.bodies == []


def test_a_parameter_that_was_refused_is_remembered_and_its_slider_disabled_with_the_reason(app):
    def script(seen):
        if "temperature" in (seen.body or {}):
            return Raw(400, '{"message": "Validation: Unsupported parameter(s): `temperature`", "code": 400}')
        return Says("fine without")

    with NimServer(script) as server:
        test = run_comparison(at_compare(app, server.url))
        test.switch_page("chat.py").run()
    slider = by_label(test.slider, "Temperature")
    assert slider.disabled
    assert "refused temperature" in slider.help


def test_two_experiments_are_laid_over_one_another_with_a_word_on_what_differs(app, server):
    test = run_comparison(at_compare(app, server.url))
    by_label(test.text_area, "Prompt").set_value("What is a CPU?").run()
    test = run_comparison(test)
    open_tab(test, "Length")
    choice = by_label(test.selectbox, "Lay over another comparison")
    choice.select_index(1).run()
    assert not test.exception
    assert "The prompts differ" in said(test)
    assert "(other)" in test.get("plotly_chart")[0].proto.spec
    assert said(test).count("nothing is decided between them") == 1
    assert r"\(other\):" not in said(test)


def click(test, *data):
    """Click the mark of the first chart that carries this data, as the browser tells it."""
    (chart, *_), states = test.get("plotly_chart"), test._tree.get_widget_states()
    selection = {"points": [{"customdata": data}], "point_indices": [], "box": [], "lasso": []}
    states.widgets.add(id=chart.proto.id, string_value=json.dumps({"selection": selection}))
    return test._run(states)


def test_a_click_on_a_dot_that_is_laid_over_opens_its_answer(app):
    def script(seen):
        return Says(f"About {seen.body['messages'][-1]['content']}")

    with NimServer(script) as server:
        test = run_comparison(at_compare(app, server.url))
        by_label(test.text_area, "Prompt").set_value("What is a CPU?").run()
        test = run_comparison(test)
    open_tab(test, "Length")
    by_label(test.selectbox, "Lay over another comparison").select_index(1).run()
    assert "About What is a CPU?" in said(click(test, "focused", 2))
    assert "About What is GPU?" in said(click(test, "focused (other)", 2))


def test_two_lists_of_one_parameter_are_refused_and_neither_is_lost(app):
    test = app("compare.py")
    by_label(test.selectbox, "Second parameter").set_value("temperature").run()
    by_label(test.text_input, "Values").set_value("0, 1").run()
    by_label(test.text_input, "Its values").set_value("0.5, 2").run()
    by_label(test.button, "Add these values").click().run()
    assert "Both lists are of temperature" in said(test)
    assert "3 sets × 3 repeats" in said(test)
    by_label(test.selectbox, "Second parameter").set_value("top_p").run()
    by_label(test.text_input, "Its values").set_value("0.5, 1").run()
    by_label(test.button, "Add these values").click().run()
    assert "4 sets × 3 repeats" in said(test)
