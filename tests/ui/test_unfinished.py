"""A training that was broken off: what the Build tab says of it, and where it goes on."""

import threading
from collections.abc import Iterator
from dataclasses import asdict, fields, replace
from typing import Any

import pytest

from fusionlab.events import StepTrained
from fusionlab.plans import Source
from fusionlab.sources.schemes.built import built_names, is_rung, listed_names
from fusionlab.training.loop import Stop
from fusionlab.ui.brought import brought
from fusionlab.ui.build_page import BuildPage
from fusionlab.ui.building import Asked, drawn_plan, made
from fusionlab.ui.kept import Kept
from fusionlab.ui.standing import learned, left_at
from fusionlab.ui.unfinished import another, kept_at_last, stopped_once, unfinished
from fusionlab.words import Sentence

STEPS = 40
LESSONS: dict[str, Any] = {"objective": "instruct", "data": "suite:zoo-arithmetic", "batch": 2}
ASKED = Asked(
    "train", [Source("zoo/adder")], {**LESSONS, "questions": 20, "steps": STEPS}, "learns"
)


@pytest.fixture(autouse=True)
def _home(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path))


def up_to(step: int) -> Any:
    """The events of the training, of which so many steps are taken."""
    events = made(ASKED)
    for event in events:
        if isinstance(event, StepTrained) and event.step == step:
            return events
    raise AssertionError(step)


def losses(course: dict[str, Any]) -> Iterator[float]:
    return (loss for _, loss, *_ in course["points"])


def test_what_was_learned_when_the_page_was_left_is_a_model_that_goes_on() -> None:
    kept_at_last(up_to(7))
    found = unfinished(drawn_plan(ASKED))
    assert found
    assert (found.id, found.step, found.steps) == ("learns", 7, STEPS)
    assert found.stands
    other = replace(ASKED, settings={**ASKED.settings, "batch": 4})
    plan = drawn_plan(other)
    assert plan["other"]
    assert plan["left_at"] is None
    assert unfinished(plan) is None
    assert another(ASKED) == replace(ASKED, id="learns-2")
    list(made(ASKED))
    assert unfinished(drawn_plan(ASKED)) is None
    assert not drawn_plan(ASKED)["other"]


def test_who_presses_stop_and_leaves_the_page_keeps_what_was_learned() -> None:
    """The second Stop broke off the writing, and the model was gone."""
    steps = stopped_once(up_to(7))
    next(steps)
    steps.throw(Stop())
    kept_at_last(steps)
    found = unfinished(drawn_plan(ASKED))
    assert found
    assert found.stands
    assert found.step == 8


def test_what_was_cut_off_goes_on_from_its_checkpoint_and_has_its_curve() -> None:
    up_to(11).close()
    assert not built_names()
    found = unfinished(drawn_plan(ASKED))
    assert found
    assert not found.stands
    assert (found.step, found.steps) == (8, STEPS)  # every fourth step is one
    assert found.place == {"step": 8, "steps": STEPS}
    assert len(list(losses(found.course))) >= 8
    resumed = next(event for event in made(ASKED) if isinstance(event, StepTrained))
    assert resumed.step == 9
    assert another(ASKED).id == "learns-2"


def test_a_model_that_stands_is_told_from_a_later_attempt_at_it() -> None:
    """The attempt was killed at a checkpoint beyond the model: it goes on from there."""
    kept_at_last(up_to(7))
    assert left_at("learns") == {"step": 7, "steps": STEPS, "kept": 0}
    up_to(13).close()
    assert left_at("learns") == {"step": 12, "steps": STEPS, "kept": 7}
    plan = drawn_plan(ASKED)
    assert plan["left_at"] == left_at("learns")
    found = unfinished(plan)
    assert found
    assert (found.step, found.stands) == (12, True)
    said = Sentence("build-stopped-at", left_at("learns") or {}).said()
    assert "after step 12 of 40" in said
    assert "still that of step 7" in said
    course = learned("learns")
    assert (course["ended"], course["total"], course["points"][-1][0]) == ("stopped", STEPS, 13)
    resumed = next(event for event in made(ASKED) if isinstance(event, StepTrained))
    assert resumed.step == 13


def test_a_page_loaded_again_waits_for_what_is_being_written_over_a_model_that_stands() -> None:
    """It told of the model before, and of a checkpoint that was gone a moment later."""
    kept_at_last(up_to(7))
    gone_on = up_to(21)
    ending = threading.Timer(0.5, kept_at_last, [gone_on])
    ending.start()
    nothing: Any = None
    page = BuildPage(*[nothing] * len(fields(BuildPage)))
    form, status, _, result = page.at_first(None, Kept(name="learns", asked=asdict(ASKED)))
    ending.join()
    assert status["said"]["values"] == {"step": 21, "steps": STEPS, "kept": 0}
    assert form["left_at"] == {"step": 21, "steps": STEPS, "kept": 0}
    assert result["built"]["id"] == "learns"


def test_what_is_trained_now_is_said_to_be() -> None:
    events = up_to(5)
    found = unfinished(drawn_plan(ASKED), patience=0)
    assert found
    assert found.at_work
    assert found.place is None
    events.close()
    found = unfinished(drawn_plan(ASKED), patience=0)
    assert found
    assert not found.at_work


@pytest.mark.parametrize("asked", [replace(ASKED, id=""), replace(ASKED, builder="nobody")])
def test_where_nothing_was_begun_there_is_nothing_to_go_on_with(asked: Asked) -> None:
    assert unfinished(drawn_plan(replace(asked, id="new")) if asked.id == "" else {}) is None


@pytest.mark.parametrize(
    ("builder", "settings", "others"),
    [("graft", {"drop": 1}, {"drop": 2}), ("merge", {"method": "ties"}, {"method": "linear"})],
)
def test_a_model_is_told_from_that_of_another_recipe(
    builder: str, settings: dict[str, Any], others: dict[str, Any]
) -> None:
    sources = [Source("zoo/adder"), Source("zoo/editor")][: 2 if builder == "merge" else 1]
    asked = Asked(builder, sources, settings, "one")
    list(made(asked))
    assert not drawn_plan(asked)["other"]
    assert drawn_plan(replace(asked, settings=others))["other"]
    assert drawn_plan(Asked("graft", [Source("zoo/base")], {"drop": 1}, "one"))["other"]


def test_models_of_ladders_are_in_no_list_to_choose_from() -> None:
    assert is_rung("ladder-merge-ties-0123456789ab")
    assert not is_rung("ladder-of-mine")
    assert not is_rung("merge-ties-0123456789ab")
    list(made(Asked("graft", [Source("zoo/base")], {"drop": 1}, "ladder-x-0123456789ab")))
    list(made(Asked("graft", [Source("zoo/base")], {"drop": 1}, "ladder-of-mine")))
    assert listed_names() == ("ladder-of-mine",)
    assert len(built_names()) == 2


def test_one_source_alone_is_said_to_be_a_copy() -> None:
    plan = drawn_plan(Asked("merge", [Source("zoo/adder")], {"method": "linear"}))
    assert any("nothing is merged" in each["message"]["en"] for each in plan["findings"])
    two = drawn_plan(Asked("merge", [Source("zoo/adder"), Source("zoo/editor")]))
    assert not any("nothing is merged" in each["message"]["en"] for each in two["findings"])


def test_questions_with_answers_are_no_plain_text_and_their_objective_is_named(
    tmp_path: Any,
) -> None:
    file = tmp_path / "talks.jsonl"
    file.write_text('{"prompt": "add 1+2=", "completion": "3"}\n')
    asked = replace(ASKED, settings={"objective": "continue", "data": brought(str(file))})
    said = drawn_plan(asked)["error"]["message"]
    assert "“Answers”" in said["en"]
    assert "“回答”" in said["zh"]
