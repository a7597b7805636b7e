"""Every adapter that ships is what its recipe, its card and its scores say it is."""

import hashlib
import json
from pathlib import Path

import pytest

from fusionlab.assets import asset
from fusionlab.models.catalog import CATALOG
from fusionlab.sources import store
from fusionlab.sources.adapter_config import CONFIG
from fusionlab.sources.adapters import WEIGHTS
from fusionlab.sources.known import known_models
from fusionlab.sources.references import base_of, spec_of
from fusionlab.zoo.adapter_card import adapter_card
from fusionlab.zoo.adapter_recipes import (
    adapter_fingerprint,
    adapter_recipe,
    adapter_recipe_from_toml,
    adapter_recipe_names,
)
from fusionlab.zoo.adapters import adapter_scores

SHIPPED = sorted(file.parent for file in asset("adapters").glob(f"*/{WEIGHTS}"))
each = pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)

LARGEST = 5_000_000
"""Bytes of an adapter."""


def test_there_are_four_at_least_and_each_has_a_recipe() -> None:
    assert len(SHIPPED) >= 4
    assert {folder.name for folder in SHIPPED} == set(adapter_recipe_names())


@each
def test_it_was_made_by_its_recipe(folder: Path) -> None:
    recipe = adapter_recipe(folder.name)
    text = (folder / "recipe.toml").read_text(encoding="utf-8")
    assert adapter_recipe_from_toml(folder.name, text) == recipe
    origin = store.origin_of(folder)
    assert origin["revision"] == adapter_fingerprint(recipe, origin["base"])
    assert origin["base"].items() <= CATALOG[recipe.base].sha256.items()
    weights = (folder / WEIGHTS).read_bytes()
    assert origin["sha256"][WEIGHTS] == hashlib.sha256(weights).hexdigest()


@each
def test_it_is_small_and_for_its_base(folder: Path) -> None:
    recipe = adapter_recipe(folder.name)
    config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    assert config["base_model_name_or_path"] == base_of(recipe.base).name
    assert config["r"] == recipe.rank <= 8
    assert set(config["target_modules"]) == set(recipe.targets)
    assert (folder / WEIGHTS).stat().st_size <= LARGEST


@each
def test_its_card_says_its_scores(folder: Path) -> None:
    from safetensors import safe_open

    with safe_open(folder / WEIGHTS, "pt") as stored:
        names = stored.keys()
        parameters = sum(stored.get_tensor(name).numel() for name in names)
    recipe = adapter_recipe(folder.name)
    repo = base_of(recipe.base).name
    written = (folder / "README.md").read_text(encoding="utf-8")
    assert written == adapter_card(recipe, repo, parameters, adapter_scores(folder))


@each
def test_it_is_20_points_better_than_its_base(folder: Path) -> None:
    scores = {score.split: score for score in adapter_scores(folder)}
    assert scores["test"].share - scores["test"].base_share >= 0.20
    assert scores["hard"].share > scores["hard"].base_share
    assert {score.total for score in scores.values()} == {100}


@each
def test_its_log_holds_its_training(folder: Path) -> None:
    lines = (folder / "training.jsonl").read_text(encoding="utf-8").splitlines()
    steps = [json.loads(line) for line in lines]
    assert steps[0]["step"] == 1
    assert steps[-1]["step"] == adapter_recipe(folder.name).training.steps
    assert steps[-1]["loss"] < steps[0]["loss"] / 2


@each
def test_it_is_in_the_catalog(folder: Path) -> None:
    ref = f"{adapter_recipe(folder.name).base}+{folder.name}"
    assert ref in {row["id"] for row in known_models()}
    assert spec_of(ref).bytes == (folder / WEIGHTS).stat().st_size
    assert spec_of(ref).licence
