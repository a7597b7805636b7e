"""Adapters by name: listed, trained into peft's folders, and measured against their base."""

import json
import shutil
from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

from fusionlab.errors import RecipeError, SourceError
from fusionlab.events import Event, Progress, Warned
from fusionlab.models.base import LanguageModel, Level, Message, ModelSpec
from fusionlab.recipe import Sampling
from fusionlab.sources import store
from fusionlab.sources.adapters import AGAIN as ADAPTER_AGAIN
from fusionlab.sources.adapters import SOURCE, WEIGHTS, adapter_folder
from fusionlab.sources.opening import open_tokenizer
from fusionlab.sources.references import base_of, folder_for
from fusionlab.training.adapters import AdapterRecipe, adapted, save_adapter, train_adapter
from fusionlab.training.corpora import Split, get_corpus
from fusionlab.training.log import LOG, logged
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
SCORES = "evaluation.json"
RECIPE = "recipe.toml"

News = Progress | Warned


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


def train_named_adapter(name: str, shelf: Path | None = None) -> Generator[Event, None, Path]:
    """The steps of training the adapter of this name, `maths` or `smollm2-135m+maths`.

    Returns its folder. Raises UnknownName, SourceError where the base cannot be had, or RecipeError
    where another adapter stands in its place.
    """
    recipe = adapter_recipe(name)
    return (yield from train_adapter_recipe(recipe, shelf or store.home() / "adapters"))


def train_adapter_recipe(
    recipe: AdapterRecipe, shelf: Path, *, count: int = COUNT
) -> Generator[Event, None, Path]:
    """The steps of training this recipe; returns the folder of that name on the shelf.

    What was stopped goes on; an adapter that stands there by the same recipe is not trained again.
    """
    base = yield from folder_for(recipe.base)
    weights = _weights_of(recipe.base, base)
    made_by = adapter_fingerprint(recipe, weights)
    target = shelf / recipe.name
    with store.accessible():
        lock = yield from store.alone(target)
        try:
            if not (yield from _is_made(target, made_by)):
                work = shelf / f".{recipe.name}-{made_by[:12]}.training"
                work.mkdir(parents=True, exist_ok=True)
                yield from _made(recipe, base, weights, work, target, made_by, count)
                store.remove(work)
        finally:
            lock.release()
    return target


def evaluate_adapter(
    name: str, *, count: int = COUNT
) -> Generator[News, None, tuple[AdapterScore, ...]]:
    """The scores of the adapter of this name and of its base, found anew."""
    recipe = adapter_recipe(name)
    base = yield from folder_for(recipe.base)
    folder = adapter_folder(recipe.name)
    yield from store.check_whole(folder, ADAPTER_AGAIN)
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


def _is_made(target: Path, made_by: str) -> Generator[Event, None, bool]:
    """Whether it stands there whole; raises RecipeError where another one does."""
    if not target.exists():
        return False
    if store.origin_of(target).get("revision") != made_by:
        raise RecipeError(
            f"{target} holds an adapter that another recipe has made",
            hint="remove that folder to train the adapter again",
        )
    if damage := (yield from store.fault(target)):
        yield Warned(f"{damage}: the adapter is trained anew")
    return not damage


def _made(
    recipe: AdapterRecipe,
    base: Path,
    weights: Mapping[str, str],
    work: Path,
    target: Path,
    made_by: str,
    count: int,
) -> Generator[Event, None, None]:
    """The folder `target` holds the whole adapter."""
    repo = base_of(recipe.base).name
    model = adapted(base, recipe, repo)
    tokenizer = open_tokenizer(base)
    steps = train_adapter(model, tokenizer, recipe, work / "checkpoint.safetensors")
    yield from logged(steps, work / LOG, recipe.training.steps, recipe.name)
    with store.part_of(target) as part:
        with store.saving(part):
            save_adapter(model, part)
        shutil.copyfile(work / LOG, part / LOG)
        (part / RECIPE).write_text(adapter_recipe_to_toml(recipe), encoding="utf-8")
        scores = yield from evaluate_adapter_folder(part, base, recipe.corpus, count=count)
        rows = json.dumps([asdict(score) for score in scores], indent=1)
        (part / SCORES).write_text(rows + "\n", encoding="utf-8")
        size, _ = model.get_nb_trainable_parameters()
        card = adapter_card(recipe, repo, size, scores)
        (part / "README.md").write_text(card, encoding="utf-8")
        sha256 = yield from store.hash_of(part / WEIGHTS)
        store.write_origin(part, SOURCE, made_by, {WEIGHTS: sha256}, weights)
        store.put(part, target)
