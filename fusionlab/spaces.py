"""spaces.yaml: the public demo's card and presets; its limits are in `fusionlab.limits`.

The hub configures a Space from a YAML block at the top of README.md; `write_readme_block` writes
that block from the card, so that the card is kept in one place. `write_requirements` writes what a
Space installs.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml
from pydantic import JsonValue

from fusionlab.assets import asset
from fusionlab.comparison.recipe import Comparison, comparison_from_json
from fusionlab.errors import RecipeError
from fusionlab.plans import Source, source_from_text
from fusionlab.recipe import Recipe, recipe_from_json
from fusionlab.writing import putting

_BLOCK = re.compile(r"\A---\n.*?\n---\n\n?", re.DOTALL)
_LONGEST_DESCRIPTION = 60


@dataclass(frozen=True, slots=True)
class Preset:
    """A recipe with a title in every language."""

    id: str
    """Its recorded run is `runs/<id>.jsonl` of the assets."""
    title: Mapping[str, str] = field(hash=False)
    recipe: Recipe
    shows: tuple[str, ...] = ()
    """Keys of the warnings that its run is to end with, since they are its point."""


@cache
def presets() -> Sequence[Preset]:
    """The presets that spaces.yaml offers."""
    rows = space_config()["presets"]
    return tuple(
        Preset(
            row["id"],
            row["title"],
            recipe_from_json({k: v for k, v in row.items() if k not in ("id", "title", "shows")}),
            tuple(row.get("shows", ())),
        )
        for row in rows
    )


@dataclass(frozen=True, slots=True)
class BuildPreset:
    """A model to be built, with a title in every language."""

    id: str
    """What it came to is recorded in `builds/<id>.json` of the assets."""
    title: Mapping[str, str] = field(hash=False)
    builder: str
    sources: tuple[Source, ...]
    settings: Mapping[str, JsonValue] = field(default_factory=dict, hash=False)
    suite: str = ""
    """What the recorded model and its parents answered; empty for none."""
    sweep: int = 0
    """Points of a side of the recorded sweep between the sources; 0 for none."""
    path: str = ""
    """The recipe of which it is the first build: `paths/<path>.toml` of the assets, with what all
    of it came to beside it as JSON; empty for none."""


@cache
def build_presets() -> Sequence[BuildPreset]:
    """The models to be built that spaces.yaml offers."""
    return tuple(
        BuildPreset(
            row["id"],
            row["title"],
            row["builder"],
            tuple(map(_source, row["sources"])),
            row.get("settings", {}),
            row.get("suite", ""),
            row.get("sweep", 0),
            row.get("path", ""),
        )
        for row in space_config()["builds"]
    )


def _source(row: str | Mapping[str, JsonValue]) -> Source:
    """As it would be typed, or a table, since a prompt may have commas."""
    if isinstance(row, str):
        return source_from_text(row)
    return Source(str(row["ref"]), {key: value for key, value in row.items() if key != "ref"})


@cache
def first_comparison() -> Comparison:
    """What the tab Compare says when it is first opened."""
    return comparison_from_json(space_config()["comparison"])


@dataclass(frozen=True, slots=True)
class Way:
    """What one can do next with a new model."""

    name: str
    methods: tuple[str, ...]
    alone: bool = False
    """Whether its parents take no part."""
    compared: bool = False
    """Whether the methods are compared; there is only one else."""


@cache
def ways_on() -> Sequence[Way]:
    """What one can do next with a new model, as spaces.yaml says."""
    rows = space_config()["going_on"]
    return tuple(
        Way(name, **{**row, "methods": tuple(row["methods"])}) for name, row in rows.items()
    )


@cache
def or_and() -> Sequence[tuple[str, str]]:
    """Presets of one prompt under the mean and under the product, whose texts part."""
    return tuple((mean, product) for mean, product in space_config()["or_and"])


@cache
def space_config() -> dict[str, Any]:
    """All that spaces.yaml says."""
    return _load(asset("spaces.yaml"))


def write_readme_block(config: Path, readme: Path) -> None:
    """README starts with the Space's block as `config` has it; the rest of README is untouched."""
    card = {**_load(config)["card"], "sdk_version": version("gradio")}
    if len(card["short_description"]) > _LONGEST_DESCRIPTION:
        raise RecipeError("description-too-long", most=_LONGEST_DESCRIPTION)
    block = yaml.safe_dump(card, sort_keys=False, allow_unicode=True)
    text = _BLOCK.sub("", readme.read_text(encoding="utf-8"))
    with putting(readme) as part:
        part.write_text(f"---\n{block}---\n\n{text}", encoding="utf-8")


def write_requirements(pyproject: Path, target: Path) -> None:
    """`target` lists the project's dependencies: a Space installs from requirements.txt only."""
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    with putting(target) as part:
        part.write_text("\n".join(project["dependencies"]) + "\n", encoding="utf-8")


def _load(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return data
