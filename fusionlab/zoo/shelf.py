"""Where zoo models stand, and what is known of each without loading it.

A model that was trained on this machine stands on the user's shelf and goes before the one of the
same name that came with FusionLab.
"""

from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Any, TypeVar

from fusionlab.assets import asset
from fusionlab.errors import SourceError
from fusionlab.events import Progress
from fusionlab.making import SCORES, shelf_of
from fusionlab.reading import read_json, read_plain
from fusionlab.sources import store
from fusionlab.sources.schemes.zoo import DAMAGED as ZOO_DAMAGED
from fusionlab.zoo.evaluate import COUNT, Score, evaluate_folder
from fusionlab.zoo.recipes import recipe_names, zoo_recipe
from fusionlab.zoo.tasks import TASKS, Task

T = TypeVar("T")


def model_folder(name: str, shelf: Path | None = None) -> Path | None:
    """The folder of the model: on the shelf (the user's, if none is given), or as it came."""
    own = (shelf or shelf_of("zoo")) / name
    if (own / "model.safetensors").is_file():
        return own
    try:
        return asset(f"zoo/{name}/model.safetensors").parent
    except FileNotFoundError:
        return None


def known_zoo() -> list[dict[str, Any]]:
    """One row of plain data for each recipe.

    Its keys are name, title, tasks, parent, vocabulary, trained (whether the model is here), bytes
    (of its weights, 0 where it is not) and scores (exact match from 0 to 1, by task).
    """
    rows = []
    for name in recipe_names():
        recipe = zoo_recipe(name)
        folder = model_folder(name)
        row = {
            "name": name,
            "title": recipe.title,
            "tasks": list(recipe.tasks),
            "parent": recipe.parent,
            "vocabulary": recipe.vocabulary,
            "trained": folder is not None,
            "bytes": (folder / "model.safetensors").stat().st_size if folder else 0,
            "scores": _shares(folder) if folder else {},
        }
        rows.append(row)
    return rows


def _shares(folder: Path) -> dict[str, float]:
    return {score.task: score.share for score in scores_of(folder) if not score.case}


def evaluate_model(
    name: str, tasks: Iterable[Task] = TASKS.values(), *, count: int = COUNT
) -> Generator[Progress, None, tuple[Score, ...]]:
    """The scores of the zoo model of this name, found anew.

    Raises UnknownName, or SourceError where it has not been trained or is damaged.
    """
    recipe = zoo_recipe(name)
    folder = model_folder(name)
    if folder is None:
        raise SourceError("zoo-not-trained", name=name, recipe=recipe.name)
    yield from store.check_whole(folder, ZOO_DAMAGED)
    return (yield from evaluate_folder(folder, tasks, count=count, solutions=recipe.solutions))


def scores_of(folder: Path) -> tuple[Score, ...]:
    """The scores that stand in a model's folder; none where they cannot be read."""
    return read_scores(folder / SCORES, Score)


def read_scores(file: Path, kind: type[T]) -> tuple[T, ...]:
    """The scores of this kind that stand in the file; none where they cannot be read."""
    try:
        return tuple(kind(**row) for row in read_json(read_plain(file)))
    except (OSError, ValueError, TypeError):
        return ()
