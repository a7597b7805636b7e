"""What was never written by a run is no event, whatever its types."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from fusionlab.encoding import event_to_json
from fusionlab.errors import RunFileError
from fusionlab.events import (
    AnswerExtracted,
    Candidate,
    CandidateGiven,
    Event,
    ExpertsRouted,
    LayerRouting,
    Measured,
    MemberStep,
    ModelBuilt,
    Progress,
    TokenChosen,
    Voted,
)
from fusionlab.recipe import MemberRecipe, Recipe
from fusionlab.runfiles import header_line, parse_run
from fusionlab.validity import check, check_together
from tests import strategies

VOTE = Voted(1, "rouge_l", {"rouge_l": (0.25, 0.5)}, {"rouge_l": ((1.0, 0.5), (0.5, 1.0))}, (1, 0))
LAYER = LayerRouting(1, (3, 0), (0.75, 0.25), (0.25, 0.0, 0.125, 0.625))
BUILT = ModelBuilt("twin", "built:twin", 10, 20, report={"kl": -0.5})
ROUTED = ExpertsRouted("a", 0, "x", 1, prompt=True, layers=(LAYER,))
CHOSEN = TokenChosen(
    0, "x", 1, 0.5, (Candidate("x", 0.5, 1),), 0.7, 0.1, {"a": MemberStep((), 0.7, 0.5)}
)


@given(strategies.events)
def test_what_a_run_can_hold_is_valid(event: Event) -> None:
    check(event)


@pytest.mark.parametrize(
    "event",
    [
        Measured("a", tokens_in=2**64),
        Measured("a", tokens_in=-1),
        Measured("a", seconds=-0.5),
        Measured("a", seconds=1e300),
        Progress("x", done=float("inf")),
        replace(BUILT, id="../twin"),
        replace(BUILT, id=""),
        replace(BUILT, parameters=-1),
        replace(BUILT, bytes=2**64),
        replace(BUILT, report={"heat": [[0.5, {"deep": [1e300]}]]}),
        replace(CHOSEN, step=2**64),
        replace(CHOSEN, p=1.5),
        replace(CHOSEN, p=-0.5),
        replace(CHOSEN, members={"a": MemberStep((Candidate("x", 7.0),), 0.7, 0.5)}),
        replace(VOTE, winner=2),
        replace(VOTE, metric="cosine"),
        replace(VOTE, ranking=(0, 0)),
        replace(VOTE, ranking=(0,)),
        replace(VOTE, votes=(1.0,)),
        replace(VOTE, similarity={"rouge_l": ((1.0,),)}),
        replace(VOTE, tied=(5,)),
        replace(VOTE, without=(0, 9)),
        replace(ROUTED, layers=(replace(LAYER, layer=10**9),)),
        replace(ROUTED, layers=(replace(LAYER, probs=()),)),
        replace(ROUTED, layers=(replace(LAYER, experts=(4, 0)),)),
        replace(ROUTED, layers=(replace(LAYER, experts=(), weights=()),)),
        replace(ROUTED, layers=(replace(LAYER, weights=(1.0,)),)),
        replace(ROUTED, layers=(LAYER,) * 10_001),
    ],
    ids=lambda event: event.kind,
)
def test_what_cannot_have_happened_is_refused_when_it_is_read(event: Event) -> None:
    with pytest.raises(RunFileError, match=event.kind):
        check(event)
    line = json.dumps([0.0, event_to_json(event)]).replace("Infinity", "1e999")
    header = header_line(Recipe("solo", "x", (MemberRecipe("a"),)), {})
    with pytest.raises(RunFileError, match="line 2"):
        parse_run(header + line + "\n")


@pytest.mark.parametrize("t", ["-1", "1e17", '"0.5"', "true", "null", "NaN", "1e999"])
def test_a_time_that_is_none_is_refused(t: str) -> None:
    header = header_line(Recipe("solo", "x", (MemberRecipe("a"),)), {})
    event = json.dumps(event_to_json(Measured("a")))
    with pytest.raises(RunFileError, match="line 2"):
        parse_run(f"{header}[{t}, {event}]\n\n")


@pytest.mark.parametrize("number", ["NaN", "1e999", "9" * 400])
@pytest.mark.parametrize("place", ['"weight": 1.0', '"temperature": 0.0', '"env": {"x": 1}'])
def test_a_header_holds_finite_numbers(place: str, number: str) -> None:
    header = header_line(Recipe("solo", "x", (MemberRecipe("a"),)), {"x": 1})
    assert place in header
    key, _, _ = place.rpartition(" ")
    with pytest.raises(RunFileError):
        parse_run(header.replace(place, f"{key} {number}" + "}" * place.count("}")))


def test_as_many_answers_and_candidates_as_may_be_are_drawn() -> None:
    given = [CandidateGiven(n, "a", "x") for n in range(1000)]
    check_together([*(AnswerExtracted("a", "x", n) for n in range(1000)), *given])


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ([ROUTED, replace(ROUTED, layers=(replace(LAYER, layer=2),))], "different layers"),
        ([replace(ROUTED, layers=())], "no layer"),
        ([VOTE], "2 candidates are scored and 0 were given"),
        ([CandidateGiven(1, "a", "x")], "number 1 comes after −1"),
        ([AnswerExtracted("a", f"w{n}", n) for n in range(1001)], "more than 1,000 answers"),
        ([CandidateGiven(n, "a", "x") for n in range(1001)], "more than 1,000 candidates"),
        ([replace(CHOSEN, fused=(Candidate("x", 0.1),) * 101)], "101 candidates are too many"),
    ],
)
def test_events_that_contradict_one_another_are_not_drawn(events: list[Any], said: str) -> None:
    with pytest.raises(RunFileError, match=said):
        check_together(events)


def test_events_that_fit_are_drawn() -> None:
    given = [CandidateGiven(n, "a", "x") for n in (0, 1)]
    check_together([*given, VOTE, ROUTED, ROUTED])
