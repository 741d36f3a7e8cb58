"""The Chat page, driven without a browser, against a scripted server."""

from __future__ import annotations

import json

import pytest

from nim_core.catalog import Model
from nim_core.history import open_history
from nim_core.testing import Chunks, NimServer, Raw, Says, event
from tests.pages.conftest import by_label, said

MODEL = "meta/llama-3.1-8b-instruct"


@pytest.fixture
def chat(app, monkeypatch):
    """Opens Chat on a scripted server: `chat(server)`."""

    def opened(server):
        monkeypatch.setenv("NIM_LAB_NVIDIA_URL", server.url)
        monkeypatch.setenv("NVIDIA_API_KEY", "nvapi-test")
        test = app()
        mine = test.session_state["session"]
        mine.endpoint, mine.models["nvidia"] = "nvidia", MODEL
        return test.switch_page("chat.py").run()

    return opened


def ask(test, prompt):
    return test.chat_input[0].set_value(prompt).run()


def slide(test, label, value):
    return by_label(test.slider, label).set_value(value).run()


def press(test, label):
    return by_label(test.button, label).click().run()


def open_tab(test, label):
    test.session_state["chat_tabs"] = label
    return test.run()


def question_of(body):
    return body["messages"][-1]["content"]


def test_starting_values_are_sent_and_neutral_penalties_stop_and_seed_are_not(chat):
    with NimServer() as server:
        ask(chat(server), "Hi")
    (body,) = server.bodies
    assert body == {
        "model": MODEL,
        "messages": [{"role": "user", "content": "Hi"}],
        "temperature": 0.25,
        "top_p": 0.75,
        "max_tokens": 1025,
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_a_penalty_moved_away_and_back_to_zero_is_sent(chat):
    with NimServer() as server:
        test = chat(server)
        slide(test, "Presence penalty", 0.5)
        slide(test, "Presence penalty", 0.0)
        ask(test, "Hi")
    assert server.bodies[0]["presence_penalty"] == 0.0
    assert "frequency_penalty" not in server.bodies[0]


def test_a_slider_can_be_left_out(chat):
    with NimServer() as server:
        test = chat(server)
        by_label(test.multiselect, "Not sent").set_value(["temperature", "frequency_penalty", "presence_penalty"]).run()
        ask(test, "Hi")
    assert "temperature" not in server.bodies[0]
    assert "Not sent: temperature," in said(test).replace("\\", "")


def test_fields_send_what_is_typed_with_line_breaks_understood(chat):
    with NimServer() as server:
        test = chat(server)
        by_label(test.text_area, "Stop sequences").set_value("END\n\\n\\n").run()
        by_label(test.number_input, "Seed").set_value(7).run()
        by_label(test.number_input, "Max tokens").set_value(12).run()
        by_label(test.toggle, "Stream").set_value(False).run()
        by_label(test.text_area, "System prompt").set_value("Be brief.").run()
        ask(test, "Hi")
    (body,) = server.bodies
    assert (body["stop"], body["seed"], body["max_tokens"], body["stream"]) == (["END", "\n\n"], 7, 12, False)
    assert body["messages"][0] == {"role": "system", "content": "Be brief."}


def test_reset_brings_back_the_starting_values_and_what_is_not_sent(chat):
    with NimServer() as server:
        test = chat(server)
        slide(test, "Temperature", 0.9)
        slide(test, "Frequency penalty", 1.0)
        by_label(test.text_area, "Stop sequences").set_value("END").run()
        press(test, "Reset parameters")
        ask(test, "Hi")
    assert server.bodies[0]["temperature"] == 0.25
    assert not {"frequency_penalty", "stop"} & set(server.bodies[0])


def test_a_note_appears_when_temperature_and_top_p_are_both_moved(chat):
    with NimServer() as server:
        test = slide(chat(server), "Temperature", 0.5)
        assert "You moved both" not in said(test)
        assert "You moved both" in said(slide(test, "Top p", 0.5))


def test_a_parameter_that_the_model_refuses_is_shut_and_not_sent(chat):
    with NimServer() as server:
        test = chat(server)
        test.session_state["session"].models["nvidia"] = "meta/llama-3.2-1b-instruct"
        test.run()
        assert by_label(test.number_input, "Seed").disabled
        assert by_label(test.slider, "Temperature").max == 1.0


def test_the_answer_stands_with_the_facts_of_its_call(chat):
    with NimServer([Says("Hello **world**")]) as server:
        text = said(ask(chat(server), "Hi")).replace("\\", "")
    assert "Hello **world**" in text
    assert "5 tokens in and 2 tokens out" in text
    assert "Ended by itself." in text
    assert "Sent: temperature 0.25, top p 0.75, max tokens 1,025." in text
    assert "Not sent: frequency penalty, presence penalty, stop sequences, seed." in text


def test_a_cut_answer_says_how_to_see_the_rest(chat):
    with NimServer([Says("Hello", finish_reason="length")]) as server:
        assert "Cut at max tokens: raise it to see the rest." in said(ask(chat(server), "Hi")).replace("\\", "")


def test_thinking_stands_in_an_expander_of_its_own_with_its_tokens_and_time(chat):
    with NimServer([Says("one two", reasoning="a b c d e f")]) as server:
        test = ask(chat(server), "Hi")
    (thinking,) = [each for each in test.expander if each.label.startswith("Thinking, about ")]
    assert "answer began after" in thinking.label
    assert "a b c d e f" in thinking.markdown[0].value


def test_a_failure_says_what_to_do_and_keeps_the_question(chat):
    refusal = json.dumps({"status": 404, "title": "Not Found", "detail": "404 page not found"})
    with NimServer([Raw(404, refusal), Says("Hello")]) as server:
        test = ask(chat(server), "Hi there")
        assert "Models page" in said(test).replace("\\", "")
        assert "Hi there" in said(test)
        assert "Hello" in said(press(test, "Regenerate"))


def test_a_broken_stream_keeps_what_had_arrived(chat):
    with NimServer([Chunks([event({"content": "Half an answer"})], then="cut")]) as server:
        test = ask(chat(server), "Hi")
    assert "Half an answer" in said(test)
    assert "The answer broke off" in said(test)


def test_the_next_question_is_sent_with_what_was_said_before(chat):
    with NimServer([Says("One."), Says("Two.")]) as server:
        test = chat(server)
        ask(test, "First?")
        ask(test, "Second?")
    assert server.bodies[1]["messages"] == [
        {"role": "user", "content": "First?"},
        {"role": "assistant", "content": "One."},
        {"role": "user", "content": "Second?"},
    ]


def test_regenerate_asks_the_same_again_and_keeps_the_earlier_answer_as_a_version(chat):
    with NimServer([Says("One."), Says("Two.")]) as server:
        test = ask(chat(server), "Why?")
        slide(test, "Temperature", 0.9)
        press(test, "Regenerate")
        assert "Two." in said(test)
        assert "One." not in said(test)
        assert "version 2 of 2" in said(test)
        press(test, "Earlier")
        assert "One." in said(test)
        assert "Two." not in said(test)
    assert [question_of(body) for body in server.bodies] == ["Why?", "Why?"]
    assert [body["temperature"] for body in server.bodies] == [0.25, 0.9]


def test_an_edit_that_is_begun_again_begins_with_the_question(chat):
    with NimServer() as server:
        test = ask(chat(server), "First?")
        press(test, "Edit")
        by_label(test.text_area, "Edited question").set_value("Something else").run()
        press(test, "Cancel")
        press(test, "Edit")
        assert by_label(test.text_area, "Edited question").value == "First?"


def test_an_edited_question_goes_on_from_there_and_leaves_the_old_path_to_flip_to(chat):
    with NimServer([Says("One."), Says("Two."), Says("Three.")]) as server:
        test = ask(chat(server), "First?")
        ask(test, "Second?")
        next(button for button in test.button if button.label == "Edit").click().run()
        by_label(test.text_area, "Edited question").set_value("First, edited?")
        press(test, "Send edited question")
        assert "Three." in said(test)
        assert "Second?" not in said(test)
        press(test, "Earlier")
        assert "Second?" in said(test)
    assert server.bodies[2]["messages"] == [{"role": "user", "content": "First, edited?"}]


def test_json_shows_the_request_as_it_was_sent_and_the_response(chat):
    with NimServer([Says("Hello world", reasoning="Hm.")]) as server:
        test = open_tab(ask(chat(server), "Hi"), "JSON")
    request, response = (json.loads(block.value) for block in test.code)
    assert request == server.bodies[0]
    assert response["choices"][0]["message"] == {
        "role": "assistant",
        "content": "Hello world",
        "reasoning_content": "Hm.",
    }
    assert response["usage"] == {"prompt_tokens": 5, "completion_tokens": 3}


def test_code_holds_this_conversation_and_these_parameters_in_four_languages_without_the_key(chat):
    with NimServer() as server:
        test = ask(chat(server), "What is a tensor?")
        slide(test, "Temperature", 0.65)
        open_tab(test, "Code")
    blocks = [block.value for block in test.code]
    assert len(blocks) == 4
    assert all("What is a tensor?" in block and "0.65" in block for block in blocks)
    assert not any("nvapi-test" in block for block in blocks)


def test_send_to_compare_carries_the_question_the_system_prompt_and_the_parameters(chat):
    with NimServer() as server:
        test = chat(server)
        by_label(test.text_area, "System prompt").set_value("Be brief.").run()
        slide(test, "Temperature", 0.6)
        ask(test, "Why?")
        press(test, "Send to Compare")
    assert test.title[0].value == "Compare"
    assert by_label(test.text_area, "Prompt").value == "Why?"
    assert by_label(test.text_area, "System prompt").value == "Be brief."
    assert 0.6 in list(test.session_state["session"].sets["temperature"])


def test_send_to_compare_fills_a_whole_plan_in_which_every_set_has_a_name_of_its_own(chat):
    with NimServer() as server:
        test = chat(server)
        ask(test, "Why?")
        press(test, "Send to Compare")
        assert list(test.session_state["session"].sets["name"]) == ["focused", "balanced", "creative", "from chat"]
        assert "4 sets × 3 repeats" in said(test)
        by_label(test.number_input, "Repeats").set_value(7).run()
        test.switch_page("chat.py").run()
        press(test, "Send to Compare")
        assert "5 sets × 7 repeats" in said(test)
        assert list(test.session_state["session"].sets["name"])[3:] == ["from chat", "from chat 2"]


def test_a_new_chat_begins_empty_and_the_old_one_can_be_found_and_opened(chat):
    with NimServer([Says("About llamas."), Says("About boats.")]) as server:
        test = ask(chat(server), "Tell me one thing")
        press(test, "New chat")
        assert "About llamas." not in said(test)
        ask(test, "Tell me another")
        test.session_state["chat_conversations"] = True
        test.run()
        by_label(test.text_input, "Search conversations").set_value("llamas").run()
        press(test, "Tell me one thing")
        assert "About llamas." in said(test)
        assert question_of(server.bodies[1]) == "Tell me another"
        assert len(server.bodies[1]["messages"]) == 1


def test_a_conversation_can_be_renamed_deleted_and_brought_back(chat, settings):
    with NimServer([Says("Kept words.")]) as server:
        test = ask(chat(server), "Hi")
        test.session_state["chat_manage"] = True
        test.run()
        by_label(test.text_input, "Title").set_value("My notes").run()
        press(test, "Delete conversation")
        assert "Kept words." not in said(test)
        assert "Deleted: My notes" in said(test)
        press(test, "Undo")
        assert "Kept words." in said(test)
    history = open_history(settings)
    assert [each.title for each in history.conversations.listed()] == ["My notes"]
    history.close()


def test_a_reload_finds_the_conversation_by_its_address_with_its_system_prompt_and_parameters(app, chat):
    with NimServer([Says("First answer.")]) as server:
        test = chat(server)
        by_label(test.text_area, "System prompt").set_value("Be brief.").run()
        slide(test, "Temperature", 0.9)
        ask(test, "Hi")
        address = test.query_params["conversation"]
        again = app()
        again.switch_page("chat.py")
        again.query_params["conversation"] = address
        again.run()
    assert "First answer." in said(again)
    assert by_label(again.text_area, "System prompt").value == "Be brief."
    assert by_label(again.slider, "Temperature").value == 0.9


def test_a_question_that_cannot_be_sent_is_not_lost(chat, monkeypatch):
    with NimServer() as server:
        test = chat(server)
        monkeypatch.delenv("NVIDIA_API_KEY")
        ask(test, "A long question")
    assert "needs a key" in said(test)
    assert "A long question" in test.code[0].value
    assert not server.bodies


def test_a_full_context_offers_to_leave_out_the_oldest_questions(chat, settings):
    history = open_history(settings)
    history.sightings.keep_list("nvidia", history.meter.fingerprint("nvapi-test"), [Model("small", None, "chat", 1500)])
    history.close()
    with NimServer([Says("word " * 900), Says("short")]) as server:
        test = chat(server)
        test.session_state["session"].models["nvidia"] = "small"
        ask(test, "long one")
        assert "To make room" in said(test)
        by_label(test.toggle, "Leave out the first question from the next call").set_value(True).run()
        ask(test, "next")
    assert server.bodies[1]["messages"] == [{"role": "user", "content": "next"}]


def test_model_text_on_the_page_holds_no_image_and_shows_the_targets_of_links(chat):
    with NimServer([Says("![p](http://e.org/p.png) [click](https://evil.org/x)")]) as server:
        test = ask(chat(server), "Hi")
    shown = [each.value for each in test.markdown]
    assert r"!\[p](http://e.org/p.png) click (<https://evil.org/x>)" in shown
