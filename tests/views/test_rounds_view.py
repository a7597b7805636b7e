"""An exchange is shown round by round, with who changed what, while it runs and after."""

import json
from collections.abc import Hashable, Sequence

import pytest

from fusionlab.events import (
    AnswerExtracted,
    Event,
    Measured,
    Record,
    RoundBegan,
    RunFinished,
)
from fusionlab.recipe import MemberRecipe, Recipe
from fusionlab.text.answers import Kind, meaning
from fusionlab.trace import Trace, fold
from fusionlab.views import letters
from fusionlab.views.rounds import round_view
from tests.methods.test_debate import held, says


def traced(events: Sequence[Event], topology: str = "memory") -> Trace:
    members = tuple(MemberRecipe("x", name=name) for name in "ABC")
    recipe = Recipe("debate", members=members, settings={"answer": "number", "topology": topology})
    return fold(recipe, [Record(0.1 * at, event) for at, event in enumerate(events)])


def test_rounds_hold_messages_solutions_and_changes() -> None:
    view = round_view(traced(held(says(1, 2, 42), says(42), says("x"), max_rounds=2)))
    json.dumps(view, allow_nan=False)
    assert [one["number"] for one in view["rounds"]] == [0, 1, 2]
    assert [len(one["messages"]) for one in view["rounds"]] == [0, 6, 6]
    assert [one["tokens"] for one in view["rounds"]] == [45, 45, 45]
    first = [one["solutions"][0] for one in view["rounds"]]
    assert [each["answer"] for each in first] == ["1", "2", "42"]
    assert [each["changed"] for each in first] == [False, True, True]
    assert [each["confidence"] for each in first] == [1, 1 / 2, 1 / 3]
    last = [one["solutions"][2] for one in view["rounds"]]
    assert [(each["answer"], each["confidence"]) for each in last] == [("", 0.0)] * 3
    assert view["elected"] == "42"
    assert {each["topology"]: each["messages"] for each in view["costs"]} == {
        "memory": 9,
        "report": 7,
        "relay": 6,
        "debate": 7,
    }


def test_an_exchange_that_still_runs_has_solutions_without_answers() -> None:
    events = held(says(1, 2), says(42), says(3), max_rounds=1)
    for length in range(len(events)):
        view = round_view(traced(events[:length]))
        json.dumps(view, allow_nan=False)
        assert view["elected"] is None
    view = round_view(traced(events[:2]))
    assert view["rounds"][0]["solutions"][0]["answer"] is None


def test_an_agent_that_left_says_nothing_more() -> None:
    events = held(says(42), says(1, 2, 3, 3), stop="stable", max_rounds=6)
    view = round_view(traced(events))
    assert [[each["agent"] for each in one["solutions"]] for one in view["rounds"]] == [
        [0, 1],
        [0, 1],
        [1],
        [1],
    ]


def test_votes_are_counted_by_value_and_a_tie_is_one() -> None:
    view = round_view(traced(held(says("42.0"), says(42), says(7), max_rounds=1)))
    assert view["elected"] == "42.0"
    assert view["outcome"] == {"votes": 2, "given": 3, "tied": [], "after": 1}
    tie = round_view(traced(held(says(7), says(42), max_rounds=1)))
    assert tie["elected"] == "7"
    assert tie["outcome"] == {"votes": 1, "given": 2, "tied": [0, 1], "after": 1}


def test_a_tie_is_found_in_the_answers_of_a_file_that_does_not_tell_it() -> None:
    events: list[Event] = [AnswerExtracted("A", "7"), AnswerExtracted("B", "42")]
    events.append(RunFinished("7", "elected"))
    assert round_view(traced(events))["outcome"]["tied"] == [0, 1]
    events[1] = AnswerExtracted("B", "7.0")
    agreed = round_view(traced(events))["outcome"]
    assert (agreed["votes"], agreed["given"], agreed["tied"]) == (2, 2, [])


def test_an_answer_keeps_its_letter_however_often_it_is_given_later() -> None:
    view = round_view(traced(held(says(1, 2, 42), says(42), says("x"), max_rounds=2)))
    letters = [[one["letter"] for one in each["solutions"]] for each in view["rounds"]]
    assert letters == [[0, 1, -1], [2, 1, -1], [1, 1, -1]]
    assert view["letter"] == 1


def test_costs_are_in_rising_order() -> None:
    costs = round_view(traced(held(says(7), says(42), max_rounds=1)))["costs"]
    assert [each["messages"] for each in costs] == sorted(each["messages"] for each in costs)


def test_rounds_that_are_written_at_the_same_time_share_their_tokens() -> None:
    events: list[Event] = [RoundBegan(n, "verdict", n, ("C",), 2) for n in (1, 2)]
    events += [Measured("C", 30, 3), AnswerExtracted("C", "4", 1), AnswerExtracted("C", "4", 2)]
    view = round_view(traced([RoundBegan(0, "answers", 1), Measured("A", 5, 1), *events]))
    assert [(one["what"], one["tokens"]) for one in view["rounds"]][-2:] == [
        ("verdict", None),
        ("verdict", None),
    ]


def test_an_exchange_of_many_rounds_is_drawn_without_comparing_all_with_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared: list[str] = []

    def counted(answer: str, kind: Kind) -> Hashable:
        compared.append(answer)
        return meaning(answer, kind)

    monkeypatch.setattr(letters, "meaning", counted)
    trace = Trace(Recipe("debate", "x", (MemberRecipe("a", name="A"),)))
    for number in range(500):
        trace.add(Record(0.0, AnswerExtracted("A", f"w{number % 3}", number)))
    shown = round_view(trace)["rounds"]
    assert shown[-1]["solutions"][0]["confidence"] == 167 / 500
    assert len(compared) <= 8 * 500


def test_a_round_in_which_nothing_has_happened_is_not_shown() -> None:
    view = round_view(traced([RoundBegan(0, "alone", 1), RoundBegan(1, "round", 1)]))
    assert view["rounds"] == []
