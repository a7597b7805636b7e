"""An answer is right where a person would call it so; identical texts score 1 in every script."""

import pytest
from rouge_score.rouge_scorer import RougeScorer

from fusionlab.bench.scoring import ROUGE, judged
from fusionlab.bench.suites import Item
from fusionlab.text.answers import Kind


def item(truth: str, checker: Kind) -> Item:
    return Item("t-1", "t", "What?", truth, checker)


def rouge(truth: str, said: str) -> dict[str, float]:
    return judged(Item("t-1", "t", "What?", truth, "rouge"), said, "").rouge


@pytest.mark.parametrize(
    "text",
    [
        "机器学习很有趣",
        "機械学習は楽しい。",
        "สวัสดีครับ",
        "Привет, мир",
        "मशीन लर्निंग",
        "état",
        "é à",
        "３．５",
        "] )",
        "👍 👎",
    ],
)
def test_an_identical_reply_scores_one(text: str) -> None:
    scores = rouge(text, text)
    assert scores["rouge1"] == scores["rougeL"] == 1


def test_a_reply_in_other_words_scores_less() -> None:
    assert 0 < rouge("机器学习很有趣", "机器学习很难")["rougeL"] < 1
    assert rouge("机器学习", "天气好")["rouge1"] == 0
    assert rouge("caf\u00e9", "cafe\u0301")["rouge1"] == 1


def test_ascii_is_scored_as_rouge_score_does() -> None:
    truth, said = "The cat sat on the mat.", "A cat sat on that mat, 3.14 times!"
    expected = RougeScorer(list(ROUGE)).score(truth, said)
    assert rouge(truth, said) == {name: expected[name].fmeasure for name in ROUGE}


@pytest.mark.parametrize(
    ("said", "truth", "kind", "right"),
    [
        ("The answer is 3/4.", "3", "number", False),
        ("The answer is 3/4.", "0.75", "number", True),
        ("The answer is 10\\,000.", "10,000", "number", True),
        ("The answer is 1/2.", "2", "number", False),
        ("The answer is 28%.", "28", "number", True),
        ("The answer is 28%.", "0.28", "number", False),
        ("<think>12?</think> The answer is 15.", "12", "number", False),
        ("答案是三。", "3", "number", True),
        ("The answer is (A) or (B).", "(A)", "choice", False),
        ("选B。", "(B)", "choice", True),
        ("The answer is not true.", "True", "yes_no", False),
        ("不正确。", "False", "yes_no", True),
        ("The answer is:\nParis", ":", "text", False),
        ("The answer is **valid**. Because it follows.", "valid", "text", True),
    ],
)
def test_right_is_what_a_person_calls_right(said: str, truth: str, kind: Kind, right: bool) -> None:
    assert judged(item(truth, kind), said, "the answer is").right == right
