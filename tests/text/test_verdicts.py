"""A verdict names one answer, by number or by what it says; all else is none."""

import pytest

from fusionlab.text.verdicts import THE_BEST_IS, asked_to_judge, verdict

THREE = ["47", "335", "555"]


@pytest.mark.parametrize(
    ("text", "answers", "place"),
    [
        ("2 is neat, but the BEST IS ANSWER 1! Not 2.", THREE, 0),
        ("The best is answer: **3**", THREE, 2),
        ("The best is 2.", THREE, 1),
        ("(2)", THREE, 1),
        ("Answer 2.", THREE, 1),
        ("The best answer is 335.", THREE, 1),
        ("The best is answer 4.", THREE, None),
        ("The best is answer 0.", THREE, None),
        ("The best is answer 2, answer 3.", THREE, None),
        ("The best is answer N.", THREE, None),
        ("I like answer 2.", THREE, None),
        ("335", THREE, 1),
        ("", THREE, None),
        ("The best one is Rome.", ["Berlin", "Rome"], 1),
        ("The best answer is 2.", ["2", "5"], None),
        ("The best answer is 2.", ["5", "2"], 1),
        ("The best answer is 7.", [None, "7", "7"], 1),
        ("两个都好。The best is answer 2。", ["甲", "乙"], 1),
        ("The best is answer 2 because it says what answer 1 leaves out.", THREE, 1),
        ("The best is answer 2, since answers 1 and 3 are wrong.", THREE, 1),
        ("The best is answer 2 or 3.", THREE, None),
        ("The best is answer 2 and answer 3.", THREE, None),
        ("The best is not answer 2.", THREE, None),
        ("The best is answer 2/3.", THREE, None),
        ("Answer 3 is the best, better than answer 1.", THREE, 2),
        ("Answer 3 is best. Or is answer 1 the best?", THREE, 2),
        ("Answer 3 is the best. Answer 1 is the best.", THREE, None),
        ("<think>The best is answer 1?</think> The best is answer 3.", THREE, 2),
        ("<think>The best is answer 1.", THREE, None),
        ("最好的是答案2，因为它说了答案1遗漏的。", THREE, 1),
        ("最佳答案是第二个。", THREE, 1),
        ("最好的答案是：３", THREE, 2),
        ("第三个答案最好。", THREE, 2),
        ("答案２最好。", THREE, 1),
        ("最好的是答案1或答案2。", THREE, None),
        ("最好的是答案1和2。", THREE, None),
        ("最好的不是答案1。", THREE, None),
    ],
)
def test_what_is_a_verdict(text: str, answers: list[str | None], place: int | None) -> None:
    assert verdict(text, answers, "text") == place


def test_the_question_repeated_is_no_verdict() -> None:
    question = asked_to_judge("What is 6 times 7?", ["42", "41"])
    assert THE_BEST_IS in question
    assert verdict(question, ["42", "41"], "number") is None
