import json

from fusionlab.events import (
    AnswerExtracted,
    CandidateGiven,
    Event,
    Record,
    RunFinished,
    TextDelta,
    Voted,
)
from fusionlab.recipe import MemberRecipe, Recipe
from fusionlab.trace import FUSED, Trace, fold
from fusionlab.views.vote import vote_view

RECIPE = Recipe("vote", "?", (MemberRecipe("zoo/adder"), MemberRecipe("zoo/adder")))
MARKUP = "<b>${alert(1)}</b> 巴黎"
CANDIDATES = (
    CandidateGiven(0, "zoo/adder", "Rome"),
    CandidateGiven(1, "zoo/adder 2", MARKUP),
    CandidateGiven(2, "pasted", "Paris"),
)
TABLE = ((1.0, 0.1, 0.2), (0.1, 1.0, 0.9), (0.2, 0.9, 1.0))
VOTED = Voted(
    1,
    "char_lcs",
    {"cosine": (0.5, 0.5, 0.9), "char_lcs": (0.15, 0.5, 0.45)},
    {"cosine": TABLE, "char_lcs": TABLE},
    (1, 2, 0),
)


def traced(*events: Event) -> Trace:
    return fold(RECIPE, (Record(float(i), event) for i, event in enumerate(events)))


def test_nothing_yet() -> None:
    view = vote_view(Trace(RECIPE))
    assert view == {
        "status": "running",
        "members": [{"name": "zoo/adder", "colour": 0}, {"name": "zoo/adder 2", "colour": 1}],
        "metrics": [],
        "decided_by": None,
        "winner": None,
        "candidates": [],
        "growing": [],
        "similarity": {},
    }


def test_answers_grow_until_they_stand() -> None:
    deltas = (
        TextDelta("zoo/adder", "Ro"),
        TextDelta("zoo/adder 2", "Pa", 3),
        TextDelta(FUSED, "x"),
    )
    growing = vote_view(traced(*deltas))["growing"]
    assert growing == [
        {"author": "zoo/adder", "sample": 0, "colour": 0, "text": "Ro"},
        {"author": "zoo/adder 2", "sample": 3, "colour": 1, "text": "Pa"},
    ]
    view = vote_view(traced(*deltas, CANDIDATES[0]))
    assert [answer["author"] for answer in view["growing"]] == ["zoo/adder 2"]
    assert view["candidates"] == [
        {
            "index": 0,
            "author": "zoo/adder",
            "sample": 0,
            "colour": 0,
            "pasted": False,
            "text": "Rome",
            "found": None,
            "scores": {},
            "ranks": {},
            "winner": False,
        }
    ]


def test_candidates_are_ranked_and_scored_by_every_metric() -> None:
    view = vote_view(traced(*CANDIDATES, VOTED, RunFinished(MARKUP, "elected")))
    assert view["status"] == "finished"
    assert [metric["name"] for metric in view["metrics"]] == ["char_lcs", "cosine"]
    assert view["decided_by"] == "char_lcs"
    assert [candidate["index"] for candidate in view["candidates"]] == [1, 2, 0]
    assert view["candidates"][0] == {
        "index": 1,
        "author": "zoo/adder 2",
        "sample": 0,
        "colour": 1,
        "pasted": False,
        "text": MARKUP,
        "found": None,
        "scores": {"cosine": 0.5, "char_lcs": 0.5},
        "ranks": {"cosine": 2, "char_lcs": 1},
        "winner": True,
    }
    assert view["candidates"][1]["pasted"]
    assert view["candidates"][1]["colour"] == 2
    assert view["candidates"][2]["ranks"] == {"cosine": 2, "char_lcs": 3}
    assert view["similarity"]["cosine"] == [list(row) for row in TABLE]


def test_it_is_plain_json() -> None:
    view = vote_view(traced(*CANDIDATES, VOTED))
    assert json.loads(json.dumps(view, allow_nan=False)) == view


def test_a_run_file_with_too_few_scores_is_still_shown() -> None:
    short = Voted(7, "new_metric", {"new_metric": (0.5,)}, {"new_metric": ((1.0,),)}, (7,))
    view = vote_view(traced(*CANDIDATES, short))
    assert [candidate["scores"] for candidate in view["candidates"]] == [
        {"new_metric": 0.5},
        {},
        {},
    ]
    assert view["metrics"] == [{"name": "new_metric", "label": "new_metric", "explanation": ""}]


def extracted_trace(*answers: str, finished: bool = True) -> Trace:
    """One member's samples, each a text that comes to an answer, or to none."""
    recipe = Recipe("self_consistency", members=(MemberRecipe("x", name="ann"),))
    events: list[Event] = []
    for sample, answer in enumerate(answers):
        events += [
            TextDelta("ann", f"It is {answer}.", sample),
            AnswerExtracted("ann", answer, sample),
        ]
    if finished:
        events.append(RunFinished("12", "elected"))
    return fold(recipe, [Record(0.1 * at, event) for at, event in enumerate(events)])


def test_texts_are_ranked_by_how_many_come_to_the_same_answer() -> None:
    view = vote_view(extracted_trace("11", "12", "", "12"))
    assert [c["found"] for c in view["candidates"]] == ["12", "12", "11", ""]
    assert [c["scores"]["votes"] for c in view["candidates"]] == [0.5, 0.5, 0.25, 0.0]
    assert (view["winner"], view["decided_by"]) == (1, "votes")
    assert view["similarity"]["votes"][1] == [0.0, 1.0, 0.0, 1.0]
    assert view["growing"] == []


def test_before_the_end_nobody_is_elected_by_answers() -> None:
    view = vote_view(extracted_trace("11", "12", finished=False))
    assert view["winner"] is None
    assert [c["found"] for c in view["candidates"]] == ["11", "12"]
