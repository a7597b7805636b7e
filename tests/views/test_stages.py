"""A run gets its picture by what happened in it, not by who made it."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from fusionlab.assets import asset
from fusionlab.events import (
    AnswerExtracted,
    CandidateGiven,
    Event,
    Measured,
    MemberChosen,
    MessageSent,
    Record,
    RoundBegan,
    RunFinished,
    TextDelta,
)
from fusionlab.recipe import MemberRecipe, Recipe
from fusionlab.runfiles import read_run
from fusionlab.trace import FUSED, Trace, fold
from fusionlab.views.stages import STAGES, stage_for
from tests.views.fakes import routed_trace, token_trace, two_mixtures

ONE, TWO = (tuple(MemberRecipe("x", name=name) for name in names) for names in ("A", "AB"))


def folded(*events: Event, members: Sequence[MemberRecipe] = TWO) -> Trace:
    recipe = Recipe("a method of tomorrow", members=tuple(members))
    return fold(recipe, [Record(0.1 * at, event) for at, event in enumerate(events)])


SAMPLES = (RoundBegan(0, "sample", 1), RoundBegan(1, "sample", 2))
FITS = {
    "tokens": [token_trace(n_steps=3)],
    "mixtures": [two_mixtures()],
    "experts": [routed_trace(n_tokens=3)],
    "ballots": [
        folded(RoundBegan(0, "candidate", 1), TextDelta("A", "4")),
        folded(TextDelta("A", "4"), CandidateGiven(0, "A", "4")),
        folded(*SAMPLES, TextDelta("A", "4"), members=ONE),
    ],
    "staircase": [folded(RoundBegan(0, "sample", 1, ("A",), 3, 0.8), TextDelta("A", "4"))],
    "layers": [folded(RoundBegan(0, "layer", 1, ("A",), 2), TextDelta("A", "4"))],
    "routing": [
        folded(MemberChosen("B", "likeness", {"A": 0.1, "B": 0.4})),
        folded(MemberChosen("B", "likeness"), RoundBegan(0, "chosen", 1), TextDelta("B", "4")),
    ],
    "refine": [
        folded(RoundBegan(0, "draft", 1), members=ONE),
        folded(RoundBegan(0, "draft", 1), RoundBegan(1, "criticism", 1), members=ONE),
    ],
    "rounds": [
        folded(*SAMPLES, TextDelta("A", "4")),
        folded(RoundBegan(0, "answers", 1), TextDelta("A", "4"), MemberChosen("A", "verdict")),
        folded(RoundBegan(0, "alone", 1), RoundBegan(1, "round", 1), MessageSent(1, "A", "B")),
        folded(RoundBegan(0, "steps", 1), members=ONE),
    ],
    "texts": [Trace(Recipe("vote")), folded(TextDelta("A", "4"), Measured("A", 3, 1))],
}
OF_BEFORE = {
    "ballots": [
        folded(
            TextDelta("A", "4"),
            AnswerExtracted("A", "4"),
            AnswerExtracted("A", "4", 1),
            RunFinished("4", "elected"),
            members=ONE,
        ),
    ],
    "rounds": [
        folded(TextDelta("A", "4"), AnswerExtracted("A", "4"), RunFinished("4"), members=ONE),
        folded(AnswerExtracted("A", "4"), MessageSent(1, "A", "A"), members=ONE),
        folded(AnswerExtracted("A", "4"), AnswerExtracted("B", "4")),
    ],
}
"""Runs of files that do not tell what is written in a round."""


@pytest.mark.parametrize("cases", [FITS, OF_BEFORE])
def test_the_facts_of_a_run_say_its_picture(cases: dict[str, list[Trace]]) -> None:
    for component, traces in cases.items():
        for trace in traces:
            drawn = stage_for(trace).drawn(trace, "run")
            assert drawn["component"] == component
            json.dumps(drawn, allow_nan=False)
    assert set(FITS) == {stage.component for stage in STAGES}


@pytest.mark.parametrize(
    ("recorded", "component"),
    [
        ("three-readers", "rounds"),
        ("geographer-and-poet", "tokens"),
        ("experts-top-1", "experts"),
        ("baseline", "texts"),
        ("six-answers", "ballots"),
    ],
)
def test_recorded_runs_keep_their_picture_whoever_made_them(recorded: str, component: str) -> None:
    trace = read_run(Path(asset(f"runs/{recorded}.jsonl")))
    assert stage_for(trace).component == component
    assert stage_for(replace(trace, recipe=replace(trace.recipe, method="?"))) is stage_for(trace)


def test_a_picture_that_grows_is_sent_what_is_new() -> None:
    trace = token_trace(n_steps=5)
    stage = stage_for(trace)
    whole, rest = stage.drawn(trace, "run"), stage.drawn(trace, "run", start=3)
    assert (stage.steps(whole), stage.steps(rest)) == (5, 2)
    assert rest["data"]["steps"] == whole["data"]["steps"][3:]
    texts = stage_for(Trace(trace.recipe))
    assert texts.steps(texts.drawn(Trace(trace.recipe), "run", start=3)) == 0


def test_the_answer_as_it_grows_is_the_fusions_or_a_lone_members() -> None:
    assert folded().is_answer(FUSED, 0)
    assert not folded().is_answer(FUSED, 1)
    assert not folded().is_answer("A", 0)
    assert folded(members=ONE).is_answer("A", 0)
    assert not folded(members=ONE).is_answer("A", 1)
    assert not folded(RoundBegan(0, "draft", 1), members=ONE).is_answer("A", 0)
