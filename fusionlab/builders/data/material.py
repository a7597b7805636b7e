"""Texts for rules that go by data: a file, the training split of a suite, or what a model learned.

    notes.txt · lines.jsonl · suite:zoo-mixed · suite:zoo-mixed/add/weekday · own

A suite's test questions are never read: its tasks and corpora make other ones to train with.
"""

from collections.abc import Mapping, Sequence
from itertools import chain, zip_longest
from random import Random
from tomllib import TOMLDecodeError
from typing import Any

from fusionlab.assets import asset
from fusionlab.errors import RecipeError, UnknownName
from fusionlab.reading import is_file, path_of, read_text, read_toml, reason
from fusionlab.sources.schemes import parse
from fusionlab.training.corpora import get_corpus
from fusionlab.weights.material import Material, Passage, material_in
from fusionlab.weights.papers import short
from fusionlab.zoo.adapter_recipes import adapter_recipe, adapter_recipe_names
from fusionlab.zoo.recipes import zoo_recipe
from fusionlab.zoo.tasks import get_task

SUITE = "suite:"
OWN = "own"
"""What each model was trained with, where that is known: of the zoo, and of our adapters."""


def material_for(data: str, ref: str, most: int) -> Material:
    """At most so many passages of the data, for the model `ref`.

    Raises UnknownName, or RecipeError where the data cannot be read or has nothing to train with.
    """
    if data == OWN:
        return _made(f"{OWN}:{short(ref)}", _learned(ref), most)
    if data.startswith(SUITE):
        return _made(data, of_suite(data.removeprefix(SUITE)), most)
    return material_in(path_of(data), most)


def settled_data(data: str) -> str:
    """The same data with a file's whole path: they mean the same whichever folder one stands in."""
    if not data or data == OWN or data.startswith(SUITE):
        return data
    return str(path_of(data).absolute())


def _made(name: str, tasks: Mapping[str, str], most: int) -> Material:
    """Passages of all tasks and corpora in turn, as many of each."""
    each, more = divmod(most, len(tasks))
    counts = [each + (at < more) for at in range(len(tasks))]
    drawn = [
        _passages(kind, task, count)
        for (task, kind), count in zip(tasks.items(), counts, strict=True)
    ]
    in_turn = chain.from_iterable(zip_longest(*drawn))
    return Material(name, tuple(each for each in in_turn if each is not None))


def _passages(kind: str, name: str, count: int) -> list[Passage]:
    """Problems or questions of the training split with their answers, always the same."""
    if kind == "zoo":
        rng = Random(f"merging with {name}")  # noqa: S311  problems are no secrets
        problems = get_task(name).problems(rng, "train", count)
        return [Passage(each.prompt, each.answer) for each in problems]
    questions = get_corpus(name).questions("train", count)
    return [Passage(each.prompt, each.worked) for each in questions]


def _learned(ref: str) -> dict[str, str]:
    """The tasks or the corpus that the model was trained with; raises RecipeError."""
    parts = parse(ref)
    if parts.scheme == "zoo":
        return {task.name: "zoo" for task in zoo_recipe(parts.place).learned}
    if parts.adapter in adapter_recipe_names():
        return {adapter_recipe(parts.adapter).corpus: "corpus"}
    raise RecipeError("merge-data-own", source=short(ref))


def of_suite(told: str) -> dict[str, str]:
    """The suite's tasks or corpora, or those that are named after it, with the kind of each.

    Raises UnknownName or RecipeError.
    """
    name, *chosen = told.split("/") if not told.endswith(".toml") else [told]
    data = table_in(suite_table(name), "data")
    kind = str(data.get("kind", ""))
    known = data.get({"zoo": "tasks", "corpus": "corpora"}.get(kind, ""), [])
    if not known:
        raise RecipeError("merge-data-no-training", suite=name)
    for each in chosen:
        if each not in known:
            raise UnknownName("kind-task-to-learn", each, known, suite=name)
    return {str(each): kind for each in chosen or known}


def suite_table(name: str) -> Mapping[str, Any]:
    """What the suite's file says; raises UnknownName or RecipeError."""
    known: Sequence[str] = sorted(file.stem for file in asset("suites").glob("*.toml"))
    place = path_of(name) if name.endswith(".toml") else asset("suites") / f"{name}.toml"
    if name not in known and not name.endswith(".toml"):
        raise UnknownName("kind-suite", name, known)
    if not is_file(place):
        raise RecipeError("suite-missing", file=repr(str(place)))
    try:
        table = read_toml(read_text(place))
    except (OSError, UnicodeDecodeError, TOMLDecodeError) as cause:
        raise RecipeError("suite-unreadable", file=str(place), said=reason(cause)) from None
    return table


def table_in(table: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The table of this name within another one; an empty one where there is none."""
    found = table.get(name)
    return found if isinstance(found, dict) else {}
