"""Who is named is chosen; contrary verdicts are a tie, without one equal answers decide."""

import pytest

from fusionlab.errors import MemberError, RecipeError
from fusionlab.events import MemberChosen, RunFinished
from fusionlab.models.base import Prompt
from fusionlab.recipe import MemberRecipe, Recipe
from fusionlab.run import check
from tests.players import (
    Part,
    cast,
    chosen,
    echoes,
    end,
    fails,
    found,
    held,
    player,
    says,
    sent,
    warned,
)


def likes(text: str) -> Part:
    """The judge names the answer that says this, wherever it stands."""

    def part(prompt: Prompt) -> str:
        shown = prompt[-1].content.partition("Which of the answers")[0].split("Answer ")[1:]
        (number,) = [at for at, each in enumerate(shown, start=1) if text in each]
        return f"Let me see. The best is answer {number}."

    return part


def names(number: object) -> Part:
    """The judge names a place, whatever stands there."""
    return says(f"The best is answer {number}.")


def test_who_is_named_in_both_orders_is_chosen() -> None:
    members = cast(says("It is 41."), says("It is 42."), says("It is 43."), likes("42"))
    events = held("judge", members, answer="number")
    assert chosen(events) == MemberChosen("B", "verdict", {"A": 0.0, "B": 1.0, "C": 0.0})
    assert end(events) == RunFinished("It is 42.", "elected")
    assert found(events)[-2:] == [("D", 1, "42"), ("D", 2, "42")]
    assert sent(events) == [(number, each, "D") for number in (1, 2) for each in "ABC"]
    assert not warned(events)


def test_the_second_time_the_order_is_reversed() -> None:
    members = cast(says("x"), says("y"), names(1))
    held("judge", members)
    forward, reverse = (prompt[-1].content for prompt in player(members[2]).prompts)
    assert "Answer 1:\nx\n\nAnswer 2:\ny" in forward
    assert "Answer 1:\ny\n\nAnswer 2:\nx" in reverse
    assert [len(prompts) for prompts, _ in player(members[2]).calls] == [2]


def test_a_judge_that_likes_a_place_makes_a_tie_and_the_first_is_chosen() -> None:
    events = held("judge", cast(says("41"), says("42"), names(2)), answer="number")
    assert chosen(events) == MemberChosen("A", "verdict", {"A": 0.5, "B": 0.5})
    assert "contradict" in warned(events)


def test_of_a_tie_the_answer_is_chosen_that_most_answers_equal() -> None:
    members = cast(says("7"), says("42"), says("42.0"), names(1))
    events = held("judge", members, answer="number")
    assert chosen(events).member == "C"  # A and C are named; B says what C says
    assert chosen(events).scores == {"A": 0.5, "B": 0.0, "C": 0.5}


def test_asked_once_it_is_taken_at_its_word() -> None:
    members = cast(says("41"), says("42"), names(2))
    events = held("judge", members, orders=1)
    assert chosen(events) == MemberChosen("B", "verdict", {"A": 0.0, "B": 1.0})
    assert len(player(members[2]).prompts) == 1


@pytest.mark.parametrize("part", [says(""), says("Both are fine."), names(9), echoes, fails])
def test_without_a_verdict_equal_answers_decide(part: Part) -> None:
    members = cast(says("7"), says("It is 42."), says("42"), part)
    events = held("judge", members, answer="number")
    assert chosen(events).member == "B"
    assert chosen(events).by == "agreement"
    assert chosen(events).scores == {"A": 1 / 3, "B": 2 / 3, "C": 2 / 3}
    assert "there is no verdict" in warned(events)
    assert "a tie" not in warned(events)  # B and C give one answer


def test_a_tie_that_nothing_breaks_is_named() -> None:
    events = held("judge", cast(says("7"), says("42"), says("Both are fine.")), answer="number")
    assert chosen(events).member == "A"
    assert "a tie between the answers of A, B; the first was taken" in warned(events)


def test_one_verdict_of_two_is_enough() -> None:
    events = held("judge", cast(says("41"), says("42"), says("Hm.", "The best is answer 1.")))
    assert chosen(events) == MemberChosen("B", "verdict", {"A": 0.0, "B": 0.5})
    assert "1 of 2 texts" in warned(events)


def test_blanks_and_who_failed_do_not_stand() -> None:
    members = cast(says(""), fails, says("41"), says("42"), likes("42"))
    events = held("judge", members, answer="number")
    assert chosen(events).scores == {"C": 0.0, "D": 1.0}
    assert "B failed" in warned(events)
    assert found(events)[0] == ("A", 0, "")


def test_who_stands_alone_is_chosen_unasked() -> None:
    members = cast(says("42"), says(""), names(1))
    events = held("judge", members)
    assert chosen(events) == MemberChosen("A", "agreement", {"A": 1.0})
    assert "unopposed" in warned(events)
    assert player(members[2]).prompts == []


def test_where_nobody_answers_the_run_fails() -> None:
    with pytest.raises(MemberError, match="blank"):
        held("judge", cast(says(""), says(""), names(1)))
    with pytest.raises(MemberError, match="broke off"):
        held("judge", cast(fails, fails, names(1)))


def test_a_question_in_chinese() -> None:
    members = cast(says("四十一"), says("四十二"), says("我看：the best is answer 2。", "1"))
    assert end(held("judge", members, "六乘以七？")).answer == "四十二"


def test_a_judge_needs_two_answers_to_compare() -> None:
    two = (MemberRecipe("zoo/adder"), MemberRecipe("zoo/editor"))
    with pytest.raises(RecipeError, match="at least 3"):
        check(Recipe("judge", "Hi", two))
