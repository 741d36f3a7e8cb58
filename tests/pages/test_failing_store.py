"""A store that fails after it was opened: each page and each button says so in its place, and nothing typed is lost."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace

import pytest

from nim_core.history import open_history
from nim_core.settings import Settings
from nim_core.testing import NimServer, Says
from nim_core.values.events import Ended
from nim_core.values.experiment import new_experiment, new_turn
from nim_core.values.generation import Generation
from nim_core.values.parameters import GenerationParameters
from nim_core.values.sets import grid
from tests.pages.conftest import by_label, said
from tests.support import postgres
from tests.support.running import locked_by_another

MODEL = "meta/llama-3.1-8b-instruct"
CONVERSATION = "c" * 32
LOCKED = "Another program has held it locked"
GONE = "The database cannot be reached"


def fill():
    """A comparison with its answers, and a conversation whose question was asked twice."""
    history = open_history(Settings())
    asked = new_experiment("What is GPU?", grid(temperature=[0, 1]), endpoint="nvidia", model=MODEL, repeats=1)
    turns = [
        new_turn(text, GenerationParameters(), endpoint="nvidia", model=MODEL, conversation=CONVERSATION)
        for text in ("First", "Again")
    ]
    history.experiments.save(asked)
    for turn in turns:
        history.conversations.add(turn, parent=None)
    for experiment in (asked, *turns):
        for order, cell in enumerate(experiment.plan(), start=1):
            parameters = experiment.parameters_of(cell)
            row = Generation(
                experiment.id, cell.set, cell.repeat, order, "nvidia", MODEL, parameters, "ok", experiment.created_at
            )
            history.experiments.add(replace(row, text="A chip."))
    history.close()


@pytest.fixture
def server(monkeypatch):
    with NimServer([Says("Hello")]) as made:
        monkeypatch.setenv("NIM_LAB_NVIDIA_URL", made.url)
        monkeypatch.setenv("NVIDIA_API_KEY", "nvapi-FAKE-for-tests")
        yield made


@pytest.fixture
def opened(app, server):
    """Opens a page of a visitor who asks the hosted catalog, with every popover open."""

    def open_page(page):
        test = app()
        mine = test.session_state["session"]
        mine.endpoint, mine.models["nvidia"] = "nvidia", MODEL
        test.session_state["connect_endpoint"] = "nvidia"
        test.session_state["chat_manage"] = test.session_state["chat_conversations"] = True
        test.query_params["conversation"] = CONVERSATION
        return test.switch_page(page).run()

    return open_page


@pytest.fixture
def path(monkeypatch, tmp_path):
    """The file of a store that waits only briefly while another holds it."""
    monkeypatch.setenv("NIM_LAB_STORE", f"sqlite:///{tmp_path / 'history.sqlite3'}?timeout=0.2")
    fill()
    return tmp_path / "history.sqlite3"


def press(test, label):
    return by_label(test.button, label).click().run()


def is_told(test, sentence=LOCKED):
    assert not test.exception
    return sentence in said(test)


@pytest.mark.parametrize(
    ("page", "label"),
    [
        ("models.py", "Test it"),
        ("chat.py", "Earlier"),
        ("chat.py", "Regenerate"),
        ("chat.py", "Delete conversation"),
        ("compare.py", "Run comparison"),
        ("compare.py", "Run 5 more rounds"),
        ("compare.py", "Run again"),
        ("compare.py", "Keep name and note"),
        ("compare.py", "Delete"),
    ],
)
def test_what_a_button_could_not_do_is_told_and_the_next_press_does_it(opened, server, path, page, label):
    test = opened(page)
    with locked_by_another(path):
        assert is_told(press(test, label))
        assert server.bodies == []
    assert not is_told(press(test, label))


@pytest.mark.parametrize(
    ("page", "first", "then"),
    [("chat.py", "Delete conversation", "Undo"), ("compare.py", "Delete", "Undo delete")],
)
def test_what_could_not_be_brought_back_can_be_brought_back_later(opened, path, page, first, then):
    test = press(opened(page), first)
    with locked_by_another(path):
        assert is_told(press(test, then))
    assert not is_told(press(test, then))
    assert "A chip" in said(test)


def test_a_title_that_could_not_be_kept_stays_in_its_field(opened, path):
    test = opened("chat.py")
    with locked_by_another(path):
        assert is_told(by_label(test.text_input, "Title").set_value("My chips").run())
        assert by_label(test.text_input, "Title").value == "My chips"
    assert not is_told(test.run())


def test_a_title_that_was_typed_before_its_menu_was_closed_is_told_all_the_same(opened, path):
    test = opened("chat.py")
    with locked_by_another(path):
        test.session_state["chat_manage"] = False
        assert is_told(by_label(test.text_input, "Title").set_value("My chips").run())


def test_credits_that_could_not_be_set_are_told_beside_the_meter(opened, path):
    test = opened("connect.py")
    with locked_by_another(path):
        assert is_told(by_label(test.number_input, "Credits I have now").set_value(7).run())
    assert by_label(test.metric, "Credits left").value == "1,000"


def test_the_sentence_stands_at_the_turn_whose_version_could_not_be_shown(opened, path):
    test = opened("chat.py")
    with locked_by_another(path):
        press(test, "Earlier")
    assert LOCKED in test.chat_message[1].error[0].value


def test_a_question_that_could_not_be_kept_is_not_sent_and_shown_again(opened, server, path):
    test = opened("chat.py")
    with locked_by_another(path):
        assert is_told(test.chat_input[0].set_value("What is a CPU?").run())
    assert "Your question was not sent" in said(test)
    assert test.code[-1].value == "What is a CPU?"
    assert server.bodies == []


def test_a_list_of_models_is_shown_though_it_could_not_be_kept(opened, path):
    test = opened("connect.py")
    with locked_by_another(path):
        test.switch_page("models.py").run()
    assert not test.exception
    assert len(by_label(test.radio, "Models").options) == 2


def test_visitors_of_a_shared_server_are_not_told_where_its_store_lies(opened, path, monkeypatch, caplog):
    monkeypatch.setenv("NIM_LAB_SHARED", "1")
    test = opened("compare.py")
    with locked_by_another(path):
        assert is_told(press(test, "Run comparison"), "Tell its operator")
    assert str(path) not in said(test)
    assert str(path) in caplog.text


def test_how_a_run_ended_tells_a_shared_servers_visitors_nothing_of_its_store(opened, path, monkeypatch):
    monkeypatch.setenv("NIM_LAB_SHARED", "1")
    test = opened("compare.py")
    mine = test.session_state["session"]
    history = open_history(Settings()).of(mine.workspace)
    asked = new_experiment("What is GPU?", grid(temperature=[0]), endpoint="nvidia", model=MODEL)
    history.experiments.save(asked)
    faults = {"store_failed": f"The store {path} is full.", "told": f"The store {path} was full."}
    for code, detail in faults.items():
        history.experiments.end(asked.id, Ended("failed", code, detail=detail))
        mine.experiment = asked.id
        assert is_told(test.run(), "Tell its operator")
        assert str(path) not in said(test)
    history.close()


@pytest.fixture
def vanishing(monkeypatch, server):
    """A store on a database server, and what makes it vanish."""
    programs = postgres.find_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (Debian's package postgresql).")
    with ExitStack() as stack:
        monkeypatch.setenv("NIM_LAB_STORE", stack.enter_context(postgres.running(programs)))
        fill()
        yield stack.close


def test_every_page_says_that_its_database_has_gone(opened, vanishing):
    pages = {page: opened(page) for page in ("connect.py", "models.py", "chat.py", "compare.py")}
    vanishing()
    for page, test in pages.items():
        assert is_told(test.run(), GONE), page


def test_what_was_typed_outlasts_the_time_in_which_the_database_has_gone(opened, vanishing):
    chat, compare = press(opened("chat.py"), "Edit"), opened("compare.py")
    texts = {"Edited question": chat, "System prompt": chat, "Prompt": compare, "Note, in Markdown": compare}
    keys = {}
    for label, test in texts.items():
        field = by_label(test.text_area, label)
        keys[label] = field.key
        field.set_value(f"My {label}").run()
    vanishing()
    for test in (chat, compare) * 2:
        test.run()
    assert {label: texts[label].session_state[key] for label, key in keys.items()} == {
        label: f"My {label}" for label in texts
    }


def test_a_question_is_shown_again_when_the_database_has_gone(opened, server, vanishing):
    test = opened("chat.py")
    vanishing()
    assert is_told(test.chat_input[0].set_value("What is a CPU?").run(), GONE)
    assert test.code[-1].value == "What is a CPU?"
    assert server.bodies == []


def test_no_press_raises_after_the_database_has_gone(opened, vanishing):
    presses = {
        "chat.py": ["Earlier", "Delete conversation", "Regenerate", "New chat", "Edit"],
        "compare.py": ["Delete", "Keep name and note", "Run again", "Run 5 more rounds", "Run comparison"],
        "models.py": ["Test it", "Use this model"],
    }
    pages = [(opened(page), label) for page, labels in presses.items() for label in labels]
    vanishing()
    for test, label in pages:
        assert is_told(press(test, label), GONE), label
