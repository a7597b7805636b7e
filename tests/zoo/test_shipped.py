"""Every zoo model that ships is what its recipe, its card and its scores say it is."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from fusionlab.assets import asset
from fusionlab.sources import store
from fusionlab.zoo.card import card
from fusionlab.zoo.evaluate import evaluate_folder, held_out
from fusionlab.zoo.recipes import ZooRecipe, fingerprint, zoo_recipe, zoo_recipe_from_toml
from fusionlab.zoo.shelf import scores_of
from fusionlab.zoo.tasks import TASKS
from tests.drained import drained

SHIPPED = sorted(file.parent for file in asset("zoo").glob("*/model.safetensors"))
each = pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)


@each
def test_it_was_made_by_its_recipe(folder: Path) -> None:
    recipe = zoo_recipe(folder.name)
    text = (folder / "recipe.toml").read_text(encoding="utf-8")
    assert zoo_recipe_from_toml(folder.name, text) == recipe
    parent = asset(f"zoo/{recipe.parent}") if recipe.parent else None
    origin = store.origin_of(folder)
    assert origin["revision"] == fingerprint(recipe, parent)
    weights = (folder / "model.safetensors").read_bytes()
    assert origin["sha256"]["model.safetensors"] == hashlib.sha256(weights).hexdigest()


@each
def test_its_card_says_its_scores(folder: Path) -> None:
    from safetensors import safe_open

    with safe_open(folder / "model.safetensors", "pt") as stored:
        names = stored.keys()
        parameters = sum(stored.get_tensor(name).numel() for name in names)
    written = (folder / "README.md").read_text(encoding="utf-8")
    assert written == card(zoo_recipe(folder.name), parameters, scores_of(folder))


def of_kind(kind: str) -> pytest.MarkDecorator:
    """The shipped models of one kind: specialist, mixture or reasoner."""
    folders = [folder for folder in SHIPPED if kind_of(zoo_recipe(folder.name)) == kind]
    return pytest.mark.parametrize("folder", folders, ids=lambda folder: folder.name)


def kind_of(recipe: ZooRecipe) -> str:
    if recipe.solutions != "none":
        return "reasoner"
    if recipe.balance:
        return "mixture"
    return "specialist" if recipe.parent else "other"


def shares_of(folder: Path, case: str = "") -> dict[str, float]:
    return {score.task: score.share for score in scores_of(folder) if score.case == case}


@of_kind("specialist")
def test_a_specialist_knows_its_own_tasks_and_not_the_others(folder: Path) -> None:
    shares = shares_of(folder)
    assert shares.keys() == set(TASKS)
    own = [shares.pop(task) for task in zoo_recipe(folder.name).tasks]
    assert min(own) >= 0.95
    assert sum(shares.values()) / len(shares) < min(own) - 0.2


@of_kind("mixture")
def test_a_mixture_knows_all_tasks(folder: Path) -> None:
    shares = shares_of(folder)
    assert shares.keys() == set(TASKS)
    assert min(shares.values()) >= 0.9


@of_kind("mixture")
def test_no_expert_of_a_mixture_idles_or_does_all(folder: Path) -> None:
    """On held-out problems of all tasks, in every layer."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    fast = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    active = model.config.num_experts_per_tok
    counts: Any = 0
    for task in TASKS.values():
        for problem in held_out(task, 6):
            ids = fast(problem.prompt + problem.answer, return_tensors="pt")["input_ids"]
            with torch.no_grad():
                routers = model(input_ids=ids, output_router_logits=True).router_logits
            chosen = [layer.topk(active).indices.flatten() for layer in routers]
            counts += torch.stack(
                [
                    each.bincount(minlength=layer.shape[-1])
                    for each, layer in zip(chosen, routers, strict=True)
                ]
            )
    shares = counts / counts.sum(dim=1, keepdim=True) * counts.shape[1]
    assert shares.min() > 0.1
    assert shares.max() < 4


@of_kind("reasoner")
def test_a_reasoner_is_often_right_and_a_reader_gains_by_reading(folder: Path) -> None:
    recipe = zoo_recipe(folder.name)
    shares = shares_of(folder)
    assert min(shares[task] for task in recipe.tasks) > 0.5
    if recipe.solutions == "read":
        outvoted = shares_of(folder, "outvoted")
        assert min(outvoted[task] for task in recipe.tasks) > 0.5


def test_the_whole_zoo_is_small() -> None:
    files = [file for folder in SHIPPED for file in folder.iterdir()]
    assert sum(file.stat().st_size for file in files) < 30e6


@each
def test_its_scores_are_found_again(folder: Path) -> None:
    """On some problems of each task; another processor may round a few answers otherwise."""
    solutions = zoo_recipe(folder.name).solutions
    _, some = drained(evaluate_folder(folder, count=25, solutions=solutions))
    for score, whole in zip(some, scores_of(folder), strict=True):
        assert (score.task, score.case) == (whole.task, whole.case)
        low, high = score.interval
        assert low - 0.05 <= whole.share <= high + 0.05
