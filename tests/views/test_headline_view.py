import json
from dataclasses import replace
from typing import Any

import pytest

from fusionlab.events import (
    AnswerExtracted,
    CandidateGiven,
    Event,
    Measured,
    MemberChosen,
    MessageSent,
    Record,
    RoundBegan,
    RunFailed,
    RunFinished,
    TextDelta,
    TextGiven,
    Voted,
)
from fusionlab.recipe import MemberRecipe, Recipe
from fusionlab.registry import get_method
from fusionlab.trace import FUSED, Trace, fold
from fusionlab.views.headline import headline_view
from tests.views.fakes import HOSTILE, recipe, token_trace, vote_trace

NAMES = ("Anna", "Ben", "Carla")


def told(*events: Event, **settings: object) -> dict[str, Any]:
    members = tuple(MemberRecipe("zoo/adder", name) for name in NAMES)
    asked = Recipe("any", "add 1+1=", members, {"answer": "number", **settings})
    return headline_view(fold(asked, (Record(float(at), event) for at, event in enumerate(events))))


def exchange(*answers: tuple[str, ...]) -> list[Event]:
    events: list[Event] = []
    for number, given in enumerate(answers):
        events.append(RoundBegan(number, "round" if number else "alone", number or 1))
        events += [MessageSent(number, "Ben", "Anna")] if number else []
        events += [
            AnswerExtracted(name, answer, number) for name, answer in zip(NAMES, given, strict=True)
        ]
    return events


def keys(view: dict[str, Any]) -> list[str]:
    return [each["key"] for each in view["how"]]


def test_nothing_is_known_of_a_run_that_begins() -> None:
    view = headline_view(Trace(recipe()))
    assert (view["answer"], view["right"], view["compared"], view["cost"]) == ("", None, None, None)
    assert not view["empty"]


def test_the_text_of_the_fusion_grows_and_texts_side_by_side_do_not() -> None:
    trace = Trace(recipe())
    trace.add(Record(0.0, TextDelta(recipe().members[0].name, "one")))
    assert headline_view(trace)["answer"] == ""
    trace.add(Record(0.0, TextDelta(FUSED, "Paris ")))
    view = headline_view(trace)
    assert (view["answer"], view["growing"]) == ("Paris", True)


@pytest.mark.parametrize(
    ("answer", "right"), [("60", True), ("60.", True), ("The answer is 60.", True), ("6", False)]
)
def test_the_answer_is_held_against_the_right_one(answer: str, right: bool) -> None:
    assert told(RunFinished(answer), truth="60")["right"] is right
    assert told(RunFinished(answer))["right"] is None


def test_a_run_that_failed_has_no_verdict() -> None:
    view = told(*exchange(("1", "2", "2")), RunFailed("no memory"), truth="2")
    assert (view["right"], view["compared"], view["how"]) == (None, None, [])


@pytest.mark.parametrize(
    ("alone", "answer", "mark"),
    [
        (("1", "2", "1"), "2", "helped"),
        (("1", "2", "2"), "1", "harmed"),
        (("1", "2", "2"), "2", "cannot"),
        (("1", "1", "1"), "1", "cannot"),
    ],
)
def test_whether_it_helped_is_told_by_what_was_answered_alone(
    alone: tuple[str, ...], answer: str, mark: str
) -> None:
    events = (*exchange(alone, (answer,) * 3), RunFinished(answer, "elected"))
    compared = told(*events, truth="2")["compared"]
    assert compared["mark"] == mark
    assert compared["said"]["values"] == {"right": alone.count("2"), "of": 3}
    assert told(*events)["compared"] is None


def test_how_many_agreed_is_told() -> None:
    same = told(*exchange(("2", "2", "2")), RunFinished("2", "elected"))
    most = told(*exchange(("2", "1", "2")), RunFinished("2", "elected"))
    tied = told(*exchange(("2", "1", "")), RunFinished("2", "elected", ("2", "1")))
    assert (keys(same), keys(most)) == (["headline-unanimous"], ["headline-votes"])
    assert most["how"][0]["values"] == {"votes": 2, "of": 3}
    assert tied["how"][0] == {"key": "headline-tie", "values": {"n": 2, "votes": 1, "of": 3}}


def test_who_was_given_the_word_is_told() -> None:
    chosen = MemberChosen("Ben", "likeness", {"Anna": 0.1, "Ben": 0.6, "Carla": 0.2})
    events = (chosen, RoundBegan(0, "chosen", 1, ("Ben",)), AnswerExtracted("Ben", "2"))
    assert keys(told(*events, RunFinished("2"))) == ["headline-chosen-likeness"]


def test_an_election_names_whose_answer_it_is() -> None:
    (how,) = headline_view(vote_trace())["how"]
    assert how["key"] == "headline-candidate-of"
    assert how["values"]["of"] == 6


def test_an_answer_written_elsewhere_is_no_members() -> None:
    standing = (CandidateGiven(0, "pasted", "Rome"), CandidateGiven(1, "pasted", "Rome", 1))
    voted = Voted(1, "rouge_l", {}, {}, (1, 0))
    (how,) = told(*standing, voted, RunFinished("Rome", "elected"))["how"]
    assert (how["key"], how["values"]["answer"]) == ("headline-candidate-pasted", 2)


def test_a_text_that_was_all_given_was_written_by_nobody() -> None:
    given = TextGiven("fusion", ("a", "b"), (1, 2))
    plain = token_trace(n_steps=2, n_members=2)
    for text, said in (("", "headline-all-given"), (" c", "headline-together")):
        chosen = [replace(each, token=text or "<eos>", text=text) for each in plain.tokens]
        events: list[Event] = [given, *chosen, RunFinished("ab")]
        trace = fold(plain.recipe, [Record(0.0, each) for each in events])
        assert keys(headline_view(trace)) == [said]


def test_cost_is_told_in_answers_of_one_member() -> None:
    first, second = ([Measured(name, 10, 5) for name in NAMES] for _ in range(2))
    cost = told(*first, *second, *exchange(("2", "2", "2")), RunFinished("2", "elected"))["cost"]
    assert (cost["tokens_in"], cost["tokens_out"], cost["times"]) == (60, 30, 6.0)
    assert headline_view(token_trace())["cost"] is None


def test_a_member_whose_weight_is_0_wrote_nothing() -> None:
    together = token_trace(n_members=2)
    assert keys(headline_view(together)) == ["headline-together"]
    first, second = together.recipe.members
    recipe_of_one = replace(together.recipe, members=(replace(first, weight=0.0), second))
    (how,) = headline_view(replace(together, recipe=recipe_of_one))["how"]
    assert how["key"] == "headline-one-voice"


def test_an_elected_answer_is_right_or_wrong_where_the_recipe_names_the_right_one() -> None:
    samples = [
        event
        for n, answer in enumerate(["70", "68", "70"])
        for event in (RoundBegan(n, "sample", n + 1), AnswerExtracted("Anna", answer, n))
    ]
    view = told(*samples, RunFinished("70", "elected"), truth="68")
    assert view["right"] is False
    assert "truth" in get_method("self_consistency").settings.model_fields
    assert "truth" in get_method("vote").settings.model_fields


def test_an_empty_answer_is_told_as_such() -> None:
    assert told(RunFinished(" \n"))["empty"]
    assert not told(RunFinished("2"))["empty"]


def test_hostile_text_is_json_in_utf_8() -> None:
    for text in HOSTILE:
        view = told(MemberChosen(text, text, {text: 1.0}), RunFinished(text), truth=text)
        assert json.loads(json.dumps(view, ensure_ascii=False).encode("utf-8")) == view
