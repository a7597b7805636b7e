import json
from pathlib import Path
from typing import Any

from fusionlab.assets import asset
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
from fusionlab.runfiles import read_run
from fusionlab.trace import FUSED, Trace, fold
from fusionlab.views.ballots import ballot_view

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
    view = ballot_view(Trace(RECIPE))
    assert view == {
        "status": "running",
        "members": [{"name": "zoo/adder", "colour": 0}, {"name": "zoo/adder 2", "colour": 1}],
        "metrics": [],
        "decided_by": None,
        "winner": None,
        "candidates": [],
        "growing": [],
        "similarity": {},
        "lighting": [],
        "outlook": None,
    }


def test_answers_grow_until_they_stand() -> None:
    deltas = (
        TextDelta("zoo/adder", "Ro"),
        TextDelta("zoo/adder 2", "Pa", 3),
        TextDelta(FUSED, "x"),
    )
    growing = ballot_view(traced(*deltas))["growing"]
    assert growing == [
        {"author": "zoo/adder", "sample": 0, "colour": 0, "text": "Ro"},
        {"author": "zoo/adder 2", "sample": 3, "colour": 1, "text": "Pa"},
    ]
    view = ballot_view(traced(*deltas, CANDIDATES[0]))
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
            "letter": -1,
            "right": None,
            "scores": {},
            "ranks": {},
            "winner": False,
            "ballot": None,
            "segments": None,
            "shared": None,
        }
    ]


def test_candidates_are_ranked_and_scored_by_every_metric() -> None:
    view = ballot_view(traced(*CANDIDATES, VOTED, RunFinished(MARKUP, "elected")))
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
        "letter": -1,
        "right": None,
        "scores": {"cosine": 0.5, "char_lcs": 0.5},
        "ranks": {"cosine": 2, "char_lcs": 1},
        "winner": True,
        "ballot": None,
        "segments": [MARKUP],
        "shared": 0.0,
    }
    assert view["candidates"][1]["pasted"]
    assert view["candidates"][1]["colour"] == 2
    assert view["candidates"][2]["ranks"] == {"cosine": 2, "char_lcs": 3}
    assert view["similarity"]["cosine"] == [list(row) for row in TABLE]


def test_it_is_plain_json() -> None:
    view = ballot_view(traced(*CANDIDATES, VOTED))
    assert json.loads(json.dumps(view, allow_nan=False)) == view


def test_a_run_file_with_too_few_scores_is_still_shown() -> None:
    short = Voted(7, "new_metric", {"new_metric": (0.5,)}, {"new_metric": ((1.0,),)}, (7,))
    view = ballot_view(traced(*CANDIDATES, short))
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
    view = ballot_view(extracted_trace("11", "12", "", "12"))
    assert [c["found"] for c in view["candidates"]] == ["12", "12", "11", ""]
    assert [c["scores"]["votes"] for c in view["candidates"]] == [0.5, 0.5, 0.25, 0.0]
    assert (view["winner"], view["decided_by"]) == (1, "votes")
    assert view["similarity"]["votes"][1] == [0.0, 1.0, 0.0, 1.0]
    assert view["growing"] == []


def test_before_the_end_nobody_is_elected_by_answers() -> None:
    view = ballot_view(extracted_trace("11", "12", finished=False))
    assert view["winner"] is None
    assert [c["found"] for c in view["candidates"]] == ["11", "12"]


# Who else might have won

SAID = (
    "It takes 3 hours: the answer is 3.",
    "60 km at 20 km/h are 3 hours, so the answer is 3.",
    "The answer is 3.0.",
    "60 / 30 = 2, so the answer is 2.",
    "I do not know.",
)


def full_vote(rule: str = "mbr", **fields: object) -> Voted:
    """Five candidates; the first is elected, others under other rules."""
    table = tuple(tuple(1.0 if i == j else 0.5 for j in range(5)) for i in range(5))
    told: dict[str, Any] = {
        "rule": rule,
        "rules": {
            "mbr": (0, 1, 2, 3, 4),
            "borda": (2, 0, 1, 3, 4),
            "condorcet": (3, 0, 1, 2, 4),
            "majority": (0, 1, 2, 3, 4),
            "later": (4, 0, 1, 2, 3),
        },
        "votes": (1.0, 1.0, 1.0, 2.0, 1.0),
        "without": (0, 3, 0, 3, 1),
        "jury": (0.4, 0.6, 0.7, 0.9, 1.0),
        "clusters": (0, 0, 1, 2, 0),
        "answers": ("3", "3", "3.0", "2", ""),
        "words": "characters",
    }
    scores: dict[str, tuple[float, ...]] = {
        "rouge_l": (0.5, 0.4, 0.3, 0.2, 0.1),
        "cosine": (0.1, 0.2, 0.3, 0.4, 0.4),
    }
    similarity: dict[str, tuple[tuple[float, ...], ...]] = {"rouge_l": table, "cosine": table}
    return Voted(0, "rouge_l", scores, similarity, (0, 1, 2, 3, 4), **(told | fields))


def full_view(rule: str = "mbr", texts: tuple[str, ...] = SAID, **fields: object) -> dict[str, Any]:
    recipe = Recipe(
        "vote", "?", (MemberRecipe("x", name="ann"),), {"rule": rule, "answer": "number"}
    )
    standing = [CandidateGiven(i, "ann", text, i) for i, text in enumerate(texts)]
    events: tuple[Event, ...] = (
        *standing,
        full_vote(rule, **fields),
        RunFinished(texts[0], "elected"),
    )
    return ballot_view(fold(recipe, [Record(0.0, event) for event in events]))


def test_it_is_told_whom_every_rule_and_every_metric_would_elect() -> None:
    outlook = full_view()["outlook"]
    assert [(row["name"], row["index"], row["agrees"]) for row in outlook["rules"]] == [
        ("mbr", 0, "candidate"),
        ("majority", 0, "candidate"),
        ("borda", 2, ""),
        ("condorcet", 3, ""),
        ("later", 4, ""),
    ]
    assert [row["decided"] for row in outlook["rules"]] == [True, False, False, False, False]
    assert all(row["explanation"] for row in outlook["rules"][:4])
    found = [(row["name"], row["index"], row["decided"]) for row in outlook["by_metric"]]
    assert found == [("rouge_l", 0, True), ("cosine", 3, False)]


def test_it_is_told_what_compared_meanings() -> None:
    assert full_view()["outlook"]["embedder"] == ""
    assert full_view(embedder="onnx int8")["outlook"]["embedder"] == "onnx int8"


def test_another_candidate_may_say_the_same() -> None:
    equal = full_view(texts=(SAID[0], *SAID[1:3], SAID[0], SAID[4]))
    assert [row["agrees"] for row in equal["outlook"]["rules"]][3] == "text"
    answers = full_view(answers=("3", "3", "3", "2", ""))
    assert [row["agrees"] for row in answers["outlook"]["rules"]][2] == "answer"


def test_ballots_that_decide_are_named_with_whom_they_keep_from_winning() -> None:
    found = full_view()["outlook"]["influence"]
    assert found == {
        "ballots": 5,
        "changes": [
            {"without": [1, 3], "index": 3, "agrees": ""},
            {"without": [4], "index": 1, "agrees": "answer"},
        ],
    }
    assert full_view(without=(0,) * 5)["outlook"]["influence"]["changes"] == []
    assert full_view(without=())["outlook"]["influence"] is None


def test_equal_answers_are_counted_by_the_weight_of_their_ballots() -> None:
    view = full_view("majority")
    assert [(row["answer"], row["candidates"]) for row in view["outlook"]["tally"]] == [
        ("3", [0, 1, 2]),
        ("2", [3]),
        ("", [4]),
    ]
    assert [row["share"] for row in view["outlook"]["tally"]] == [3 / 6, 2 / 6, 1 / 6]
    assert [c["found"] for c in view["candidates"]] == ["3", "3", "3.0", "2", ""]
    assert [c["ballot"] for c in view["candidates"]] == [1.0, 1.0, 1.0, 2.0, 1.0]
    assert [c["ballot"] for c in full_view(votes=(0.2,) * 5)["candidates"]] == [None] * 5


def test_groups_of_like_answers_come_by_size() -> None:
    groups = full_view()["outlook"]["groups"]
    assert [group["candidates"] for group in groups] == [[0, 1, 4], [2], [3]]
    assert [group["share"] for group in groups] == [3 / 6, 1 / 6, 2 / 6]


def test_candidates_that_a_run_file_does_not_have_are_left_out() -> None:
    view = full_view(
        rules={"mbr": (9, 0), "borda": (), "condorcet": (1,)},
        without=(8, 0, 2, 0, 0, 7, 3),
        clusters=(0, 0, 0, 0, 0, 5, 5),
        answers=("3", "3", "3", "2", "", "4"),
    )
    outlook = view["outlook"]
    assert [row["index"] for row in outlook["rules"]] == [1]
    assert outlook["influence"]["changes"] == [{"without": [2], "index": 2, "agrees": "answer"}]
    assert [group["candidates"] for group in outlook["groups"]] == [[0, 1, 2, 3, 4]]
    assert [row["candidates"] for row in outlook["tally"]] == [[0, 1, 2], [3], [4]]


def test_a_run_file_from_before_is_shown_without_what_it_lacks() -> None:
    outlook = ballot_view(traced(*CANDIDATES, VOTED))["outlook"]
    assert [row["index"] for row in outlook["by_metric"]] == [1, 2]
    lacking = {key: outlook[key] for key in ("rules", "jury", "influence", "groups", "tally")}
    assert lacking == {"rules": [], "jury": [], "influence": None, "groups": [], "tally": []}


def test_self_consistency_is_a_majority_of_answers() -> None:
    outlook = ballot_view(extracted_trace("11", "12", "", "12"))["outlook"]
    assert outlook["rule"]["name"] == "majority"
    assert [(row["answer"], row["share"]) for row in outlook["tally"]] == [
        ("12", 0.5),
        ("11", 0.25),
        ("", 0.25),
    ]


def test_a_tie_is_named_with_its_votes() -> None:
    answers = [AnswerExtracted("zoo/adder", answer, i) for i, answer in enumerate("7449")]
    said = [TextDelta("zoo/adder", answer, i) for i, answer in enumerate("7449")]
    alone = ballot_view(traced(*said, *answers, RunFinished("4", "elected")))["outlook"]
    assert alone["tie"] is None
    more = AnswerExtracted("zoo/adder", "7", 4)
    split = ballot_view(traced(*said, *answers, more, RunFinished("7", "elected", ("7", "4"))))
    assert split["outlook"]["tie"] == {"candidates": [0, 1], "votes": [2.0, 2.0]}
    assert split["winner"] == 0


def test_candidates_whose_scores_differ_by_rounding_share_a_rank() -> None:
    scores: dict[str, tuple[float, ...]] = {"rouge_l": (0.4, 0.4000000000000001, 0.1)}
    voted = Voted(0, "rouge_l", scores, {"rouge_l": TABLE}, (0, 1, 2), tied=(0, 1))
    view = ballot_view(traced(*CANDIDATES, voted))
    assert [each["ranks"]["rouge_l"] for each in view["candidates"]] == [1, 1, 3]
    assert view["outlook"]["by_metric"][0]["index"] == 0
    assert view["outlook"]["tie"] == {"candidates": [0, 1], "votes": []}


def test_answers_are_marked_by_the_right_one_where_it_is_named() -> None:
    """In the recorded samples 70 is elected, and 68 is right."""
    view = ballot_view(read_run(Path(asset("runs/most-common-answer.jsonl"))))
    marks = {each["found"]: each["right"] for each in view["candidates"]}
    assert marks == {"70": False, "68": True}
    assert {row["answer"]: row["right"] for row in view["outlook"]["tally"]} == marks
