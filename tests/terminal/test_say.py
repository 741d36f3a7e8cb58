"""What others wrote reaches the terminal as text: no escape code of theirs is obeyed there."""

from __future__ import annotations

import csv
import json
import logging
import os
import pty
import re
import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nim_core.foreign import visible
from nim_core.logs import guard_logs
from nim_core.testing import NimServer, Raw, Says
from tests.terminal.test_commands import ROOT, compare, nim

CLIPBOARD = "\x1b]52;c;aGk=\x07"
HOSTILE = f"{CLIPBOARD}\x1b[2J\x9b2J\x7f\r\b\u202eleft :bomb: [bold]"
SHOWN = r"\u001b]52;c;aGk=\u0007\u001b[2J\u009b2J\u007f\r\b\u202eleft :bomb: [bold]"
OBEYED = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@given(st.text())
def test_nothing_that_a_terminal_obeys_is_left_and_all_else_is(text):
    shown = visible(text)
    assert not [each for each in shown if unicodedata.category(each) in ("Cc", "Cs", "Zl", "Zp")]
    assert visible(text, lines=True).count("\n") == text.count("\n")
    if not OBEYED.search(text) and text.isprintable():
        assert shown == text


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_json_text_still_means_the_same(text):
    assert json.loads(visible(json.dumps([text], ensure_ascii=False), lines=True)) == [text]


@given(st.text(), st.integers(0, 20))
def test_a_text_may_come_in_pieces(text, at):
    assert visible(text[:at]) + visible(text[at:]) == visible(text)


@pytest.mark.parametrize("pieces", [[HOSTILE, "\nTwo\tlines"], [*HOSTILE, "\nTwo\tlines"]], ids=["whole", "split"])
def test_an_answer_is_shown_with_its_escape_codes_and_keeps_its_lines(pieces):
    with NimServer([Says(pieces)]) as server:
        ran = nim("chat", "Hi", "--endpoint", server.url, "--model", "m")
    assert ran.stdout == f"{SHOWN}\nTwo\tlines\n"


def test_an_error_is_one_line_whatever_the_server_says():
    refusal = Raw(400, json.dumps({"message": f"{HOSTILE}\nError: of another line"}))
    with NimServer([refusal]) as server:
        ran = nim("chat", "Hi", "--endpoint", server.url, "--model", "m")
    assert SHOWN.partition(r"\r")[0] in ran.stderr
    assert not OBEYED.search(ran.stderr)
    assert len(ran.stderr.splitlines()) == 1


def test_names_of_models_are_shown_and_stay_exact_as_json():
    with NimServer(models=[HOSTILE]) as server:
        told = nim("models", "--endpoint", server.url)
        listed = nim("models", "--endpoint", server.url, "--json")
    assert told.stdout.startswith(SHOWN)
    for ran in (told, listed):
        assert not OBEYED.search(ran.stdout + ran.stderr)
    assert HOSTILE in {model["id"] for model in json.loads(listed.stdout)}


@pytest.fixture
def spec(tmp_path):
    """A file whose set has a hostile name; YAML reads JSON."""
    path = tmp_path / "spec.yaml"
    path.write_text(json.dumps({"sets": {HOSTILE: {"temperature": 0.5}}, "repeats": 2}), encoding="utf-8")
    return ("--spec", str(path))


def test_names_of_sets_and_failures_are_shown_in_progress_and_table(spec):
    answers = [Says("Hello"), Raw(400, json.dumps({"message": HOSTILE}))]
    with NimServer(answers) as server:
        ran = compare(server, *spec)
    said = ran.stdout + ran.stderr
    assert not OBEYED.search(said)
    assert f"{SHOWN}, repeat 2: " in ran.stderr
    assert ":bomb:" in ran.stdout
    assert "[bold]" in ran.stdout


def test_a_file_keeps_the_text_exactly(spec, tmp_path):
    out = tmp_path / "rows.csv"
    with NimServer([Says(HOSTILE)]) as server:
        compare(server, *spec, "--out", str(out))
    with out.open(newline="", encoding="utf-8") as file:
        assert {(row["set"], row["text"]) for row in csv.DictReader(file)} == {(HOSTILE, HOSTILE)}


def at_a_terminal(*arguments):
    """All that a command writes to a real terminal."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "nim_core", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        written = bytearray()
        try:
            while piece := os.read(ours, 65_536):
                written += piece
        except OSError:  # Linux's end of a terminal
            pass
        process.wait()
    os.close(ours)
    return written.decode()


def test_a_terminal_gets_the_codes_of_the_progress_bar_and_none_of_a_servers(spec):
    with NimServer([Says(HOSTILE), Raw(400, json.dumps({"message": HOSTILE}))], models=[HOSTILE]) as server:
        asked = ("--prompt", "x", "--endpoint", server.url, "--warmup", "0", *spec)
        written = at_a_terminal("compare", *asked)
    assert "\x1b[" in written
    assert r"\u001b]52" in written
    for code in (CLIPBOARD, "\x1b]52", "\x1b[2J", "\x9b", "\u202e"):
        assert code not in written


def test_a_log_record_holds_no_escape_code(caplog):
    before = logging.getLogRecordFactory()
    try:
        guard_logs()
        logging.getLogger("nim_core").error("The server said %s", HOSTILE)
    finally:
        logging.setLogRecordFactory(before)
    assert caplog.messages == [f"The server said {SHOWN}"]
