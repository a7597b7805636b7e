"""One member is told to think, and its answer is read from what it wrote."""

import pytest

from fusionlab.errors import MemberError
from fusionlab.events import Measured
from tests.players import cast, echoes, end, fails, found, held, player, says, warned


def test_the_answer_is_read_from_the_end() -> None:
    (ann,) = cast(says("6 and 7 are 13. No: 7 sixes. THE ANSWER IS 42, I think."))
    events = held("chain_of_thought", [ann], answer="number")
    assert found(events) == [("A", 0, "42")]
    assert end(events).answer == "42"
    assert sum(isinstance(event, Measured) for event in events) == 1
    asked = player(ann).prompts[0][-1].content
    assert asked.startswith("What is 6 times 7?\n")
    assert 'step by step. End with "The answer is"' in asked


def test_a_text_without_an_answer_stands_and_it_says_so() -> None:
    events = held("chain_of_thought", cast(says("No idea.")), answer="number")
    assert found(events) == [("A", 0, "")]
    assert end(events).answer == "No idea."
    assert "no answer of this kind" in warned(events)


def test_who_repeats_the_prompt_gives_no_answer() -> None:
    events = held("chain_of_thought", cast(echoes), answer="number")
    assert found(events) == [("A", 0, "")]


def test_a_question_in_chinese_and_another_phrase() -> None:
    members = cast(says("六个七是四十二。答案是 42。"))
    events = held("chain_of_thought", members, "六乘以七？", answer="number", phrase="答案是")
    assert end(events).answer == "42"
    assert "答案是" in player(members[0]).prompts[0][-1].content


def test_a_blank_is_no_zero() -> None:
    assert found(held("chain_of_thought", cast(says("")), answer="number")) == [("A", 0, "")]


def test_a_member_that_fails_fails_the_run() -> None:
    with pytest.raises(MemberError, match="the line broke off"):
        held("chain_of_thought", cast(fails))
