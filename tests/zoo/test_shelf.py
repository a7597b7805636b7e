"""Which zoo models are here, and what is said where one is not."""

import json
from pathlib import Path

import pytest

from fusionlab.errors import SourceError, UnknownName
from fusionlab.zoo.recipes import recipe_names
from fusionlab.zoo.shelf import evaluate_model, known_zoo, model_folder, scores_of
from tests.drained import drained


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path))
    monkeypatch.setattr("fusionlab.assets._FOLDERS", (_recipes_alone(tmp_path),))
    return tmp_path


def test_every_recipe_has_its_row() -> None:
    rows = known_zoo()
    assert [row["name"] for row in rows] == list(recipe_names())
    assert not any(row["trained"] or row["bytes"] or row["scores"] for row in rows)
    json.dumps(rows, allow_nan=False)


def test_what_the_user_trained_is_found_with_its_scores(home: Path) -> None:
    folder = home / "zoo" / "adder"
    folder.mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(b"weights")
    (folder / "evaluation.json").write_text('[{"task": "add", "right": 3, "total": 4}]')
    assert model_folder("adder") == folder
    assert scores_of(folder)[0].share == 0.75
    row = next(row for row in known_zoo() if row["name"] == "adder")
    assert (row["trained"], row["bytes"], row["scores"]) == (True, 7, {"add": 0.75})


def test_a_model_that_is_not_here_says_how_to_train_it() -> None:
    with pytest.raises(SourceError, match="zoo train adder"):
        drained(evaluate_model("adder"))
    with pytest.raises(UnknownName, match="did you mean 'adder'"):
        drained(evaluate_model("ader"))


def _recipes_alone(folder: Path) -> Path:
    """A folder of assets that holds the recipes and no model."""
    from fusionlab.assets import asset

    (folder / "assets" / "zoo").mkdir(parents=True)
    (folder / "assets" / "zoo" / "recipes").symlink_to(asset("zoo/recipes"))
    return folder / "assets"
