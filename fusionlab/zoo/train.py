"""From a recipe to an ordinary Hugging Face folder: weights, recipe, log, scores and model card.

Models stand side by side on a shelf, a folder; a parent that is missing there is trained first.
"""

import random
import shutil
from collections.abc import Generator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch

from fusionlab.errors import RecipeError
from fusionlab.events import Event
from fusionlab.making import Making, Order, Papers, made
from fusionlab.registry import Plan
from fusionlab.sources import store
from fusionlab.sources.opening import open_model, open_tokenizer
from fusionlab.sources.schemes.zoo import DAMAGED as ZOO_DAMAGED
from fusionlab.sources.schemes.zoo import PREFIX as ZOO
from fusionlab.training.log import LOG, logged
from fusionlab.training.loop import CHECKPOINT
from fusionlab.training.loop import train as train_steps
from fusionlab.training.losses import Batch, answer_loss, batched, routed_loss
from fusionlab.zoo.architectures import random_model
from fusionlab.zoo.card import card
from fusionlab.zoo.evaluate import COUNT, evaluate_folder
from fusionlab.zoo.reasoning import written
from fusionlab.zoo.recipes import ZooRecipe, fingerprint, zoo_recipe, zoo_recipe_to_toml
from fusionlab.zoo.shelf import model_folder
from fusionlab.zoo.tasks import Task
from fusionlab.zoo.tokenizers import tokenizer

CHECKPOINTS_EVERY = 100
"""Steps."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is learned, and with how many held-out problems of each task it is tested."""

    recipe: ZooRecipe
    questions: int


def planned(recipe: ZooRecipe, questions: int = COUNT) -> Plan[Lesson]:
    """What training this recipe will make."""
    lineage = (ZOO + recipe.parent,) if recipe.parent else ()
    reference = ZOO + recipe.name
    return Plan(recipe.name, "zoo", reference, lineage, "Apache-2.0", Lesson(recipe, questions))


def train(plan: Plan[Lesson], shelf: Path | None = None) -> Making:
    """The steps of training what is planned; returns its folder on the shelf, or on the user's.

    Raises RecipeError where another model stands in its place or in its parent's, or SourceError
    where one cannot be written.
    """
    recipe, questions = plan.details.recipe, plan.details.questions
    with store.accessible():
        parent = yield from _parent_folder(recipe, shelf)
    order = Order(
        plan,
        fingerprint(recipe, parent),
        work=partial(_learned, recipe, parent),
        write=partial(_written, recipe, questions),
    )
    return (yield from made(order, shelf))


def _parent_folder(recipe: ZooRecipe, shelf: Path | None) -> Generator[Event, None, Path | None]:
    if not recipe.parent:
        return None
    folder = model_folder(recipe.parent, shelf)
    if folder is None:
        return (yield from train(planned(zoo_recipe(recipe.parent)), shelf))
    yield from store.check_whole(folder, ZOO_DAMAGED)
    return folder


def _learned(
    recipe: ZooRecipe, parent: Path | None, work: Path
) -> Generator[Event, None, tuple[Any, Any]]:
    """The trained model and its tokenizer."""
    fast = tokenizer(recipe.vocabulary)
    model = _inherited(recipe, parent, fast) if parent else random_model(recipe, fast)
    plan = recipe.training
    steps = train_steps(
        model,
        plan,
        partial(draw_batch, recipe, fast),
        checkpoint=work / CHECKPOINT,
        every=CHECKPOINTS_EVERY,
        loss_of=partial(routed_loss, balance=recipe.balance) if recipe.balance else answer_loss,
    )
    yield from logged(steps, work / LOG, plan.steps, recipe.name)
    return model, fast


def _written(
    recipe: ZooRecipe, questions: int, learned: tuple[Any, Any], work: Path, part: Path
) -> Generator[Event, None, Papers]:
    """The folder `part` is an ordinary one with the model, which is then tested."""
    from transformers.utils import logging

    model, fast = learned
    logging.disable_progress_bar()
    with store.saving(part):
        model.to(torch.bfloat16).save_pretrained(part)
        fast.save_pretrained(part)
    shutil.copyfile(work / LOG, part / LOG)
    scores = yield from evaluate_folder(part, count=questions, solutions=recipe.solutions)
    parameters = sum(parameter.numel() for parameter in model.parameters())
    return Papers(zoo_recipe_to_toml(recipe), card(recipe, parameters, scores), scores)


def draw_batch(recipe: ZooRecipe, fast: Any, generator: torch.Generator, _step: int = 0) -> Batch:
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
            "zoo-parent-reads-otherwise",
            name=recipe.name,
            vocabulary=recipe.vocabulary,
            parent=recipe.parent,
        )
    other = {"num_experts_per_tok": recipe.active} if recipe.active else {}
    return open_model(parent, dtype=torch.float32, **other)
