"""Training steps against a bare PyTorch loop over the same batches: the zoo, LoRA on SmolLM2."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import torch

from fusionlab.models.catalog import CATALOG
from fusionlab.sources.opening import open_model, open_tokenizer
from fusionlab.sources.references import folder_for
from fusionlab.speed.ratio import SpeedResult, finished, in_turn
from fusionlab.training.adapters import with_adapter
from fusionlab.training.loop import BETAS, Draw, Plan, learning_rate, train
from fusionlab.training.packing import Course
from fusionlab.training.records import CORPUS, read
from fusionlab.training.tuning import lessons
from fusionlab.zoo.architectures import random_model
from fusionlab.zoo.recipes import zoo_recipe
from fusionlab.zoo.tokenizers import tokenizer
from fusionlab.zoo.train import draw_batch

BASE = "smollm2-135m"
ROUNDS = 5


def measure_train() -> Iterator[SpeedResult]:
    """Tokens a second of the training loop, as a share of the bare loop's."""
    yield _zoo()
    yield _adapter()


def _zoo() -> SpeedResult:
    recipe = zoo_recipe("base")
    fast = tokenizer(recipe.vocabulary)
    draw = partial(draw_batch, recipe, fast)
    plan = Plan(20, 1e-3, 5)
    models = [random_model(recipe, fast) for _ in range(2)]
    return _against_bare("zoo/base", models, plan, draw)


def _adapter() -> SpeedResult:
    folder = finished(folder_for(BASE))
    fast = open_tokenizer(folder)
    found = lessons(read(f"{CORPUS}maths", "instruct", 64), fast, BASE, "instruct", 256, 0)
    course = Course(found.units, 4, 0, fast.pad_token_id)
    models = [
        with_adapter(
            open_model(folder, dtype=torch.float32),
            rank=8,
            alpha=16,
            targets="all-linear",
            seed=0,
            name=CATALOG[BASE].repo,
        )
        for _ in range(2)
    ]
    return _against_bare(f"LoRA on {BASE}", models, Plan(2, 1e-4, 1), course.draw)


def _against_bare(name: str, models: list[Any], plan: Plan, draw: Draw) -> SpeedResult:
    ours, bare = models
    ours_seconds, bare_seconds = in_turn(
        lambda: list(train(ours, plan, draw)), _bare(bare, plan, draw), rounds=ROUNDS
    )
    generator = torch.Generator().manual_seed(plan.seed)
    tokens = sum(draw(generator, step).tokens for step in range(1, plan.steps + 1))
    return SpeedResult(
        f"tokens a second of training {name} / those of a bare loop",
        bare_seconds / ours_seconds,
        0.9,
        "higher",
        {
            "ours_tokens_per_second": tokens / ours_seconds,
            "bare_tokens_per_second": tokens / bare_seconds,
        },
    )


def _bare(model: Any, plan: Plan, draw: Draw) -> Callable[[], None]:
    """The same steps as anybody would write them down."""

    def loop() -> None:
        generator = torch.Generator().manual_seed(plan.seed)
        trained = [each for each in model.parameters() if each.requires_grad]
        optimiser = torch.optim.AdamW(trained, betas=BETAS, weight_decay=0.1, fused=True)
        model.train()
        for step in range(1, plan.steps + 1):
            for group in optimiser.param_groups:
                group["lr"] = learning_rate(plan, step)
            batch = draw(generator, step)
            loss = model(input_ids=batch.ids, labels=batch.labels, use_cache=False).loss
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(trained, plan.clip)
            optimiser.step()

    return loop
