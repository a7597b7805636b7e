import time
from collections.abc import Callable, Sequence

import pytest
import torch
from rouge_score.rouge_scorer import RougeScorer
from torch import Tensor

from fusionlab.text.similarity import (
    char_lcs,
    cosine,
    has_cjk,
    lcs_f,
    word_rouge_l,
    words,
)
from fusionlab.text.steps import finished

ENGLISH = [
    "The capital of France is Paris.",
    "Paris is the capital of France!",
    "It's Lyon, isn't it? 3.14",
    "THE CAPITAL",
    "  ",
    "",
    "état café naïve Straße İstanbul",
]


class Characters:
    """For rouge-score: every character of the lower-cased text is a token."""

    def tokenize(self, text: str) -> list[str]:
        return list(text.lower())


@pytest.mark.parametrize(("metric", "tokenizer"), [(word_rouge_l, None), (char_lcs, Characters())])
def test_equals_rouge_score(
    metric: Callable[[Sequence[str]], Tensor], tokenizer: Characters | None
) -> None:
    scorer = RougeScorer(["rougeL"], tokenizer=tokenizer)
    table = metric(ENGLISH)
    for i, one in enumerate(ENGLISH):
        for j, other in enumerate(ENGLISH):
            assert table[i, j] == pytest.approx(
                scorer.score(one, other)["rougeL"].fmeasure, abs=1e-9
            )


def test_chinese_characters_are_words() -> None:
    assert words("我喜欢AI 2.0，因为です한글") == [*"我喜欢", "ai", "2", "0", *"因为です한글"]
    table = word_rouge_l(["机器学习很有趣。", "机器学习有趣", "天气好"])
    assert table[0, 1] == pytest.approx(2 * 6 / (7 + 6))
    assert table[0, 2] == 0
    assert has_cjk("AI 很")
    assert not has_cjk("AI is café")


def test_other_scripts_have_words() -> None:
    assert words("Привет, мир! Γειά σου") == ["привет", "мир", "γειά", "σου"]


def test_nothing_is_like_nothing() -> None:
    assert char_lcs(["", "", "a"]).tolist() == [[0, 0, 0], [0, 0, 0], [0, 0, 1]]
    assert word_rouge_l(["", " \n", "a"]).tolist() == [[0, 0, 0], [0, 0, 0], [0, 0, 1]]
    assert char_lcs([]).shape == word_rouge_l([]).shape == (0, 0)


def test_a_text_without_words_is_compared_by_its_signs() -> None:
    assert word_rouge_l(["] )", ") ]", "] )", "👍", "👎"]).tolist() == [
        [1, 0.5, 1, 0, 0],
        [0.5, 1, 0.5, 0, 0],
        [1, 0.5, 1, 0, 0],
        [0, 0, 0, 1, 0],
        [0, 0, 0, 0, 1],
    ]


def test_full_width_figures_tell_texts_apart() -> None:
    table = word_rouge_l(["答案是１００元", "答案是９９９元", "答案是999元"])
    assert table[0, 1] < 1
    assert table[1, 2] == 1


@pytest.mark.parametrize("metric", [word_rouge_l, char_lcs])
def test_one_word_in_two_normal_forms_is_one(metric: Callable[[Sequence[str]], Tensor]) -> None:
    assert metric(["caf\u00e9 \u1ec7", "cafe\u0301 e\u0323\u0302"])[0, 1] == 1


def test_letters_with_accents_are_letters() -> None:
    assert words("L'été à Łódź, Größe") == ["l", "été", "à", "łódź", "grösse"]
    assert word_rouge_l(["passé", "passe"])[0, 1] == 0


def test_scripts_without_blanks_have_characters_with_their_marks() -> None:
    assert words("สวัสดี") == ["ส", "วั", "ส", "ดี"]
    assert words("ខ្មែរ")[0].startswith("ខ")
    assert words("हिन्दी में") == ["हिन्दी", "में"]


def test_cosine_is_cut_at_zero() -> None:
    vectors = torch.tensor([[3.0, 0.0], [0.0, 2.0], [-1.0, 0.0], [1.0, 1.0], [0.0, 0.0]])
    half = 0.5**0.5
    expected = torch.tensor(
        [
            [1, 0, 0, half, 0],
            [0, 1, 0, half, 0],
            [0, 0, 1, 0, 0],
            [half, half, 0, 1, 0],
            [0, 0, 0, 0, 0],
        ]
    )
    torch.testing.assert_close(cosine(vectors), expected.double())


def test_a_long_answer_among_short_ones_is_no_burden() -> None:
    start = time.perf_counter()
    table = char_lcs(["word " * 20_000, *(f"answer {i}" for i in range(15))])
    assert table.shape == (16, 16)
    assert time.perf_counter() - start < 2


def test_much_work_reports_its_share() -> None:
    texts = [f"{i}" + "abcdefgh" * 4000 for i in range(4)]
    steps = lcs_f(texts)
    shares = list(steps)
    assert shares == sorted(shares)
    assert shares
    assert shares[-1] <= 1
    assert finished(lcs_f(texts[:1])).tolist() == [[1]]
