"""The language of a visitor."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import FRAME, said


def opened(lang=None, browser=None):
    test = AppTest.from_file(str(FRAME), default_timeout=60)
    if lang is not None:
        test.query_params["lang"] = lang
    if browser is not None:
        test.context["locale"] = browser
    return test.run()


def title(test):
    assert not test.exception
    return test.title[0].value


def choice(test):
    return test.sidebar.selectbox(key="language")


@pytest.mark.parametrize(
    ("lang", "browser", "expected"),
    [
        (None, None, "Connect"),
        (None, "en-US", "Connect"),
        (None, "ko-KR", "연결"),
        (None, "de-DE", "Connect"),
        (None, "", "Connect"),
        ("ko", None, "연결"),
        ("ko", "en-US", "연결"),
        ("en", "ko-KR", "Connect"),
        ("xx", None, "Connect"),
        ("xx", "ko-KR", "Connect"),
        ("", "ko-KR", "연결"),
        ("../../etc/passwd", "ko-KR", "Connect"),
    ],
)
def test_the_address_counts_before_the_browser(app, lang, browser, expected):
    assert title(opened(lang, browser)) == expected


def test_the_choice_in_the_sidebar_counts_before_the_browser_and_stands_in_the_address(app):
    test = opened(browser="ko-KR")
    assert (choice(test).value, choice(test).options) == ("ko", ["English", "한국어"])
    assert "lang" not in test.query_params
    choice(test).set_value("en").run()
    assert title(test) == "Connect"
    assert test.query_params["lang"] == "en"


def test_the_choice_replaces_what_the_address_said(app):
    test = opened(lang="ko")
    assert choice(test).label == "언어"
    choice(test).set_value("en").run()
    assert (title(test), choice(test).label, test.query_params["lang"]) == ("Connect", "Language", "en")


def test_the_choice_holds_on_the_next_page_whose_address_does_not_tell_it(app):
    test = opened(lang="ko").switch_page("connect.py")
    test.query_params.clear()
    assert title(test.run()) == "연결"
    assert test.query_params["lang"] == "ko"


def test_what_was_chosen_before_stays_when_the_language_changes(app):
    test = opened()
    test.radio(key="connect_endpoint").set_value("nvidia").run()
    choice(test).set_value("ko").run()
    assert test.radio(key="connect_endpoint").value == "nvidia"
    assert "NVIDIA API 카탈로그" in said(test)


def test_what_a_callback_refuses_is_told_in_the_visitors_language(app):
    test = opened(lang="ko")
    test.radio(key="connect_endpoint").set_value("other").run()
    test.text_input(key="connect_url").set_value("ftp://example.org").run()
    assert "웹 주소가 아닙니다" in test.error[0].value.replace("\\", "")


def test_two_visitors_in_turns_never_hear_each_others_language(app):
    visitors = {code: opened(lang=code) for code in ("en", "ko")}
    heard = [(code, title(test.run())) for _turn in range(3) for code, test in visitors.items()]
    assert set(heard) == {("en", "Connect"), ("ko", "연결")}
