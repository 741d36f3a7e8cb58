"""Words and graphemes against the Unicode segmentation test files and against uniseg."""

import json
from pathlib import Path

import pytest
import regex

from nim_core.measures.segmentation import fold, graphemes, units, words

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
    assert units("gpu 한국", ["gpu", "한국"]).name == "word-4"
    assert units("gp 한국", ["gp", "한국"]).name == "word-4"
    assert units("gp 한국어", ["gp", "한국어"]).name == "grapheme-8"


def test_the_long_vowel_mark_counts_as_kana_by_its_script_extensions():
    # ー has Script=Common, but Script_Extensions={Hiragana, Katakana}.
    assert units("ーab", ["ー", "ab"]).name == "word-4"
    assert units("ーーa", ["ーー", "a"]).name == "grapheme-8"


def test_grapheme_units_leave_out_marks_spaces_and_punctuation_and_keep_numbers():
    assert units("한국, 3급 Ⅷ!", []).items == ("한", "국", "3", "급", "Ⅷ")


def test_folding_makes_case_and_composition_alike():
    assert fold("ÉCOLE") == fold("e\u0301cole")
    assert fold("ΣΊΣΥΦΟΣ") == fold("σίσυφος")
