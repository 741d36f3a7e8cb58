"""The catalogs are whole: every message in every language, with its places, and compiled."""

from __future__ import annotations

import re

import pytest

from nim_core.locale.messages import as_mo, as_po, catalog, marked, po_of, translated, updated
from nim_core.words import PLACE

PARTICLE = re.compile(
    r"\}[`*_\"'”’]*"
    r"(은|는|이|가|을|를|과|와|로|으로|로서|으로서|로써|으로써|나|이나|랑|이랑|라|이라|라고|이라고|라는|이라는|란|이란|며|이며"
    r"|고|이고|든|이든|아|야|여|이여|므로|이므로|지만|이지만|은\(는\)|이\(가\)|을\(를\)|과\(와\)|\(으\)로)(?![가-힣])"
)
"""Which of a pair stands there depends on the sound before it, which nobody knows of a value."""

every_language = pytest.mark.parametrize("code", translated())


@pytest.fixture(scope="module")
def source():
    return marked()


def forms(message):
    """The forms of a message in its language, and those of its source."""
    strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return strings, message.id if isinstance(message.id, tuple | list) else (message.id,)


def messages(code):
    return [message for message in catalog(code) if message.id]


def places(text):
    return set(PLACE.findall(text))


@every_language
def test_every_message_is_translated_and_none_is_a_guess(code, source):
    kept = [message for message in updated(code, source) if message.id]
    assert [message.id for message in kept if not all(forms(message)[0])] == []
    assert [message.id for message in kept if message.fuzzy] == []


@every_language
def test_the_catalog_is_as_the_command_leaves_it(code, source):
    assert po_of(code).read_bytes() == as_po(updated(code, source)), "run python -m nim_core.locale"


@every_language
def test_what_is_read_while_the_program_runs_is_what_translators_wrote(code):
    assert po_of(code).with_suffix(".mo").read_bytes() == as_mo(catalog(code)), "run python -m nim_core.locale"


@every_language
def test_a_translation_has_the_places_of_its_message(code):
    differing = []
    for message in messages(code):
        strings, sources = forms(message)
        differing += [message.id for string in strings if places(string) != places(sources[-1])]
    assert differing == []


@every_language
def test_a_translation_has_the_markup_of_its_message(code):
    """Code, bold words, links and the numbers of a list."""
    marks = re.compile(r"`[^`]*`|\*\*|\]\([^)]*\)|^\d\. ", re.MULTILINE)
    differing = []
    for message in messages(code):
        strings, sources = forms(message)
        differing += [
            message.id for string in strings if sorted(marks.findall(string)) != sorted(marks.findall(sources[-1]))
        ]
    assert differing == []


def test_the_two_forms_of_a_message_hold_the_same_places_but_the_count(source):
    pairs = [message.id for message in source if isinstance(message.id, tuple | list)]
    assert [one for one, many in pairs if places(many) - places(one) not in (set(), {"count"})] == []


def test_a_place_is_a_name_and_has_no_format(source):
    texts = [text for message in source if message.id for text in forms(message)[1]]
    assert [text for text in texts if re.search(r"\{[a-z_.\[\]]*[:!.\[][^}]*\}|\{\}", text)] == []


def test_no_korean_particle_stands_directly_after_a_place():
    assert [string for message in messages("ko") for string in forms(message)[0] if PARTICLE.search(string)] == []


@pytest.mark.parametrize(
    "text", ["{name}은 좋습니다.", "**{name}**를 선택", "`{url}`로 보냅니다.", "{a}와 {b}", "{name}을(를) 선택"]
)
def test_a_particle_that_depends_on_the_value_is_found(text):
    assert PARTICLE.search(text)


@pytest.mark.parametrize(
    "text", ["{count}개를 선택", "{name}에 보냅니다.", "{low}에서 {high}까지", "{name}입니다.", "{n}이상", "{a}의 값"]
)
def test_what_is_the_same_after_every_value_is_allowed(text):
    assert not PARTICLE.search(text)


def test_no_korean_sentence_ends_in_the_style_of_a_talk():
    """Sentences are 합니다체; labels are nouns."""
    talk = re.compile(r"(요|해|야|거든)[.!?](\s|$)")
    assert [string for message in messages("ko") for string in forms(message)[0] if talk.search(string)] == []
