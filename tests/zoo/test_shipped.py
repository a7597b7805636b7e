"""Every zoo model that ships is what its recipe, its card and its scores say it is."""

import hashlib
from pathlib import Path

import pytest

from fusionlab.assets import asset
from fusionlab.models import store
from fusionlab.zoo.card import card
from fusionlab.zoo.evaluate import evaluate_folder
from fusionlab.zoo.recipes import fingerprint, zoo_recipe, zoo_recipe_from_toml
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


@each
def test_a_specialist_knows_its_own_tasks_and_not_the_others(folder: Path) -> None:
    recipe = zoo_recipe(folder.name)
    scores = {score.task: score.share for score in scores_of(folder)}
    assert scores.keys() == set(TASKS)
    if recipe.parent:
        own = [scores.pop(task) for task in recipe.tasks]
        assert min(own) >= 0.95
        assert sum(scores.values()) / len(scores) < 0.5


@each
def test_its_scores_are_found_again(folder: Path) -> None:
    """On some problems of each task; another processor may round a few answers otherwise."""
    _, some = drained(evaluate_folder(folder, count=40))
    for score, whole in zip(some, scores_of(folder), strict=True):
        low, high = score.interval
        assert low - 0.05 <= whole.share <= high + 0.05
