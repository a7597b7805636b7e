"""A recipe of a build: read, linked, built, kept beside the model, and built again the same."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from fusionlab.builds import (
    BuildRecipe,
    awaited,
    build_from_query,
    build_to_query,
    build_to_toml,
    builds_from_json,
    builds_from_toml,
)
from fusionlab.cli import main
from fusionlab.errors import RecipeError, UnknownName
from fusionlab.plans import Source
from tests.faults.damage import contents
from tests.weights.families import tiny_family

Capture = pytest.CaptureFixture[str]

GRAFT = """
builder = "graft"
sources = ["path:a", "path:b"]
[settings]
layers = "A:0-3, B:1-4"
"""
MERGE = """
builder = "merge"
[[sources]]
ref = "path:a"
weight = [0.2, 0.8]
[[sources]]
ref = "path:b"
weight = 0.5
[settings]
method = "ties"
base = "path:c"
parameters = { density = 0.5 }
"""
MERGEKIT = """
builder = "merge"
settings = { mergekit = "files/merge.yml" }
"""
SEVERAL = """
[[build]]
builder = "merge"
id = "mean"
sources = ["path:a", "path:b"]
[[build]]
builder = "graft"
id = "deep"
sources = ["built:mean"]
settings = { drop = 1 }
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FUSIONLAB_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    for seed, name in enumerate("abc"):
        tiny_family(tmp_path / name, seed=seed)
    return tmp_path


def build(capsys: Capture, *arguments: str) -> Any:
    assert main(["build", *arguments, "--no-proof", "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def weights(folder: Path) -> dict[str, bytes]:
    return {name: each for name, each in contents(folder).items() if name.endswith("safetensors")}


@pytest.mark.parametrize("text", [GRAFT, MERGE, MERGEKIT], ids=["graft", "merge", "mergekit"])
def test_what_a_model_keeps_builds_the_same_weights_again(
    text: str, here: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "files").mkdir()
    file = {"merge_method": "linear", "models": [{"model": "../a"}, {"model": "../c"}]}
    (here / "files" / "merge.yml").write_text(yaml.safe_dump(file))
    (here / "recipe.toml").write_text(text)
    first = build(capsys, "recipe.toml", "--id", "first")
    kept = Path(first["folder"]) / "recipe.toml"
    monkeypatch.chdir("/")
    again = build(capsys, str(kept))
    assert (again["folder"], again["lineage"]) == (first["folder"], first["lineage"])
    twin = build(capsys, str(kept), "--id", "twin")
    assert weights(Path(twin["folder"])) == weights(Path(first["folder"])) != {}
    origins = [
        json.loads((Path(each["folder"]) / "origin.json").read_text()) for each in (first, twin)
    ]
    assert origins[0]["revision"] == origins[1]["revision"]


def test_several_are_built_one_after_the_other(here: Path, capsys: Capture) -> None:
    (here / "two.toml").write_text(SEVERAL)
    assert main(["build", "two.toml", "--plan"]) == 0
    assert "built:deep would be made of built:mean" in (told := capsys.readouterr().out)
    assert "once built:mean is built" in told
    assert main(["build", "two.toml", "--plan", "--json"]) == 0
    mean, deep = json.loads(capsys.readouterr().out)["builds"]
    assert (mean["refused"], deep["awaits"]) == (False, ["built:mean"])
    assert not (here / "home").exists()
    made = build(capsys, "two.toml")["builds"]
    assert [each["reference"] for each in made] == ["built:mean", "built:deep"]
    assert made[1]["report"]["layers"] == 6
    assert main(["build", "two.toml", "--plan", "--json"]) == 0
    assert "details" in json.loads(capsys.readouterr().out)["builds"][1]
    assert main(["build", "two.toml", "--share"]) == 0
    link = capsys.readouterr().out.splitlines()[1]
    assert link == "/?tab=build&builder=graft&source=built%3Amean&set=drop%3D1&id=deep"
    assert main(["build", "two.toml", "--id", "mine"]) == 2
    assert "several builds" in capsys.readouterr().err


def test_options_change_what_a_file_says(here: Path, capsys: Capture) -> None:
    (here / "recipe.toml").write_text(MERGE)
    changes = ["--set", "parameters.density=0.9", "--set", "seed=7", "--source", "path:b,weight=1"]
    assert main(["build", "recipe.toml", *changes, "--plan", "--json"]) == 0
    details = json.loads(capsys.readouterr().out)["details"]
    assert details["settings"]["parameters"] == {"density": 0.9}
    assert (details["settings"]["seed"], details["settings"]["method"]) == (7, "ties")
    assert details["sources"] == [f"path:{here / 'b'}"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('bilder = "graft"', "'bilder'.*did you mean 'builder'"),
        ('builder = "grfat"', "'grfat'.*did you mean 'graft'"),
        ('builder = "graft"\nsettings = {dorp = 1}\nsources = ["path:a"]', "did you mean 'drop'"),
        ('builder = "merge"\nsources = [{ref = "path:a", wieght = 1}]', "did you mean 'weight'"),
        ('builder = "merge"\nsources = [{weight = 1}]', "sources.ref is missing"),
        ('builder = "merge"\nsources = [1]', "sources.0"),
        ("builder = 1", "builder"),
        ("", "builder is missing"),
        ("build = 1", "not a list of builds"),
        ('[[build]]\nbuilder = "graft"\n[setings]', "unknown.*'setings'"),
        ("builder", "not TOML"),
    ],
)
def test_what_is_not_understood_is_named(text: str, said: str, here: Path, capsys: Capture) -> None:
    (here / "bad.toml").write_text(text)
    assert main(["build", "bad.toml"]) == 2
    assert re.search(said, capsys.readouterr().err, re.DOTALL)


def test_there_must_be_such_a_file(capsys: Capture) -> None:
    assert main(["build", "gone.toml"]) == 2
    assert "gone.toml" in capsys.readouterr().err


def test_text_and_link_bring_it_back() -> None:
    recipe = BuildRecipe(
        "merge",
        (Source("zoo/adder", {"weight": [0.2, 1]}), Source("built:x+maths")),
        {"method": "ties", "parameters": {"lambda": 0.5}},
        "both",
    )
    assert builds_from_toml(build_to_toml(recipe)) == (recipe,)
    assert build_from_query(f"?tab=build&utm_source=mail&{build_to_query(recipe)}") == recipe
    assert build_from_query("tab=build") is None
    with pytest.raises(UnknownName, match="did you mean 'source'"):
        build_from_query("builder=merge&sorce=zoo/adder")
    assert builds_from_json({"builder": "zoo"}) == (BuildRecipe("zoo"),)
    assert awaited(recipe, ["built:y", "built:x"]) == ["built:x"]


def test_other_sources_than_those_of_a_mergekit_file_are_refused(here: Path) -> None:
    from fusionlab.registry import get_builder

    file = {"merge_method": "linear", "models": [{"model": "a"}, {"model": "c"}]}
    (here / "merge.yml").write_text(yaml.safe_dump(file))
    for sources in ([Source("path:b")], [Source("path:a", {"weight": 1}), Source("path:c")]):
        with pytest.raises(RecipeError, match="merges other models"):
            get_builder("merge").plan(sources, {"mergekit": "merge.yml"})
