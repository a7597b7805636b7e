"""spaces.yaml: the public demo's card, limits and presets.

The hub configures a Space from a YAML block at the top of README.md; `write_readme_block` writes
that block from the card, so that the card is kept in one place. `write_requirements` writes what a
Space installs.
"""

import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml

from fusionlab.assets import asset
from fusionlab.errors import RecipeError
from fusionlab.recipe import Recipe, recipe_from_json

_BLOCK = re.compile(r"\A---\n.*?\n---\n\n?", re.DOTALL)
_LONGEST_DESCRIPTION = 60


@dataclass(frozen=True, slots=True)
class Preset:
    """A recipe with a title."""

    title: str
    recipe: Recipe


@dataclass(frozen=True, slots=True)
class Limits:
    """What a visitor may ask for; the defaults limit nothing."""

    max_tokens: int | None = None
    max_members: int | None = None
    models: tuple[str, ...] | None = None
    """References that may be named, `zoo/*` for all of the zoo; None allows all."""
    settings: Mapping[str, float] = field(default_factory=dict)
    """The most that a setting of this name may be."""

    def check(self, recipe: Recipe) -> None:
        """Raises RecipeError on a recipe that asks for more than is offered here."""
        home = "run FusionLab on your own machine for more"
        if self.max_tokens is not None and recipe.sampling.max_tokens > self.max_tokens:
            asked = recipe.sampling.max_tokens
            raise RecipeError(
                f"this demo gives up to {self.max_tokens} tokens, not {asked}", hint=home
            )
        if self.max_members is not None and len(recipe.members) > self.max_members:
            asked = len(recipe.members)
            raise RecipeError(
                f"this demo takes up to {self.max_members} members, not {asked}", hint=home
            )
        for name, most in self.settings.items():
            if recipe.settings.get(name, 0) > most:
                asked = recipe.settings[name]
                raise RecipeError(f"this demo takes {name} up to {most:g}, not {asked}", hint=home)
        for member in recipe.members:
            if self.models is not None and not self._offers(member.ref, self.models):
                offered = ", ".join(self.models)
                raise RecipeError(f"this demo offers {offered}, not {member.ref!r}", hint=home)

    @staticmethod
    def _offers(ref: str, models: Sequence[str]) -> bool:
        families = [each.removesuffix("*") for each in models if each.endswith("/*")]
        return ref in models or any(
            re.fullmatch(rf"{re.escape(family)}[\w-]+", ref) for family in families
        )


@cache
def presets() -> Sequence[Preset]:
    """The presets that spaces.yaml offers."""
    rows = _load(asset("spaces.yaml"))["presets"]
    return tuple(
        Preset(row["title"], recipe_from_json({k: v for k, v in row.items() if k != "title"}))
        for row in rows
    )


@cache
def limits() -> Limits:
    """The limits in force: those of spaces.yaml on a Space, none elsewhere."""
    if "SPACE_ID" not in os.environ:
        return Limits()
    row = _load(asset("spaces.yaml"))["limits"]
    return replace(Limits(**row), models=tuple(row["models"]))


def write_readme_block(config: Path, readme: Path) -> None:
    """README starts with the Space's block as `config` has it; the rest of README is untouched."""
    card = {**_load(config)["card"], "sdk_version": version("gradio")}
    if len(card["short_description"]) > _LONGEST_DESCRIPTION:
        raise RecipeError(f"short_description has more than {_LONGEST_DESCRIPTION} characters")
    block = yaml.safe_dump(card, sort_keys=False, allow_unicode=True)
    text = _BLOCK.sub("", readme.read_text(encoding="utf-8"))
    part = readme.with_name(readme.name + ".part")
    part.write_text(f"---\n{block}---\n\n{text}", encoding="utf-8")
    part.replace(readme)


def write_requirements(pyproject: Path, target: Path) -> None:
    """`target` lists the project's dependencies: a Space installs from requirements.txt only."""
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    part = target.with_name(target.name + ".part")
    part.write_text("\n".join(project["dependencies"]) + "\n", encoding="utf-8")
    part.replace(target)


def _load(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return data
