"""Adapters by name: listed, trained into peft's folders, and measured against their base."""

import shutil
from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from fusionlab.errors import SourceError
from fusionlab.events import Event, Progress, Warned
from fusionlab.making import SCORES, Making, Order, Papers, made
from fusionlab.models.base import LanguageModel, Level, Message, ModelSpec
from fusionlab.recipe import Sampling
from fusionlab.registry import Plan
from fusionlab.sources import store
from fusionlab.sources.adapters import DAMAGED as ADAPTER_DAMAGED
from fusionlab.sources.adapters import WEIGHTS, adapter_folder
from fusionlab.sources.opening import open_tokenizer
from fusionlab.sources.references import base_of, folder_for, spec_of
from fusionlab.training.adapters import AdapterRecipe, adapted, save_adapter, train_adapter
from fusionlab.training.corpora import Split, get_corpus
from fusionlab.training.log import LOG, logged
from fusionlab.training.loop import CHECKPOINT
from fusionlab.zoo.adapter_card import AdapterScore, adapter_card
from fusionlab.zoo.adapter_recipes import (
    adapter_fingerprint,
    adapter_recipe,
    adapter_recipe_names,
    adapter_recipe_to_toml,
)
from fusionlab.zoo.shelf import read_scores

COUNT = 100
"""Questions of each split, unless told otherwise."""
BATCH = 25
"""Questions that are answered together."""
LONGEST = 64
"""Tokens that an answer may have; the longest of those that are learned have 46."""
SPLITS: tuple[Split, ...] = ("test", "hard")

News = Progress | Warned


@dataclass(frozen=True, slots=True)
class AdapterLesson:
    """What is learned, and with how many held-out questions of each split it is tested."""

    recipe: AdapterRecipe
    questions: int


def known_adapters() -> list[dict[str, Any]]:
    """One row of plain data for each recipe.

    Its keys are id, name, title, base, corpus, trained (whether the adapter is here), bytes (of its
    weights, 0 where it is not) and scores (by split: adapter and base, from 0 to 1).
    """
    rows = []
    for name in adapter_recipe_names():
        recipe = adapter_recipe(name)
        folder = _folder(name)
        row = {
            "id": f"{recipe.base}+{name}",
            "name": name,
            "title": recipe.title,
            "base": recipe.base,
            "corpus": recipe.corpus,
            "trained": folder is not None,
            "bytes": (folder / WEIGHTS).stat().st_size if folder else 0,
            "scores": {
                score.split: {"adapter": score.share, "base": score.base_share}
                for score in (adapter_scores(folder) if folder else ())
            },
        }
        rows.append(row)
    return rows


def planned_adapter(recipe: AdapterRecipe, questions: int = COUNT) -> Plan[AdapterLesson]:
    """What training this recipe will make."""
    reference, licence = f"{recipe.base}+{recipe.name}", spec_of(recipe.base).licence
    lesson = AdapterLesson(recipe, questions)
    return Plan(recipe.name, "adapters", reference, (recipe.base,), licence, lesson)


def trained_adapter(plan: Plan[AdapterLesson], shelf: Path | None = None) -> Making:
    """The steps of training what is planned; returns its folder on the shelf, or on the user's.

    Raises SourceError where the base is not available or a file cannot be written, or RecipeError
    where another adapter stands in its place.
    """
    recipe, questions = plan.details.recipe, plan.details.questions
    base = yield from folder_for(recipe.base)
    weights = _weights_of(recipe.base, base)
    order = Order(
        plan,
        adapter_fingerprint(recipe, weights),
        work=partial(_learned, recipe, base),
        write=partial(_written, recipe, base, questions),
        base=weights,
    )
    return (yield from made(order, shelf))


def evaluate_adapter(
    name: str, *, count: int = COUNT
) -> Generator[News, None, tuple[AdapterScore, ...]]:
    """The scores of the adapter of this name and of its base, found anew."""
    recipe = adapter_recipe(name)
    base = yield from folder_for(recipe.base)
    folder = adapter_folder(recipe.name)
    yield from store.check_whole(folder, ADAPTER_DAMAGED)
    return (yield from evaluate_adapter_folder(folder, base, recipe.corpus, count=count))


def evaluate_adapter_folder(
    folder: Path, base: Path, corpus: str, *, count: int = COUNT
) -> Generator[Progress, None, tuple[AdapterScore, ...]]:
    """The scores of the adapter in this folder and of the base in that one, at one corpus."""
    from fusionlab.engines.transformers import load, load_adapted

    spec = ModelSpec(f"path:{folder}", "transformers", Level.INTERNALS)
    scores = []
    with closing(load(base, spec)) as plain:
        special = load_adapted(folder, plain, spec)
        for split in SPLITS:
            total = len(get_corpus(corpus).questions(split, count))
            right = yield from rightly_answered(special, corpus, split, count)
            base_right = yield from rightly_answered(plain, corpus, split, count)
            scores.append(AdapterScore(split, right, base_right, total))
    return tuple(scores)


def rightly_answered(
    model: LanguageModel, corpus: str, split: Split, count: int
) -> Generator[Progress, None, int]:
    """How many of the first `count` questions of a split the model answers rightly, greedily."""
    asked = iter(get_corpus(corpus).questions(split, count))
    right = done = 0
    while part := list(islice(asked, BATCH)):
        yield Progress(f"evaluating on {corpus}, {split}", done, count, "items")
        texts = [""] * len(part)
        prompts = [[Message("user", question.prompt)] for question in part]
        for chunk in model.generate(prompts, Sampling(max_tokens=LONGEST)):
            texts[chunk.row] += chunk.text
        rule = get_corpus(corpus).right
        right += sum(rule(question, text) for question, text in zip(part, texts, strict=True))
        done += len(part)
    return right


def adapter_scores(folder: Path) -> tuple[AdapterScore, ...]:
    """The scores that stand in an adapter's folder; none where they cannot be read."""
    return read_scores(folder / SCORES, AdapterScore)


def _folder(name: str) -> Path | None:
    try:
        return adapter_folder(name)
    except SourceError:
        return None


def _weights_of(base: str, folder: Path) -> Mapping[str, str]:
    """The hash of the file that the base's weights in this folder come from, by its name."""
    known = base_of(base).sha256
    source = str(store.origin_of(folder).get("source", ""))
    (name,) = [file for file in known if source.startswith(file)] or ["model.safetensors"]
    return {name: known[name]}


def _learned(recipe: AdapterRecipe, base: Path, work: Path) -> Generator[Event, None, Any]:
    """The base with its trained adapter, in peft."""
    repo = base_of(recipe.base).name
    model = adapted(base, recipe, repo)
    steps = train_adapter(model, open_tokenizer(base), recipe, work / CHECKPOINT)
    yield from logged(steps, work / LOG, recipe.training.steps, recipe.name)
    return model


def _written(
    recipe: AdapterRecipe, base: Path, questions: int, model: Any, work: Path, part: Path
) -> Generator[Event, None, Papers]:
    """The folder `part` is peft's with the adapter, which is then tested."""
    with store.saving(part):
        save_adapter(model, part)
    shutil.copyfile(work / LOG, part / LOG)
    scores = yield from evaluate_adapter_folder(part, base, recipe.corpus, count=questions)
    repo = base_of(recipe.base).name
    parameters, _ = model.get_nb_trainable_parameters()
    card = adapter_card(recipe, repo, parameters, scores)
    return Papers(adapter_recipe_to_toml(recipe), card, scores)
