import json
import math
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from fluent.syntax import ast as fluent
from fluent.syntax.visitor import Visitor

from fusionlab.assets import asset
from fusionlab.events import (
    AnswerExtracted,
    Candidate,
    CandidateGiven,
    Event,
    Measured,
    MemberChosen,
    MemberStep,
    MessageSent,
    Record,
    RoundBegan,
    RunFailed,
    RunFinished,
    TextDelta,
    TextScored,
    TokenChosen,
    Voted,
    Warned,
)
from fusionlab.recipe import MemberRecipe, Recipe
from fusionlab.runfiles import read_run
from fusionlab.trace import Trace, fold
from fusionlab.views.notice import MOST, notice_view
from fusionlab.views.spoken import saying
from fusionlab.words import LANGUAGES, page_files
from tests.browser.debate_fakes import debate_trace
from tests.views.fakes import HOSTILE, cost_trace, routed_trace, token_trace, vote_trace
from tests.words.parsed import parsed

NAMES = ("Anna", "Ben")
RECORDED = sorted([*asset("runs").glob("*.jsonl"), *Path("tests/golden").glob("*.jsonl")])


class _Variables(Visitor):
    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: fluent.VariableReference) -> None:  # noqa: N802
        self.names.add(node.id.name)


@cache
def variables(language: str) -> dict[str, set[str]]:
    found = {}
    for entry in parsed(page_files()[language]):
        if isinstance(entry, fluent.Message) and entry.value is not None:
            reader = _Variables()
            reader.visit(entry.value)
            found[entry.id.name] = reader.names
    return found


def check_said(said: dict[str, Any]) -> None:
    """Every language has the sentence, and speaks of nothing but what is given."""
    for language in LANGUAGES:
        assert variables(language)[said["key"]] <= set(said["values"])
    for value in said["values"].values():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict):
                check_said(each)


def noticed(trace: Trace) -> dict[str, dict[str, Any]]:
    """The sentences by key; at most so many as can be read, and all of them can be said."""
    view = notice_view(trace)
    assert json.loads(json.dumps(view, ensure_ascii=False).encode("utf-8")) == view
    assert len(view["sentences"]) <= MOST
    for each in view["sentences"]:
        check_said(each)
    return {each["key"]: each for each in view["sentences"]}


def told(*events: Event, n: int = 2, **settings: object) -> Trace:
    members = tuple(MemberRecipe("zoo/adder", name) for name in ("Anna", "Ben", "Carla")[:n])
    asked = Recipe("any", "add 1+1=", members, dict(settings))
    return fold(asked, (Record(float(at), event) for at, event in enumerate(events)))


def token(step: int, chosen: str, wishes: dict[str, str], divergence: float = 0.1) -> TokenChosen:
    pool = (Candidate(chosen, 0.6, 1), Candidate("no", 0.2, 2))
    members = {
        name: MemberStep((Candidate(wish, 0.7),), 0.5, 0.3, 0.7 if wish == chosen else 0.1)
        for name, wish in wishes.items()
    }
    return TokenChosen(step, chosen, 1, 0.6, pool, 0.5, divergence, members)


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.name)
def test_recorded_runs_are_told_of(path: Path) -> None:
    found = noticed(read_run(path))
    if path.parent.name == "runs":
        assert found


def test_nothing_is_noticed_of_a_run_that_goes_on_or_failed() -> None:
    assert noticed(token_trace(finished=False)) == {}
    assert noticed(told(TextDelta("Anna", "x"), RunFailed("no"))) == {}


@pytest.mark.parametrize(
    "trace",
    [
        token_trace(HOSTILE, len(HOSTILE)),
        token_trace(n_members=8),
        token_trace(n_members=1),
        routed_trace(HOSTILE, len(HOSTILE), compare=HOSTILE[2]),
        vote_trace(len(HOSTILE), texts=HOSTILE),
        vote_trace(),
        debate_trace(tuple((text, text) for text in HOSTILE)),
        cost_trace(),
    ],
)
def test_whatever_a_model_wrote_can_be_told_of(trace: Trace) -> None:
    noticed(trace)


def test_the_step_of_greatest_disagreement_says_who_wanted_what() -> None:
    found = noticed(
        told(
            token(0, "a", {"Anna": "a", "Ben": "a"}),
            token(1, "b", {"Anna": "b", "Ben": "c"}, 0.2),
            token(2, " d", {"Anna": " d", "Ben": "e"}, 0.4),
            RunFinished("ab d"),
        )
    )
    apart = found["notice-tokens-apart"]
    assert (apart["step"], apart["values"]["step"], apart["values"]["token"]) == (2, 3, "d")
    assert [wish["values"]["names"] for wish in apart["values"]["wishes"]] == [["Anna"], ["Ben"]]
    assert found["notice-tokens-same"]["values"] == {"n": 1, "of": 3}
    assert found["notice-decided-with"]["values"]["n"] == 2


def test_who_decided_as_many_as_another_did_not_decide_most() -> None:
    steps = (token(0, "a", {"Anna": "a", "Ben": "b"}), token(1, "b", {"Anna": "a", "Ben": "b"}))
    found = noticed(told(*steps, RunFinished("ab")))
    assert "notice-decided-with" not in found
    assert found["notice-decided-level-most"]["values"]["n"] == 1


def test_a_token_that_nobody_wanted_first_is_a_compromise() -> None:
    found = noticed(told(token(0, "x", {"Anna": "a", "Ben": "b"}), RunFinished("x")))
    assert found["notice-tokens-nobodys"]["values"] == {"step": 1, "token": "x"}


def test_members_that_agree_all_along_are_told_of() -> None:
    found = noticed(told(token(0, "a", {"Anna": "a", "Ben": "a"}), RunFinished("a")))
    assert found["notice-tokens-agreed"]["values"] == {"n": 1}
    assert "notice-tokens-apart" not in found


def test_where_members_were_pooled_and_who_was_left_out_is_counted() -> None:
    recipe = Recipe(
        "ensemble",
        "?",
        tuple(MemberRecipe("m", name=name) for name in NAMES),
        {"pooling": "arithmetic", "act": "unsure", "weighting": "entropy"},
    )
    alone, both = token(0, "a", {"Anna": "a"}), token(1, "b", {"Anna": "b", "Ben": "c"})
    weights = {"Anna": 1.0, "Ben": 0.0}
    steps = [
        replace(
            step,
            acted=len(step.members) > 1,
            left_out=("Ben",) if len(step.members) > 1 else (),
            members={n: replace(own, weight=weights[n]) for n, own in step.members.items()},
        )
        for step in (alone, both)
    ]
    trace = fold(recipe, [*(Record(0.0, step) for step in steps), Record(1.0, RunFinished("ab"))])
    found = noticed(trace)
    assert found["notice-acted"]["values"] == {"name": "Anna", "n": 1, "of": 2}
    assert found["notice-left-out"]["values"] == {"name": "Ben", "n": 1, "of": 2}
    assert found["notice-left-out"]["step"] == 1
    assert found["notice-weighed"]["values"] == {"name": "Anna", "share": 1.0}
    assert "notice-tokens-same" not in found


def test_where_a_token_was_disputed_is_counted() -> None:
    recipe = Recipe(
        "ensemble",
        "?",
        tuple(MemberRecipe("m", name=name) for name in NAMES),
        {"pooling": "arithmetic", "act": "disputed"},
    )
    steps = [token(at, "a", {"Anna": "a", "Ben": "b"}) for at in range(3)]
    acted = [replace(step, acted=step.step == 1) for step in steps]
    trace = fold(recipe, [*(Record(0.0, step) for step in acted), Record(1.0, RunFinished("aaa"))])
    found = noticed(trace)
    assert found["notice-disputed"]["values"] == {"name": "Anna", "n": 1, "of": 3}
    assert "notice-acted" not in found


def test_what_the_first_member_would_have_written_without_the_others_is_counted() -> None:
    powers = {"Anna": 1.0, "Ben": -1.0}
    steps = [
        replace(
            step, members={n: replace(own, exponent=powers[n]) for n, own in step.members.items()}
        )
        for step in (
            token(0, "a", {"Anna": "a", "Ben": "b"}),
            token(1, "c", {"Anna": "b", "Ben": "b"}),
        )
    ]
    found = noticed(told(*steps, RunFinished("ac")))
    assert found["notice-turned"]["values"] == {"name": "Anna", "n": 1, "of": 2}
    assert found["notice-turned"]["step"] == 1
    assert not any(key.startswith(("notice-decided", "notice-tokens-nobodys")) for key in found)


def pivotal(step: TokenChosen, whom: dict[str, bool | None], other: str = "z") -> TokenChosen:
    """The step, which tells who was pivotal, and what would have come first without."""
    members = {
        name: replace(
            own, pivotal=whom[name], instead=Candidate(other, 0.1) if whom[name] else None
        )
        for name, own in step.members.items()
    }
    return replace(step, members=members)


def test_who_was_pivotal_most_often_is_told_with_a_step_that_shows_it() -> None:
    wishes = {"Anna": "a", "Ben": "b"}
    steps = [pivotal(token(0, "a", wishes), {"Anna": False, "Ben": False})]
    steps += [pivotal(token(at, "a", wishes), {"Anna": True, "Ben": at == 2}) for at in (1, 2)]
    found = noticed(told(*steps, RunFinished("aaa")))
    note = found["notice-pivotal-with"]
    assert (note["step"], note["values"]["name"], note["values"]["n"]) == (1, "Anna", 2)
    assert note["values"]["of"] == saying("notice-pivotal-steps", n=3)
    assert note["values"]["others"] == [saying("notice-pivotal-also", name="Ben", n=1)]
    example = {"step": 2, "token": "a", "other": "z"}
    assert note["values"]["example"] == saying("notice-pivotal-instead", **example)


def test_of_lists_of_the_best_only_steps_where_it_is_certain_are_counted() -> None:
    wishes = {"Anna": "a", "Ben": "b"}
    unsure = replace(token(0, "a", wishes), coverage=0.5)
    steps = [
        pivotal(unsure, {"Anna": None, "Ben": None}),
        pivotal(replace(unsure, step=1), {"Anna": True, "Ben": None}),
    ]
    values = noticed(told(*steps, RunFinished("aa")))["notice-pivotal"]["values"]
    assert (values["n"], values["of"]) == (1, saying("notice-pivotal-certain", n=1))
    nobody = pivotal(unsure, {"Anna": None, "Ben": False})
    assert not any("pivotal" in key for key in noticed(told(nobody, RunFinished("a"))))


def rounds(*answers: tuple[str, str]) -> list[Event]:
    """Two agents that answer so, round by round, and read one another."""
    events: list[Event] = []
    for number, given in enumerate(answers):
        events.append(RoundBegan(number, "round" if number else "alone", number or 1))
        if number:
            events += [MessageSent(number, "Anna", "Ben"), MessageSent(number, "Ben", "Anna")]
        events += [
            AnswerExtracted(name, answer, number) for name, answer in zip(NAMES, given, strict=True)
        ]
    return events


def test_who_changed_their_mind_is_told_with_whom_they_followed() -> None:
    trace = told(*rounds(("1", "2"), ("2", "2")), RunFinished("2", "elected"), truth="2")
    found = noticed(trace)
    change = found["notice-changed-after-to-right"]
    assert change["round"] == 1
    assert (change["values"]["name"], change["values"]["others"]) == ("Anna", ["Ben"])
    assert found["notice-agreed-in"]["values"] == {"round": 1}


def test_all_can_be_wrong_together() -> None:
    trace = told(*rounds(("3", "3"), ("3", "3")), RunFinished("3.", "elected"), truth="2")
    found = noticed(trace)
    assert next(iter(found)) == "notice-agreed-wrong"
    assert "notice-agreed-from-start" in found
    assert "notice-nobody-changed" in found


def test_a_tie_says_how_it_was_broken() -> None:
    trace = told(*rounds(("1", "2")), RunFinished("1", "elected", ("1", "2")))
    values = noticed(trace)["notice-tied"]["values"]
    assert values == {"votes": 1, "first": "1", "others": ["2"]}


def test_stages_tell_who_was_not_sure_enough() -> None:
    began = [RoundBegan(at, "sample", at + 1, (name,), 2, 0.8) for name in NAMES for at in range(2)]
    answers = [AnswerExtracted("Anna", "1"), AnswerExtracted("Anna", "2", 1)]
    chosen = MemberChosen("Ben", "agreement", {"Anna": 0.5, "Ben": 1.0})
    found = noticed(told(*began, *answers, chosen, RunFinished("1", "elected"), n=3))
    assert found["notice-stage-unsure"]["values"]["share"] == 0.5
    assert found["notice-stage-sure"]["values"]["n"] == 1


def test_a_route_tells_how_near_the_next_one_was() -> None:
    events = (RoundBegan(0, "chosen", 1, ("Ben",)), AnswerExtracted("Ben", "2"))
    for scores, key in (
        ({"Anna": 0.2, "Ben": 0.7}, "notice-route"),
        ({"Anna": 0.69, "Ben": 0.7}, "notice-route-close"),
    ):
        chosen = MemberChosen("Ben", "likeness", scores)
        values = noticed(told(chosen, *events, RunFinished("2")))[key]["values"]
        assert (values["name"], values["other"]) == ("Ben", "Anna")


def test_experts_that_are_never_chosen_are_told_of() -> None:
    found = noticed(routed_trace())
    assert {"notice-experts-close", "notice-experts-apart"} & set(found)
    assert {"notice-experts-never", "notice-experts-all"} & set(found)


def test_what_steering_changed_is_told() -> None:
    trace = routed_trace(compare="", finished=False)
    for what, other in (("answer", "4"), ("plain", "5")):
        probable = tuple(math.log(p) for p in (0.5, 0.5))
        scored = TextScored("mixture", what, ("2", other), probable, tuple(p / 2 for p in probable))  # type: ignore[arg-type]
        trace.add(Record(9.0, scored))
    trace.add(Record(9.0, RunFinished("24")))
    found = noticed(trace)
    assert found["notice-steer-parted"]["values"] == {"n": 1}
    assert found["notice-steer-answer"]["values"] == {"steered": "−0.69", "plain": "−0.35"}
    assert found["notice-steer-plain"]["values"] == {"steered": 2.0, "plain": 1.41}


def test_equal_candidates_leave_nothing_to_elect() -> None:
    same = [CandidateGiven(at, "Anna", "Paris", at) for at in range(3)]
    vote = Voted(0, "rouge_l", {"rouge_l": (1.0,) * 3}, {"rouge_l": ((1.0,) * 3,) * 3}, (0, 1, 2))
    assert "notice-vote-same" in noticed(told(*same, vote, RunFinished("Paris", "elected")))


def test_what_was_cut_off_and_what_the_budget_would_buy_stand_last() -> None:
    warned = Warned.of("texts-cut-off", cut=2, texts=2, tokens=128)
    cost = [Measured(name, 10, 5) for name in NAMES]
    spent = [Measured(name, 40, 5) for name in NAMES]
    trace = told(*rounds(("1", "2")), *cost, *spent, warned, RunFinished("1", "elected"))
    found = noticed(trace)
    assert list(found)[-2:] == ["notice-cut", "notice-budget"]
    assert found["notice-budget"]["values"]["n"] == 8


def test_the_speed_of_several_writers_is_told_by_the_clock() -> None:
    """One member's time is a part of what each token of a fused text took."""
    costs = [Measured(name, 5, 20, 20, 0.5) for name in NAMES]

    def told(*events: Event, costs: list[Measured]) -> list[tuple[str, dict[str, Any]]]:
        trace = Trace(Recipe("any", "p", tuple(MemberRecipe("zoo/base", n) for n in NAMES)))
        for at, event in enumerate((*events, *costs, RunFinished("a b"))):
            trace.add(Record(at / 10, event))
        return [(one["key"], one["values"]) for one in notice_view(trace)["sentences"]]

    steps = [TokenChosen(i, "a", 0, 1.0, (), 0.0, 0.0, {}) for i in range(21)]
    key, values = told(*steps, costs=costs)[-1]
    assert (key, values["n"], values["rate"]) == ("notice-speed-fused", 21, 10)  # 21 in 2 s
    texts = [TextDelta(NAMES[i % 2], "a ") for i in range(21)]
    key, values = told(*texts, costs=costs)[-1]
    assert (key, values["n"], values["rate"]) == ("notice-speed-several", 40, 20)
    key, values = told(*texts, costs=costs[:1])[-1]
    assert (key, values["name"], values["rate"]) == ("notice-speed", NAMES[0], 40)
    assert not [key for key, _ in told(texts[0], costs=costs) if key.startswith("notice-speed")]
