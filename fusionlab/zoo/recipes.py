"""What each zoo model is made of, as data: one TOML file a model in assets/zoo/recipes.

A recipe either has a `shape` and begins from random weights, or a `parent` whose shape, vocabulary
and weights it begins with.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from tomllib import TOMLDecodeError
from typing import Annotated, Any, Literal

import tomli_w
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from fusionlab.assets import asset
from fusionlab.errors import RecipeError, SourceError, UnknownName
from fusionlab.faults import fault
from fusionlab.reading import read_toml, reason
from fusionlab.sources import store
from fusionlab.training.loop import Plan
from fusionlab.zoo.reasoning import Solutions
from fusionlab.zoo.tasks import Task, get_task
from fusionlab.zoo.tokenizers import Vocabulary

FOLDER = "zoo/recipes"
NAMES = ("name", "title", "parent")
"""Fields of a recipe that decide no weight."""

Positive = Annotated[int, Field(ge=1)]


Architecture = Literal["llama", "olmoe", "mixtral", "qwen2_moe"]


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of a transformer; one with experts has them in place of each layer's feed-forward."""

    hidden: Positive
    feed_forward: Positive
    """Units of a layer, or of each of its experts."""
    layers: Positive
    heads: Positive
    context: Positive
    """Longest sequence, in tokens."""
    architecture: Architecture = "llama"
    experts: Annotated[int, Field(ge=0)] = 0
    """In each layer."""
    active: Annotated[int, Field(ge=0)] = 0
    """Experts that work on a token, besides the shared one."""
    shared: Annotated[int, Field(ge=0)] = 0
    """Units of the expert that works on every token."""

    __pydantic_config__ = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True)
class ZooRecipe:
    """Everything that decides a model's weights, but for those of its parent."""

    name: str
    title: str
    tasks: tuple[str, ...]
    training: Plan
    batch: Positive
    """Problems a step."""
    shares: dict[str, Annotated[float, Field(gt=0, allow_inf_nan=False)]] = field(
        default_factory=dict
    )
    """How often a task is drawn; 1 for those that are not named."""
    rehearsal: Annotated[float, Field(ge=0, lt=1)] = 0.0
    """Share of problems that are of the parent's tasks, so that the child forgets less of them."""
    balance: Annotated[float, Field(ge=0)] = 0.0
    """Weight of the loss that spreads tokens over the experts."""
    solutions: Solutions = "none"
    vocabulary: Vocabulary = "characters"
    shape: Shape | None = None
    parent: str = ""
    active: Annotated[int, Field(ge=0)] = 0
    """Experts that work on a token, where they are to be another number than the parent's."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    @property
    def learned(self) -> tuple[Task, ...]:
        """The tasks themselves."""
        return tuple(get_task(name) for name in self.tasks)

    @property
    def rehearsed(self) -> tuple[Task, ...]:
        """The parent's tasks, of which some problems are drawn; none without rehearsal."""
        return zoo_recipe(self.parent).learned if self.rehearsal else ()


_ADAPTER = TypeAdapter(ZooRecipe)


def recipe_names() -> tuple[str, ...]:
    """Names of all recipes that come with FusionLab; parents before their children."""
    names = sorted(file.stem for file in asset(FOLDER).glob("*.toml"))
    return tuple(sorted(names, key=lambda name: len(lineage(zoo_recipe(name)))))


def lineage(recipe: ZooRecipe) -> tuple[str, ...]:
    """Names of its parent, of that one's parent and so on; raises RecipeError on a circle."""
    ancestors: list[str] = []
    while recipe.parent:
        if recipe.parent in ancestors:
            raise RecipeError("zoo-own-ancestor", name=recipe.parent)
        ancestors.append(recipe.parent)
        recipe = zoo_recipe(recipe.parent)
    return tuple(ancestors)


def zoo_recipe(name: str) -> ZooRecipe:
    """The recipe of this name; raises UnknownName with the nearest."""
    folder = asset(FOLDER)
    known = {file.stem: file for file in folder.glob("*.toml")}
    if name not in known:
        raise UnknownName("kind-zoo-model", name, known)
    return zoo_recipe_from_toml(name, known[name].read_text(encoding="utf-8"))


def zoo_recipe_from_toml(name: str, text: str) -> ZooRecipe:
    """The recipe in a TOML text; raises RecipeError or UnknownName on what is not one."""
    try:
        recipe = _ADAPTER.validate_python({**read_toml(text), "name": name})
    except TOMLDecodeError as cause:
        raise RecipeError("zoo-recipe-not-toml", name=name, said=reason(cause)) from None
    except ValidationError as cause:
        first = cause.errors()[0]
        path = ".".join(str(part) for part in first["loc"])
        raise RecipeError("zoo-recipe-field", name=name, field=path, said=fault(first)) from None
    return checked(recipe)


def zoo_recipe_to_toml(recipe: ZooRecipe) -> str:
    """The recipe as TOML, all defaults written out."""
    data: dict[str, Any] = _ADAPTER.dump_python(recipe, mode="json", exclude={"name"})
    return tomli_w.dumps({key: value for key, value in data.items() if value not in (None, "")})


def checked(recipe: ZooRecipe) -> ZooRecipe:
    """The same recipe; raises RecipeError or UnknownName when no model can be made of it."""
    if bool(recipe.parent) == (recipe.shape is not None):
        raise RecipeError("zoo-shape-or-parent", name=recipe.name)
    if recipe.rehearsal and not recipe.parent:
        raise RecipeError("zoo-rehearsal-without-parent", name=recipe.name)
    if recipe.active and not recipe.parent:
        raise RecipeError("zoo-active-without-parent", name=recipe.name)
    if recipe.shape is not None:
        _check_shape(recipe.name, recipe.shape)
    if not recipe.tasks or not recipe.learned:
        raise RecipeError("zoo-recipe-without-task", name=recipe.name)
    for task in recipe.shares:
        if task not in recipe.tasks:
            raise UnknownName("kind-task-of", task, recipe.tasks, recipe=recipe.name)
    return recipe


def _check_shape(name: str, shape: Shape) -> None:
    if shape.hidden % (2 * shape.heads):
        raise RecipeError("zoo-heads", name=name, hidden=shape.hidden, heads=shape.heads)
    dense = shape.architecture == "llama"
    if dense != (shape.experts == 0) or not (dense or 1 <= shape.active <= shape.experts):
        raise RecipeError(
            "zoo-experts",
            name=name,
            architecture=shape.architecture,
            experts=shape.experts,
            active=shape.active,
        )
    if (shape.architecture == "qwen2_moe") != (shape.shared > 0):
        raise RecipeError(
            "zoo-shared-units", name=name, architecture=shape.architecture, shared=shape.shared
        )


def _plain(value: Any) -> Any:
    return asdict(value) if isinstance(value, Shape) else value


def fingerprint(recipe: ZooRecipe, parent: Path | None) -> str:
    """Hash of all that decides the weights: the recipe but for its names, and a parent's weights.

    Two folders with one fingerprint hold the same model, up to the platform it was trained on. What
    is at its default is left out, so that recipes may learn new fields. Of a parent its origin is
    read, so that a model can be checked whose parent came without its weights.
    """
    usual = ZooRecipe("", "", (), recipe.training, 1)
    deciding = {
        each.name: _plain(getattr(recipe, each.name))
        for each in fields(recipe)
        if each.name not in NAMES and getattr(recipe, each.name) != getattr(usual, each.name)
    }
    deciding["training"] = asdict(recipe.training)
    said = json.dumps(deciding, sort_keys=True).encode()
    inherited = _weights_of(parent) if parent else ""
    return hashlib.sha256(said + b"\0" + inherited.encode()).hexdigest()


def _weights_of(parent: Path) -> str:
    """The hash of its weights, by its origin; raises SourceError."""
    sha256: str = store.origin_of(parent).get("sha256", {}).get("model.safetensors", "")
    if not sha256:
        raise SourceError("zoo-parent-unsealed", file=str(parent / store.ORIGIN))
    return sha256
