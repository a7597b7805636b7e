"""From a recipe to an ordinary Hugging Face folder: weights, recipe, log, scores and model card.

Models stand side by side on a shelf, a folder; a parent that is missing there is trained first.
What is unfinished lies beside the model under a name of its own, from which training goes on.
"""

import json
import random
import shutil
from collections.abc import Generator
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import torch

from fusionlab.errors import RecipeError
from fusionlab.events import Event, Warned
from fusionlab.sources import store
from fusionlab.sources.opening import open_model, open_tokenizer
from fusionlab.sources.schemes.zoo import AGAIN as ZOO_AGAIN
from fusionlab.training.log import LOG, logged
from fusionlab.training.loop import train as train_steps
from fusionlab.training.losses import Batch, answer_loss, batched, routed_loss
from fusionlab.zoo.architectures import random_model
from fusionlab.zoo.card import card
from fusionlab.zoo.evaluate import COUNT, evaluate_folder
from fusionlab.zoo.reasoning import written
from fusionlab.zoo.recipes import ZooRecipe, fingerprint, zoo_recipe, zoo_recipe_to_toml
from fusionlab.zoo.shelf import SCORES, model_folder, shelf_of_user
from fusionlab.zoo.tasks import Task
from fusionlab.zoo.tokenizers import tokenizer

CHECKPOINTS_EVERY = 100
"""Steps."""
RECIPE = "recipe.toml"

Training = Generator[Event, None, Path]


def train(name: str, shelf: Path | None = None) -> Training:
    """The steps of training the zoo model of this name; returns its folder.

    Raises UnknownName, RecipeError where another model stands in its place, or SourceError where it
    cannot be written.
    """
    return train_recipe(zoo_recipe(name), shelf or shelf_of_user())


def train_recipe(recipe: ZooRecipe, shelf: Path, *, count: int = COUNT) -> Training:
    """The steps of training this recipe; returns the folder of that name on the shelf.

    A model that stands there already and was made by the same recipe is not trained again.
    """
    with store.accessible():
        parent = yield from _parent_folder(recipe, shelf)
        made_by = fingerprint(recipe, parent)
        target = shelf / recipe.name
        lock = yield from store.alone(target)
        try:
            if not (yield from _is_made(target, made_by)):
                work = shelf / f".{recipe.name}-{made_by[:12]}.training"
                work.mkdir(parents=True, exist_ok=True)
                yield from _made(recipe, parent, work, target, made_by, count)
                store.remove(work)
        finally:
            lock.release()
    return target


def _parent_folder(recipe: ZooRecipe, shelf: Path) -> Generator[Event, None, Path | None]:
    if not recipe.parent:
        return None
    folder = model_folder(recipe.parent, shelf)
    if folder is None:
        return (yield from train_recipe(zoo_recipe(recipe.parent), shelf))
    yield from store.check_whole(folder, ZOO_AGAIN)
    return folder


def _is_made(target: Path, made_by: str) -> Generator[Event, None, bool]:
    """Whether it stands there whole; raises RecipeError where another one does."""
    if not target.exists():
        return False
    if store.origin_of(target).get("revision") != made_by:
        raise RecipeError(
            f"{target} holds a model that another recipe has made",
            hint="remove that folder to train the model again",
        )
    if damage := (yield from store.fault(target)):
        yield Warned(f"{damage}: the model is trained anew")
    return not damage


def _made(
    recipe: ZooRecipe, parent: Path | None, work: Path, target: Path, made_by: str, count: int
) -> Generator[Event, None, None]:
    """The folder `target` holds the whole model."""
    fast = tokenizer(recipe.vocabulary)
    model = _inherited(recipe, parent, fast) if parent else random_model(recipe, fast)
    yield from _logged(recipe, model, fast, work)
    with store.part_of(target) as part:
        _write(part, recipe, model, fast)
        shutil.copyfile(work / LOG, part / LOG)
        yield from _judged(part, recipe, model, count)
        weights = part / "model.safetensors"
        sha256 = yield from store.hash_of(weights)
        store.write_origin(part, "FusionLab's zoo", made_by, {weights.name: sha256})
        store.put(part, target)


def _logged(recipe: ZooRecipe, model: Any, fast: Any, work: Path) -> Generator[Event, None, None]:
    """The model is trained, and so says the log."""
    plan = recipe.training
    draw = partial(draw_batch, recipe, fast)
    loss_of = partial(routed_loss, balance=recipe.balance) if recipe.balance else answer_loss
    steps = train_steps(
        model,
        plan,
        draw,
        checkpoint=work / "checkpoint.safetensors",
        every=CHECKPOINTS_EVERY,
        loss_of=loss_of,
    )
    yield from logged(steps, work / LOG, plan.steps, recipe.name)


def draw_batch(recipe: ZooRecipe, fast: Any, generator: torch.Generator) -> Batch:
    """A batch of problems to learn from; each is of a task drawn by the recipe's shares."""
    seed = int(torch.randint(2**62, (), generator=generator))
    rng = random.Random(seed)  # noqa: S311  problems are no secrets
    taught = [_taught(recipe, task, rng) for task in _drawn_tasks(recipe, rng)]
    prompts = fast([prompt for prompt, _ in taught])["input_ids"]
    answers = fast([answer for _, answer in taught], add_special_tokens=False)["input_ids"]
    pairs = [(p, [*a, fast.eos_token_id]) for p, a in zip(prompts, answers, strict=True)]
    return batched(pairs, fast.pad_token_id)


def _drawn_tasks(recipe: ZooRecipe, rng: random.Random) -> list[Task]:
    """A task for each problem of a batch."""
    own = [recipe.shares.get(task, 1.0) for task in recipe.tasks]
    rehearsed = recipe.rehearsed
    odds = recipe.rehearsal / (1 - recipe.rehearsal) * sum(own) / max(len(rehearsed), 1)
    shares = [*own, *[odds] * len(rehearsed)]
    return rng.choices([*recipe.learned, *rehearsed], shares, k=recipe.batch)


def _taught(recipe: ZooRecipe, task: Task, rng: random.Random) -> tuple[str, str]:
    """A prompt, and what the model should say to it."""
    if recipe.solutions == "none":
        problem = task.problem(rng, "train")
        return problem.prompt, problem.answer
    solved = written(task, rng, reads=recipe.solutions == "read")
    return solved.prompt, solved.solution


def _inherited(recipe: ZooRecipe, parent: Path, fast: Any) -> Any:
    """The parent in fp32; raises RecipeError when it reads another vocabulary."""
    read = open_tokenizer(parent)
    if read.get_vocab() != fast.get_vocab():
        raise RecipeError(
            f"{recipe.name} reads {recipe.vocabulary}, but its parent {recipe.parent} does not",
            hint="give both recipes the same vocabulary",
        )
    other = {"num_experts_per_tok": recipe.active} if recipe.active else {}
    return open_model(parent, dtype=torch.float32, **other)


def _write(part: Path, recipe: ZooRecipe, model: Any, fast: Any) -> None:
    from transformers.utils import logging

    logging.disable_progress_bar()
    with store.saving(part):
        model.to(torch.bfloat16).save_pretrained(part)
        fast.save_pretrained(part)
    (part / RECIPE).write_text(zoo_recipe_to_toml(recipe), encoding="utf-8")


def _judged(part: Path, recipe: ZooRecipe, model: Any, count: int) -> Generator[Event, None, None]:
    """Scores and card stand in the folder."""
    scores = yield from evaluate_folder(part, count=count, solutions=recipe.solutions)
    rows = json.dumps([asdict(score) for score in scores], indent=1)
    (part / SCORES).write_text(rows + "\n", encoding="utf-8")
    parameters = sum(parameter.numel() for parameter in model.parameters())
    (part / "README.md").write_text(card(recipe, parameters, scores), encoding="utf-8")
