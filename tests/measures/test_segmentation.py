"""Words and graphemes against the Unicode segmentation test files and against uniseg."""

import json
import random
from pathlib import Path
from unicodedata import normalize

import pytest
import regex

from nim_core.measures.segmentation import (
    fold,
    grapheme_numbers,
    graphemes,
    numbered,
    unit_of,
    units,
    word_numbers,
    words,
)

DATA = Path(__file__).parent / "data"
UNISEG = json.loads((DATA / "uniseg.json").read_text("utf-8"))["cases"]
HOLDS_LETTER_OR_DIGIT = regex.compile(r"[\p{L}\p{Nd}]")


def unicode_cases(name: str) -> list[list[str]]:
    """The parts between the boundaries (÷) of each case of a Unicode test file."""
    lines = (DATA / name).read_text("utf-8").splitlines()
    cases = [line for line in lines if not line.startswith("#")]
    parts = [[part.replace("×", " ").split() for part in case.split("÷") if part.strip()] for case in cases]
    return [["".join(chr(int(code, 16)) for code in part) for part in case] for case in parts]


@pytest.mark.parametrize("parts", unicode_cases("grapheme_break.txt"), ids=ascii)
def test_graphemes_end_where_the_unicode_test_file_says(parts):
    assert graphemes("".join(parts)) == parts


@pytest.mark.parametrize("parts", unicode_cases("word_break.txt"), ids=ascii)
def test_words_are_those_of_the_unicode_test_file_that_hold_a_letter_or_a_digit(parts):
    assert words("".join(parts)) == [part for part in parts if HOLDS_LETTER_OR_DIGIT.search(part)]


@pytest.mark.parametrize("case", UNISEG, ids=lambda case: ascii(case["text"]))
def test_words_and_graphemes_are_those_of_uniseg(case):
    assert words(case["text"]) == case["words"]
    assert graphemes(case["text"]) == case["graphemes"]


def test_an_opening_quotation_mark_is_no_part_of_the_word():
    assert words("she said 'yes' twice") == ["she", "said", "yes", "twice"]


@pytest.mark.parametrize("text", ["\U0001f1f0" * 200_001, "_" * 300_000, "\u0301" * 300_000, "a'" * 300_000])
def test_a_long_run_of_flags_marks_or_connectors_is_cut_in_linear_time(text):
    # Quadratic here means minutes: the test would not end.
    assert len(graphemes(text)) <= len(text)
    assert len(words(text)) <= 1


def test_units_are_words_unless_more_than_half_of_the_letters_are_hangul_kana_or_han():
    assert unit_of("gpu 한국") == "word-4"
    assert unit_of("gp 한국") == "word-4"
    assert unit_of("gp 한국어") == "grapheme-8"


def test_the_long_vowel_mark_counts_as_kana_by_its_script_extensions():
    # ー has Script=Common, but Script_Extensions={Hiragana, Katakana}.
    assert unit_of("ーab") == "word-4"
    assert unit_of("ーーa") == "grapheme-8"


def test_grapheme_units_leave_out_marks_spaces_and_punctuation_and_keep_numbers():
    assert "".join(map(chr, units("한국, 3급 ⅷ!", word_numbers(""), {}).items)) == "한국3급ⅷ"


def test_a_long_text_gone_through_in_stretches_is_cut_as_it_is_in_one():
    chance = random.Random(1)
    text = "".join(
        chance.choices(
            ["a ", " ", "\r", "\n", "\u0600", "e", "\u0301", "👩\u200d🔬", "can't", "한", "ᄒ", "\u1161"], k=90_000
        )
    )
    composed = normalize("NFC", text)
    assert fold(text) == normalize("NFC", composed.casefold())
    assert grapheme_numbers(text).tolist() == numbers_of(graphemes(composed))
    assert word_numbers(text).tolist() == numbered(words(fold(text))).tolist()


def numbers_of(found: list[str]) -> list[int]:
    """Code points, and from 0x110000 on in the order in which graphemes of several are met."""
    beyond = {each: 0x110000 + n for n, each in enumerate(dict.fromkeys(each for each in found if len(each) > 1))}
    return [beyond[each] if each in beyond else ord(each) for each in found]


def test_folding_makes_case_and_composition_alike():
    assert fold("ÉCOLE") == fold("e\u0301cole")
    assert fold("ΣΊΣΥΦΟΣ") == fold("σίσυφος")
