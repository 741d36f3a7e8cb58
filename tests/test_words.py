"""What is said, in which language."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import threading
from zoneinfo import ZoneInfo

import pytest

from nim_core.errors import InputError, StoreError
from nim_core.values.endpoints import title_of
from nim_core.words import (
    LOCALE,
    N_,
    Sentence,
    _,
    _n,
    catalog_in,
    language,
    language_of_terminal,
    matched,
    moment,
    number,
    percent,
    said,
    seconds,
    set_language,
    use_language,
)

SERVER = N_("Server URL")


def test_a_message_is_said_in_the_present_language():
    with use_language("ko"):
        assert _("Server URL") == "서버 URL"
    assert _("Server URL") == "Server URL"


def test_what_was_declared_is_said_where_it_is_shown():
    with use_language("ko"):
        assert said(SERVER) == "서버 URL"


def test_the_places_of_a_message_are_filled_after_it_is_translated():
    with use_language("ko"):
        assert _("Its version is {version}.", version="1.2") == "버전: 1.2"


@pytest.mark.parametrize("foreign", ["{version}", "%s", "{0}", "{", "}{", "{version.__class__}"])
def test_braces_in_a_value_are_text(foreign):
    assert _("Its version is {version}.", version=foreign) == f"Its version is {foreign}."


@pytest.mark.parametrize("text", ["", '{"a": 1}', "{unknown}", "100%"])
def test_what_is_no_message_stays_as_it_is(text):
    with use_language("ko"):
        assert said(text) == text


@pytest.mark.parametrize(("count", "english"), [(0, "0 cats"), (1, "1 cat"), (2, "2 cats"), (1_000, "1,000 cats")])
def test_one_and_many_are_told_apart(count, english):
    assert _n("{count} cat", "{count} cats", count) == english


def test_a_number_in_a_message_is_written_as_the_language_writes_it_and_a_text_as_it_is():
    assert _("{count} on port {port}", count=12_345, port=str(8501)) == "12,345 on port 8501"


def test_a_value_that_can_be_said_is_said_in_the_same_language():
    inner = InputError(N_("The address holds a user name or password; leave it out."))
    place = Sentence(N_("Built-in model"))
    with use_language("ko"):
        assert _("{error} ({place})", error=inner, place=place).endswith("(내장 모델)")


@pytest.mark.parametrize("code", ["xx", "", "ko_XX", "../../etc", "EN", "zz-Hant"])
def test_an_unknown_language_is_english_or_the_nearest(code):
    with use_language(code):
        assert language() == ("ko" if code.startswith("ko") else "en")
        assert _("Chat")


@pytest.mark.parametrize("damage", [b"", b"nonsense", b"\xde\x12\x04\x95", b"\xde\x12\x04\x95" + b"\xff" * 40])
def test_a_damaged_catalog_is_english(tmp_path, damage):
    path = tmp_path / "ko" / "LC_MESSAGES" / "nim_lab.mo"
    path.parent.mkdir(parents=True)
    path.write_bytes(damage)
    assert catalog_in("ko", tmp_path).gettext("Chat") == "Chat"


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_catalog_that_was_cut_off_is_english(tmp_path, share):
    whole = (LOCALE / "ko" / "LC_MESSAGES" / "nim_lab.mo").read_bytes()
    path = tmp_path / "ko" / "LC_MESSAGES" / "nim_lab.mo"
    path.parent.mkdir(parents=True)
    path.write_bytes(whole[: int(len(whole) * share)])
    assert catalog_in("ko", tmp_path).gettext("Chat") == "Chat"


def test_a_missing_catalog_is_english(tmp_path):
    assert catalog_in("ko", tmp_path).ngettext("one", "many", 2) == "many"


def test_an_error_is_english_as_an_exception_and_said_in_the_readers_language():
    with use_language("ko"):
        error = InputError(N_("Its version is {version}."), field="version", version="1.2")
        assert str(error) == "Its version is 1.2."
        assert error.said() == "버전: 1.2"
    assert error.field == "version"


def test_an_error_survives_being_sent_to_another_process():
    again = pickle.loads(pickle.dumps(StoreError(N_("Its version is {version}."), version="1.2")))
    with use_language("ko"):
        assert (str(again), again.said()) == ("Its version is 1.2.", "버전: 1.2")


def test_an_error_with_braces_of_others_in_it_is_said_as_it_is():
    assert InputError('{"a": 1} is no {number}').said() == '{"a": 1} is no {number}'


def test_two_threads_with_two_languages_never_mix():
    both, heard = threading.Barrier(2), {}

    def speaks(code):
        set_language(code)
        heard[code] = []
        for _round in range(200):
            both.wait()
            heard[code].append(_("Server URL"))

    threads = [threading.Thread(target=speaks, args=(code,)) for code in ("en", "ko")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (set(heard["en"]), set(heard["ko"])) == ({"Server URL"}, {"서버 URL"})
    assert language() == "en"


@pytest.mark.parametrize("code", ["en", "ko"])
def test_numbers_are_never_written_compact(code):
    with use_language(code):
        assert (number(49_200), number(0.00001), number(1_234.5678, 1)) == ("49,200", "0.00001", "1,234.6")
        assert percent(0.95) == "95%"


@pytest.mark.parametrize(("code", "expected"), [("en", "2026-11-24 15:04"), ("ko", "2026-11-24 15:04")])
def test_an_afternoon_is_written_in_24_hours(code, expected):
    with use_language(code):
        assert moment("2026-11-24T06:04:59+00:00", ZoneInfo("Asia/Seoul")) == expected


def test_seconds_have_their_unit():
    assert seconds(12.3) == "12 s"
    with use_language("ko"):
        assert seconds(0.345, 2) == "0.34초"


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, "en"),
        ({"LANG": "ko_KR.UTF-8"}, "ko"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "ko_KR.UTF-8"}, "ko"),
        ({"LC_ALL": "C.UTF-8", "LC_MESSAGES": "ko_KR.UTF-8", "LANG": "ko_KR.UTF-8"}, "en"),
        ({"LANGUAGE": "ko:en", "LANG": "en_US.UTF-8"}, "ko"),
        ({"LANGUAGE": "", "LANG": "ko_KR"}, "ko"),
    ],
)
def test_a_terminal_speaks_the_language_that_its_variables_name(variables, expected):
    assert language_of_terminal(variables) == expected


def test_a_tag_of_a_browser_names_a_language():
    assert [matched(tag) for tag in ("ko", "ko-KR", "KO-kr", "en-GB", "de", None)] == [
        "ko",
        "ko",
        "ko",
        "en",
        "en",
        "en",
    ]


def test_the_command_says_an_error_in_the_language_of_its_terminal_and_programs_read_english():
    environment = {**os.environ, "LC_ALL": "ko_KR.UTF-8", "PYTHONUTF8": "1", "LANGUAGE": ""}
    told = "from nim_core.terminal.commands import main; main(['models', '--endpoint', 'ftp://x'])"
    ended = subprocess.run([sys.executable, "-c", told], env=environment, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "웹 주소가 아닙니다: 'ftp://x'" in ended.stderr
    kept = "import json; from nim_core.values.endpoints import title_of; print(json.dumps(title_of('nvidia')))"
    english = subprocess.run([sys.executable, "-c", kept], env=environment, capture_output=True, text=True, check=True)
    assert json.loads(english.stdout) == title_of("nvidia") == "NVIDIA API catalog"
