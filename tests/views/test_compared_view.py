"""Ways side by side: equal answers share a group, and each round says what it spent."""

import json

from fusionlab.events import Record, RunFailed
from fusionlab.recipe import MemberRecipe, Recipe
from fusionlab.trace import fold
from fusionlab.views.compared import compared_row, compared_view
from fusionlab.views.letters import letters_of
from tests.methods.test_debate import held, says
from tests.views.test_rounds_view import traced


def test_a_row_has_groups_rounds_and_cost() -> None:
    row = compared_row("memory", traced(held(says(1, 42), says("42.0"), says("x"), max_rounds=1)))
    json.dumps(compared_view([row], 3), allow_nan=False)
    cells = {(one["round"], one["agent"]): one for one in row["answers"]}
    assert cells[0, 1]["group"] == cells[1, 0]["group"] == cells[1, 1]["group"] == 1
    assert cells[0, 0]["group"] == 0
    assert cells[0, 2]["group"] == -1
    assert row["rounds"] == [
        {"round": 0, "messages": 0, "tokens": 45},
        {"round": 1, "messages": 6, "tokens": 45},
    ]
    assert (row["messages"], row["tokens"]) == (6, 90)


def test_ways_that_share_letters_give_an_answer_the_same_one() -> None:
    first, other = traced(held(says(1), says(2))), traced(held(says(2), says(2)))
    letters = letters_of(first)
    row = compared_row("report", other, letters=letters)
    assert {one["group"] for one in row["answers"]} == {letters.of("2")} == {1}


def test_answers_are_judged_by_the_truth_that_is_given() -> None:
    trace = traced(held(says(42), says(42), max_rounds=1))
    assert compared_row("x", trace)["right"] is None
    assert compared_row("x", trace, truth="42")["right"] is True
    assert compared_row("x", trace, truth="41")["right"] is False


def test_a_run_that_failed_says_why() -> None:
    members = (MemberRecipe("x", name="A"),)
    trace = fold(Recipe("debate", members=members), [Record(0.0, RunFailed("no such model"))])
    row = compared_row("relay", trace)
    assert (row["status"], row["problem"], row["answer"]) == ("failed", "no such model", None)
