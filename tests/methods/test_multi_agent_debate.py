"""Chats that only grow, the others' last replies in them, and a majority without blanks."""

import pytest

from fusionlab.errors import MemberError, RecipeError
from fusionlab.events import Measured, RunFinished
from fusionlab.models.base import Member, Prompt
from fusionlab.recipe import MemberRecipe, Recipe
from fusionlab.run import check
from tests.players import Player, cast, echoes, end, fails, found, held, player, says, sent, warned


def answer(number: object) -> str:
    return f"Well. The answer is {number}."


def test_the_majority_of_the_last_answers_is_elected() -> None:
    parts = (says(answer(41), answer(42)), says(answer("42.0")), says(answer(7)))
    events = held("multi_agent_debate", cast(*parts), answer="number")
    assert found(events) == [
        *[("A", 0, "41"), ("B", 0, "42.0"), ("C", 0, "7")],
        *[("A", 1, "42"), ("B", 1, "42.0"), ("C", 1, "7")],
    ]
    assert end(events) == RunFinished("42", "elected")
    assert sum(isinstance(event, Measured) for event in events) == 6


def test_everybody_hears_everybody_else_and_only_their_last_reply() -> None:
    members = cast(says(answer(1), answer(2), answer(3)), says(answer(8)), says(answer(9)))
    events = held("multi_agent_debate", members, rounds=3)
    pairs = [(a, b) for b in "ABC" for a in "ABC" if a != b]
    assert sent(events) == [(number, a, b) for number in (1, 2) for a, b in pairs]
    heard = player(members[1]).prompts[2][-1].content
    assert answer(2) in heard
    assert answer(9) in heard
    assert answer(1) not in heard
    assert answer(8) not in heard  # its own stands above, in its chat


def test_chats_only_grow_so_that_engines_may_resume() -> None:
    members = cast(says(answer(1), answer(2), answer(3)), says(answer(8)))
    held("multi_agent_debate", members, rounds=3)
    for member in members:
        first, second, third = player(member).prompts
        assert [len(prompt) for prompt in (first, second, third)] == [1, 3, 5]
        assert list(third[:3]) == list(second)
        assert list(second[:1]) == list(first)
        assert [message.role for message in third] == ["user", "assistant"] * 2 + ["user"]
        assert player(member).anew == [True, False, False]


def test_agents_of_one_model_write_in_one_batch() -> None:
    model = Player(says(answer(1)))
    held("multi_agent_debate", [Member(name, model) for name in "ABC"])
    assert [len(prompts) for prompts, _ in model.calls] == [3, 3]


def test_blanks_do_not_count_and_are_not_read() -> None:
    members = cast(says(""), says("I do not know."), says(answer(42)))
    events = held("multi_agent_debate", members, answer="number")
    assert [each for _, _, each in found(events)] == ["", "", "42"] * 2
    assert end(events).answer == "42"
    assert all(sender != "A" for _, sender, _ in sent(events))
    assert all(message.content for prompt in player(members[0]).prompts for message in prompt)


def test_where_nobody_answers_nothing_is_elected_and_it_says_so() -> None:
    events = held("multi_agent_debate", cast(says(""), says("Hm.")), answer="number")
    assert end(events) == RunFinished("", "elected")
    assert "no agent gave an answer" in warned(events)


def test_an_agent_that_repeats_its_prompt_passes_on_no_answer() -> None:
    members = cast(echoes, says(answer(42)))
    events = held("multi_agent_debate", members, answer="number", rounds=3)
    assert [each for author, _, each in found(events) if author == "A"] == ["", "", ""]
    assert end(events).answer == "42"


def failing_at_last(prompt: Prompt) -> str:
    return answer(1) if len(prompt) == 1 else fails(prompt)


def test_an_agent_that_fails_is_missed() -> None:
    members = cast(says(answer(2)), failing_at_last, says(answer(3)))
    events = held("multi_agent_debate", members, answer="number", rounds=3)
    assert "B failed" in warned(events)
    assert [author for author, sample, _ in found(events) if sample == 2] == ["A", "C"]
    assert [pair for pair in sent(events) if pair[0] == 2] == [(2, "C", "A"), (2, "A", "C")]
    with pytest.raises(MemberError, match="the line broke off"):
        held("multi_agent_debate", cast(says(1), failing_at_last), on_failure="stop")


def test_who_is_left_alone_checks_itself() -> None:
    members = cast(says(answer(2)), fails)
    events = held("multi_agent_debate", members, answer="number")
    assert "Check whether your answer is right" in player(members[0]).prompts[1][-1].content
    assert end(events).answer == "2"
    with pytest.raises(MemberError):
        held("multi_agent_debate", cast(fails, fails))


def test_a_question_in_chinese() -> None:
    members = cast(says("六乘以七。the ANSWER is 42。"), says("The answer is 42."))
    events = held("multi_agent_debate", members, "六乘以七等于多少？", answer="number")
    assert end(events).answer == "42"
    assert "六乘以七等于多少？" in player(members[0]).prompts[0][-1].content


def test_one_agent_is_no_debate() -> None:
    alone = Recipe("multi_agent_debate", "Hi", (MemberRecipe("zoo/adder"),))
    with pytest.raises(RecipeError, match="at least 2"):
        check(alone)
