"""An exchange is shown round by round, with who changed what, while it runs and after."""

import json
from collections.abc import Sequence

import pytest

from fusionlab.events import AnswerExtracted, Event, Record, RoundBegan
from fusionlab.recipe import MemberRecipe, Recipe
from fusionlab.text.answers import Kind, same
from fusionlab.trace import Trace, fold
from fusionlab.views import rounds
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
    assert (view["elected"], view["votes"], view["tied"]) == ("42.0", 2, [])
    tie = round_view(traced(held(says(7), says(42), max_rounds=1)))
    assert (tie["elected"], tie["votes"], tie["tied"]) == ("7", 1, ["7", "42"])


def test_an_exchange_of_many_rounds_is_drawn_without_comparing_all_with_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared: list[str] = []

    def counted(a: str, b: str, kind: Kind) -> bool:
        compared.append(a)
        return same(a, b, kind)

    monkeypatch.setattr(rounds, "same", counted)
    trace = Trace(Recipe("debate", "x", (MemberRecipe("a", name="A"),)))
    for number in range(500):
        trace.add(Record(0.0, AnswerExtracted("A", f"w{number % 3}", number)))
    shown = rounds.round_view(trace)["rounds"]
    assert shown[-1]["solutions"][0]["confidence"] == 167 / 500
    assert len(compared) <= 2 * 500


def test_a_cascade_tells_whom_it_asked_and_by_what_measure() -> None:
    asked = [RoundBegan(0, "sample", 1, (name,), 1, 0.75) for name in "CA"]
    said = [AnswerExtracted(name, "4") for name in "CA"]
    view = round_view(traced([asked[0], said[0], asked[1], said[1]]))
    assert (view["asked"], view["threshold"]) == ([2, 0], 0.75)
    assert [each["agent"] for each in view["rounds"][0]["solutions"]] == [0, 2]
    assert round_view(traced(said))["asked"] == []


def test_texts_of_one_layer_are_told_together() -> None:
    began = [RoundBegan(number, "layer", 1, ("A", "B"), 3) for number in (0, 1)]
    began += [RoundBegan(number, "layer", 2, ("A", "B"), 3) for number in (2, 3)]
    view = round_view(traced([*began, *(AnswerExtracted("A", "4", each) for each in range(4))]))
    assert (view["layers"], view["depth"]) == ([[0, 1], [2, 3]], 3)
    assert [one["title"] for one in view["rounds"]] == ["Layer 1", "Layer 1", "Layer 2", "Layer 2"]
    alone = round_view(traced([AnswerExtracted("A", "4")]))
    assert (alone["layers"], alone["depth"]) == ([], 0)


def test_a_round_in_which_nothing_has_happened_is_not_shown() -> None:
    view = round_view(traced([RoundBegan(0, "alone", 1), RoundBegan(1, "round", 1)]))
    assert view["rounds"] == []
