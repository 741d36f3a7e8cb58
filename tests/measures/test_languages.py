"""Korean and Japanese: a loop is seen although its endings vary, ordinary prose stays near 0."""

import pytest

from nim_core.measures import measure_text
from nim_core.measures.repetition import repetition
from nim_core.measures.segmentation import numbered

KOREAN_PROSE = (
    "지난 주말에 오랜 친구와 함께 강가를 따라 천천히 걸었다. 아침에는 안개가 짙게 끼어 건너편 산이 잘 보이지 않았지만, "
    "해가 높이 오르자 물빛이 조금씩 푸르게 바뀌었다. 우리는 작은 찻집에 들러 따뜻한 차를 마시며 학교에 다니던 때의 "
    "이야기를 나누었다. 주인아주머니는 직접 구운 과자를 한 접시 내어 주시고, 요즘은 젊은 손님이 많아져서 즐겁다고 "
    "말씀하셨다. 돌아오는 길에는 시장에서 감자와 버섯을 샀고, 저녁에는 그것으로 국을 끓여 먹었다. 별다른 일이 없는 "
    "하루였지만, 이런 날이 쌓여서 한 해가 되는 것이라고 생각하니 마음이 편안해졌다."
)
KOREAN_LOOP = (
    "이 모델은 질문에 대한 답을 정확하게 생성합니다. 이 모델은 질문에 대한 답을 정확하게 생성했습니다. "
    "이 모델은 질문에 대한 답을 정확하게 생성하고 있습니다. 이 모델은 질문에 대한 답을 정확하게 생성할 것입니다. "
    "이 모델은 질문에 대한 답을 정확하게 생성하였으며, 이 모델은 질문에 대한 답을 정확하게 생성하겠지요. "
    "이 모델은 질문에 대한 답을 정확하게 생성하는데요. 이 모델은 질문에 대한 답을 정확하게 생성하네요."
)
KOREAN_SHORT_LOOP = " ".join(
    f"오늘은 날씨가 아주 {ending}."
    for ending in (
        "좋습니다",
        "좋았습니다",
        "좋아요",
        "좋지요",
        "좋군요",
        "좋았어요",
        "좋네요",
        "좋겠습니다",
        "좋겠어요",
    )
)
JAPANESE_PROSE = (
    "先週の日曜日、久しぶりに祖母の家を訪ねた。駅から歩いて十五分ほどの坂道は、子どものころよりずっと短く感じられた。"
    "庭の柿の木には実がたくさんなっていて、祖母は脚立を使わずに長い竹の棒で器用に取ってみせた。昼には手打ちのうどんを"
    "ごちそうになり、午後は縁側でお茶を飲みながら、古い写真の話を聞いた。帰りぎわに渡された紙袋は思ったより重く、"
    "電車の中でのぞいてみると、柿のほかに梅干しの瓶まで入っていた。次は冬休みに、雪の残る庭を見に行こうと思う。"
)
JAPANESE_LOOP = (
    "このモデルは質問に正しく答えることができます。このモデルは質問に正しく答えることができました。"
    "このモデルは質問に正しく答えることができるでしょう。このモデルは質問に正しく答えることができるのです。"
    "このモデルは質問に正しく答えることができるはずです。このモデルは質問に正しく答えることができますね。"
)


@pytest.mark.parametrize("prose", [KOREAN_PROSE, JAPANESE_PROSE], ids=["Korean", "Japanese"])
def test_ordinary_prose_is_counted_in_graphemes_and_is_near_zero(prose):
    found = measure_text(prose)
    assert found.repetition_unit == "grapheme-8"
    assert found["repetition"] is not None
    assert found["repetition"] < 0.03


@pytest.mark.parametrize(
    ("loop", "prose"),
    [(KOREAN_LOOP, KOREAN_PROSE), (JAPANESE_LOOP, JAPANESE_PROSE)],
    ids=["Korean", "Japanese"],
)
def test_a_loop_that_varies_its_verb_endings_scores_clearly_above_prose(loop, prose):
    looping, ordinary = measure_text(loop)["repetition"], measure_text(prose)["repetition"]
    assert looping is not None
    assert ordinary is not None
    assert looping > 0.4
    assert ordinary < 0.03


def test_words_would_miss_the_short_korean_loop_that_graphemes_see():
    """Four words a sentence, the last always different: no sequence of 4 words occurs twice."""
    words = KOREAN_SHORT_LOOP.replace(".", "").split()
    assert repetition(numbered(words), 4) == 0
    ordinary, looping = measure_text(KOREAN_PROSE)["repetition"], measure_text(KOREAN_SHORT_LOOP)["repetition"]
    assert looping is not None
    assert ordinary is not None
    assert looping > 0.1 > ordinary


def test_the_column_words_counts_words_in_japanese_too():
    assert measure_text("カタカナ語")["words"] == 2
