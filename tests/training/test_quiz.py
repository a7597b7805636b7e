"""Accuracy by step: which questions are asked, when, and that asking changes nothing."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

import fusionlab.builders  # noqa: F401  registers them
from fusionlab.bench.suites import draw, get_suite
from fusionlab.builders.data.taught import taught
from fusionlab.builders.learning.quiz import NAMED, quiz_of
from fusionlab.errors import RecipeError
from fusionlab.events import ModelBuilt, StepTrained
from fusionlab.registry import Plan, Source, get_builder
from fusionlab.sources import store
from fusionlab.training.log import LOG, steps_in
from fusionlab.training.records import Passage, Records
from tests.drained import drained
from tests.tiny import tiny_llama

QUICK = {"batch": 2, "steps": 4, "length": 64, "precision": "float32"}
ASKED = {"suite": "zoo-calendar", "suite_questions": 3}


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with a tiny model, which all tests share."""
    place = tmp_path_factory.mktemp("home")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FUSIONLAB_HOME", str(place))
        folder = tiny_llama(place / "zoo" / "tiny", sharp=1.0)
        _, sha256 = drained(store.hash_of(folder / "model.safetensors"))
        store.write_origin(folder, "a test", "", {"model.safetensors": sha256}, licence="MIT")
        yield place
    torch.set_num_threads(before)


def planned(builder: str, name: str, **settings: Any) -> Plan[Any]:
    told = {"data": "suite:zoo-calendar", "questions": 20, **QUICK, **settings}
    told |= {"objective": "instruct", "shown": 0} if builder == "train" else {"target": "zoo/tiny"}
    return get_builder(builder).plan([Source("zoo/tiny")], told, name)


@pytest.mark.parametrize("suite", NAMED)
def test_no_question_of_the_test_nor_of_the_data_is_asked(suite: Any) -> None:
    tested = {item.prompt for item in draw(get_suite(suite)).items}
    data = "suite:zoo-strings" if suite == "zoo-two-steps" else f"suite:{suite}"
    quiz = quiz_of(suite, 40, taught(data, "instruct", 200))
    assert quiz
    asked = [each.prompt for each in quiz.asked]
    assert len(set(asked)) == len(asked) == 40
    assert not tested & set(asked)
    learned = {turn.content for one in taught(data, "instruct", 200).records for turn in one.turns}  # type: ignore[union-attr]
    assert not learned & set(asked)


def test_a_text_that_has_the_questions_leaves_them_out() -> None:
    nothing = Records("text", "", (), ())
    some = quiz_of("zoo-strings", 20, nothing)
    assert some
    text = "\n".join(each.prompt + each.truth for each in some.asked)
    others = quiz_of("zoo-strings", 20, Records("text", "", (Passage(text),), (1,)))
    assert others
    assert len(others.asked) == 20
    assert not {each.prompt for each in some.asked} & {each.prompt for each in others.asked}
    assert quiz_of("none", 20, nothing) is None


@pytest.mark.parametrize(
    ("builder", "more"),
    [("train", {}), ("train", {"lora": 4}), ("distil", {})],
    ids=["train", "lora", "distil"],
)
def test_it_is_asked_as_often_as_the_text_is_read_and_changes_nothing(
    builder: str, more: dict[str, Any], home: Path
) -> None:
    name = f"{builder}{len(more)}"
    plan = planned(builder, f"{name}-asked", **more, **ASKED)
    assert any("3 questions of zoo-calendar" in each.sentence.said() for each in plan.findings)
    events, folder = drained(get_builder(builder).execute(plan, None))
    assert isinstance(events[-1], ModelBuilt)
    steps = [each for each in events if isinstance(each, StepTrained)]
    told = [[each.step, each.right, each.asked] for step in steps for each in step.solved]
    assert [each[0] for each in told] == [0, 1, 2, 3, 4]
    assert all(0 <= right <= asked == 3 for _, right, asked in told)
    report = json.loads((folder / "report.json").read_text())
    assert report["solved"] == told
    assert [each.solved for each in steps_in(folder / LOG)] == [each.solved for each in steps]
    assert (
        "Of 3 questions of the side of zoo-calendar to train with"
        in (folder / "README.md").read_text()
    )
    silent = planned(builder, f"{name}-silent", **more)
    _, other = drained(get_builder(builder).execute(silent, None))
    (weights,) = folder.glob("*.safetensors")
    alone = load_file(other / weights.name)
    assert all(torch.equal(each, alone[key]) for key, each in load_file(weights).items())


def test_what_cannot_be_asked_is_said_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fusionlab.builders.learning.quiz._known_in", lambda *_: lambda _: True)
    with pytest.raises(RecipeError, match="every question of zoo-calendar") as caught:
        planned("train", "none", **ASKED)
    assert caught.value.hint
    monkeypatch.undo()
    monkeypatch.setattr("fusionlab.builders.train.context_of", lambda _: 64)
    plan = planned("train", "narrow", **{**ASKED, "suite": "word-problems"})
    assert plan.refused
    assert "reads 64" in plan.refused.sentence.said()
