"""Recipes of adapters: one TOML file each in assets/adapters/recipes."""

import hashlib
import json
from collections.abc import Mapping
from tomllib import TOMLDecodeError
from typing import Any

import tomli_w
from pydantic import TypeAdapter, ValidationError

from fusionlab.assets import asset
from fusionlab.errors import RecipeError, UnknownName
from fusionlab.faults import fault
from fusionlab.reading import read_toml, reason
from fusionlab.training.adapters import AdapterRecipe
from fusionlab.training.corpora import get_corpus

FOLDER = "adapters/recipes"

_TYPE = TypeAdapter(AdapterRecipe)


def adapter_recipe_names() -> tuple[str, ...]:
    """Names of all adapter recipes that come with FusionLab."""
    return tuple(sorted(file.stem for file in asset(FOLDER).glob("*.toml")))


def adapter_recipe(name: str) -> AdapterRecipe:
    """The recipe of the adapter `maths`, or `smollm2-135m+maths`; raises UnknownName."""
    base, plus, adapter = name.rpartition("+")
    known = adapter_recipe_names()
    if adapter not in known:
        raise UnknownName("kind-adapter", adapter, known)
    text = asset(f"{FOLDER}/{adapter}.toml").read_text(encoding="utf-8")
    recipe = adapter_recipe_from_toml(adapter, text)
    if plus and base != recipe.base:
        raise UnknownName("kind-adapter", name, [f"{recipe.base}+{adapter}"])
    return recipe


def adapter_recipe_from_toml(name: str, text: str) -> AdapterRecipe:
    """The recipe in a TOML text; raises RecipeError or UnknownName on what is not one."""
    try:
        recipe = _TYPE.validate_python({**read_toml(text), "name": name})
    except TOMLDecodeError as cause:
        raise RecipeError("zoo-recipe-not-toml", name=name, said=reason(cause)) from None
    except ValidationError as cause:
        first = cause.errors()[0]
        path = ".".join(str(part) for part in first["loc"])
        raise RecipeError("zoo-recipe-field", name=name, field=path, said=fault(first)) from None
    get_corpus(recipe.corpus)
    return recipe


def adapter_recipe_to_toml(recipe: AdapterRecipe) -> str:
    """The recipe as TOML, all defaults written out."""
    data: dict[str, Any] = _TYPE.dump_python(recipe, mode="json", exclude={"name"})
    return tomli_w.dumps(data)


def adapter_fingerprint(recipe: AdapterRecipe, base: Mapping[str, str]) -> str:
    """Hash of all that decides the weights: the recipe but for its title, and the base's hashes."""
    deciding = _TYPE.dump_python(recipe, mode="json", exclude={"name", "title"})
    said = json.dumps([deciding, dict(base)], sort_keys=True).encode()
    return hashlib.sha256(said).hexdigest()
