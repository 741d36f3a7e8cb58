"""The picture beside temperature: the chances of the whole vocabulary, with all tokens but seven as one bar."""

from __future__ import annotations

from html import unescape

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts.drawing.distribution import chances

VOCABULARY = 49_152
SLIDER = [step / 20 for step in range(41)]


def test_at_temperature_two_the_likeliest_has_next_to_nothing():
    found = chances(2, 1)
    assert found[0].probability == pytest.approx(0.0226, abs=0.001)
    assert found[-1].probability == pytest.approx(0.934, abs=0.01)


def test_all_tokens_beside_the_named_ones_are_one_bar():
    found = chances(None, None)
    assert found[-1].token == "others"
    assert sum(each.tokens for each in found) == VOCABULARY
    assert found[-1].probability == pytest.approx(0.298, abs=0.005)


def test_top_p_cuts_inside_the_others_after_temperature():
    others = chances(2, 0.9)[-1]
    assert others.kept == pytest.approx(10_774, rel=0.01)
    assert others.probability == pytest.approx(0.926, abs=0.01)


def test_a_small_top_p_cuts_all_others_away():
    found = chances(1, 0.5)
    assert [each.kept for each in found] == [1, 1, 0, 0, 0, 0, 0, 0]
    assert found[-1].probability == 0


def test_temperature_zero_takes_the_likeliest():
    assert [each.probability for each in chances(0, None)] == [1] + [0] * 7


@pytest.mark.parametrize("top_p", SLIDER[1:21])
def test_the_chances_add_up_to_one_wherever_the_sliders_stand(top_p):
    assert all(sum(each.probability for each in chances(warmth, top_p)) == pytest.approx(1) for warmth in SLIDER)


def test_the_picture_says_in_words_what_its_bars_show():
    def page() -> None:
        from pages.parts.drawing.distribution import picture

        picture(2, 0.9)

    drawn = unescape(AppTest.from_function(page).run().get("html")[0].proto.body)
    assert "girl 3%, town 2%" in drawn
    assert "others 93%. Others: the built-in model's 49,145 other tokens, of which 10,770 may be picked." in drawn


def test_the_picture_speaks_the_language_of_its_reader():
    def page() -> None:
        from nim_core.words import use_language
        from pages.parts.drawing.distribution import picture

        with use_language("ko"):
            picture(2, 0.9)

    drawn = unescape(AppTest.from_function(page).run().get("html")[0].proto.body)
    assert "그 외 93%. 그 외: 내장 모델의 다른 토큰 49,145개이며, 그중 10,770개가 선택될 수 있습니다." in drawn
    assert "may be picked" not in drawn
