"""A tiny model is trained end to end: it learns, stops, goes on to the same weights, and loads."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import torch

import fusionlab.builders  # noqa: F401  registers them
from fusionlab.encoding import event_from_json
from fusionlab.errors import RecipeError, UnknownName
from fusionlab.events import ModelBuilt, Progress, StepTrained
from fusionlab.registry import get_builder
from fusionlab.sources import store
from fusionlab.sources.schemes.path import weights_folder
from fusionlab.training.loop import Plan
from fusionlab.training.losses import IGNORED
from fusionlab.zoo.evaluate import evaluate_folder
from fusionlab.zoo.recipes import (
    Shape,
    ZooRecipe,
    checked,
    zoo_recipe,
    zoo_recipe_from_toml,
)
from fusionlab.zoo.shelf import model_folder, scores_of
from fusionlab.zoo.tasks import get_task, split_of, task_of
from fusionlab.zoo.tokenizers import tokenizer
from fusionlab.zoo.train import draw_batch, planned, train
from tests.drained import drained

RECIPE = ZooRecipe(
    "months",
    "Months",
    ("month",),
    Plan(steps=120, learning_rate=0.01, warmup=10),
    batch=64,
    shape=Shape(hidden=32, feed_forward=64, layers=2, heads=2, context=64),
)
SHORT = replace(RECIPE, training=Plan(steps=6, learning_rate=0.01, warmup=2), batch=8)
CHILD = ZooRecipe(
    "child", "Child", ("double",), Plan(steps=2, learning_rate=1e-3), 4, parent="months"
)


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A home of its own, and one thread: sums are then taken in the same order every time."""
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path / "home"))
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Any], Path]:
    """Events and folder of the tiny model."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    result = drained(train(planned(RECIPE, 200), tmp_path_factory.mktemp("shelf")))
    torch.set_num_threads(before)
    return result


def test_it_learns(trained: tuple[list[Any], Path]) -> None:
    events, folder = trained
    losses = [event.loss for event in events if isinstance(event, StepTrained)]
    assert len(losses) == 120
    assert losses[0] > 3
    assert sum(losses[-10:]) / 10 < 0.2
    scores = {score.task: score for score in scores_of(folder)}
    assert scores["month"].share > 0.75  # to say always 31 would be right in 58%
    assert scores["reverse"].share < 0.05


def test_its_evaluation_can_be_repeated(trained: tuple[list[Any], Path]) -> None:
    _, folder = trained
    _, again = drained(evaluate_folder(folder, [get_task("month")], count=200))
    assert again[0] in scores_of(folder)


def test_it_is_an_ordinary_folder(trained: tuple[list[Any], Path]) -> None:
    from safetensors.torch import load_file

    _, folder = trained
    assert weights_folder(folder) == folder
    assert sorted(file.name for file in folder.iterdir()) == [
        "README.md",
        "config.json",
        "evaluation.json",
        "generation_config.json",
        "model.safetensors",
        "origin.json",
        "recipe.toml",
        "tokenizer.json",
        "tokenizer_config.json",
        "training.jsonl",
    ]
    assert [file.name for file in folder.parent.iterdir()] == [folder.name]
    tensors = load_file(folder / "model.safetensors")
    assert {tensor.dtype for tensor in tensors.values()} == {torch.bfloat16}
    assert json.loads((folder / "config.json").read_text())["architectures"] == ["LlamaForCausalLM"]
    assert str(folder.parent) not in "".join(
        file.read_text() for file in folder.iterdir() if file.suffix != ".safetensors"
    )


def test_recipe_log_and_card_stand_in_it(trained: tuple[list[Any], Path]) -> None:
    events, folder = trained
    text = (folder / "recipe.toml").read_text(encoding="utf-8")
    assert zoo_recipe_from_toml("months", text) == RECIPE
    lines = (folder / "training.jsonl").read_text().splitlines()
    logged = [event_from_json(json.loads(line)) for line in lines]
    assert logged == [event for event in events if isinstance(event, StepTrained)]
    month = next(score for score in scores_of(folder) if score.task == "month")
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert f"| month | calendar | yes | {month.share:.1%} [" in card


def test_the_same_recipe_is_not_trained_twice(trained: tuple[list[Any], Path]) -> None:
    _, folder = trained
    events, again = drained(train(planned(RECIPE), folder.parent))
    (built,) = events
    assert isinstance(built, ModelBuilt)
    assert (built.id, built.seconds, again) == ("months", 0.0, folder)


def test_another_recipe_does_not_take_its_place(trained: tuple[list[Any], Path]) -> None:
    _, folder = trained
    with pytest.raises(RecipeError, match="another recipe"):
        drained(train(planned(SHORT), folder.parent))


@pytest.mark.parametrize("stopped_at", [1, 5, 9])
def test_what_was_stopped_goes_on_to_the_same_folder(
    stopped_at: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fusionlab.zoo.train.CHECKPOINTS_EVERY", 2)
    _, whole = drained(train(planned(SHORT, 3), tmp_path / "whole"))
    broken = train(planned(SHORT, 3), tmp_path / "broken")
    list(islice(broken, stopped_at))
    broken.close()
    assert model_folder("months", tmp_path / "broken") is None
    _, resumed = drained(train(planned(SHORT, 3), tmp_path / "broken"))
    for file in whole.iterdir():
        assert file.read_bytes() == (resumed / file.name).read_bytes(), file.name


def test_a_child_begins_as_its_parent(trained: tuple[list[Any], Path]) -> None:
    _, folder = trained
    events, child = drained(train(planned(CHILD, 3), folder.parent))
    assert child.name == "child"
    assert any(isinstance(event, Progress) for event in events)
    config = json.loads((child / "config.json").read_text())
    assert config["hidden_size"] == 32
    assert "fine-tuned from `months`" in (child / "README.md").read_text()
    store.remove(child)


def test_a_child_reads_its_parent_s_vocabulary(trained: tuple[list[Any], Path]) -> None:
    _, folder = trained
    with pytest.raises(RecipeError, match="reads pieces, but its parent"):
        drained(train(planned(replace(CHILD, vocabulary="pieces")), folder.parent))


def test_a_batch_holds_problems_to_learn_from_each_with_its_answer_and_end() -> None:
    recipe = replace(RECIPE, tasks=("month", "sort", "double"), batch=600)
    fast = tokenizer(recipe.vocabulary)
    batch = draw_batch(recipe, fast, torch.Generator().manual_seed(4))
    names = Counter[str]()
    for ids, labels in zip(batch.ids.tolist(), batch.labels.tolist(), strict=True):
        learned = [label for label in labels if label != IGNORED]
        prompt = fast.decode(ids[1 : labels.index(learned[0])])
        assert split_of(prompt) == "train"
        assert ids[0] == fast.bos_token_id
        assert learned.pop() == fast.eos_token_id
        assert task_of(prompt).answer(prompt) == fast.decode(learned)
        names[task_of(prompt).name] += 1
    assert names.keys() == set(recipe.tasks)
    assert min(names.values()) > 150


def test_an_unknown_model_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match="did you mean 'adder'"):
        get_builder("zoo").plan((), {"recipe": "addder"})


MIXTURE = replace(
    SHORT,
    name="mix",
    balance=0.02,
    shares={"sort": 2.0},
    tasks=("sort", "month"),
    shape=Shape(32, 16, 2, 2, 64, "qwen2_moe", experts=4, active=2, shared=16),
)
READER = replace(
    SHORT,
    name="reader",
    tasks=("sort,reverse",),
    solutions="read",
    shape=Shape(hidden=32, feed_forward=64, layers=2, heads=2, context=128),
)


def test_a_mixture_is_trained_to_an_ordinary_folder(tmp_path: Path) -> None:
    _, folder = drained(train(planned(MIXTURE, 3), tmp_path))
    config = json.loads((folder / "config.json").read_text())
    assert config["architectures"] == ["Qwen2MoeForCausalLM"]
    assert (config["num_experts"], config["num_experts_per_tok"]) == (4, 2)
    assert "by the recipe's shares" in (folder / "README.md").read_text()


def test_tasks_are_drawn_by_their_shares() -> None:
    recipe = replace(MIXTURE, batch=900)
    fast = tokenizer(recipe.vocabulary)
    batch = draw_batch(recipe, fast, torch.Generator().manual_seed(4))
    sorting = sum("sort" in fast.decode(ids) for ids in batch.ids)
    assert 540 < sorting < 660


def test_a_reader_is_also_asked_with_solutions_to_read(tmp_path: Path) -> None:
    _, folder = drained(train(planned(READER, 3), tmp_path))
    cases = [(score.task, score.case) for score in scores_of(folder) if "," in score.task]
    assert cases[-1][1] == "outvoted"
    assert ("sort,reverse", "") in cases
    assert "sort,reverse, outvoted" in (folder / "README.md").read_text()


def test_a_share_of_the_parent_s_tasks_is_rehearsed() -> None:
    recipe = replace(zoo_recipe("adder"), batch=2000, rehearsal=0.2)
    fast = tokenizer(recipe.vocabulary)
    batch = draw_batch(recipe, fast, torch.Generator().manual_seed(4))
    adding = sum("add " in fast.decode(ids) for ids in batch.ids) / 2000
    assert 0.8 < adding < 0.84  # the parent adds as well, in one problem of 14


def test_without_a_parent_nothing_is_rehearsed() -> None:
    with pytest.raises(RecipeError, match="no parent"):
        checked(replace(RECIPE, rehearsal=0.1))


def test_a_child_may_have_another_number_of_active_experts(tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM

    drained(train(planned(MIXTURE, 3), tmp_path))
    child = ZooRecipe("one", "One", ("sort",), SHORT.training, 8, parent="mix", active=1)
    _, folder = drained(train(planned(child, 3), tmp_path))
    model = AutoModelForCausalLM.from_pretrained(folder)
    assert model.config.num_experts_per_tok == 1
    with pytest.raises(RecipeError, match="no parent"):
        checked(replace(RECIPE, active=1))
