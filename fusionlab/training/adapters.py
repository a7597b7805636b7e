"""Low-rank adapters: W stays as it is, and y = Wx + (α/r)·B(Ax) is learned on one corpus.

LoRA: Hu et al., https://arxiv.org/abs/2106.09685. A is [rank, in] and begins at random, B is
[out, rank] and begins at zero, so that an adapter begins as its base.
"""

import random
from collections.abc import Generator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

import torch
from pydantic import ConfigDict, Field

from fusionlab.events import StepTrained
from fusionlab.sources.adapters import WEIGHTS
from fusionlab.sources.opening import MODULES, open_model
from fusionlab.training.corpora import get_corpus
from fusionlab.training.loop import Plan, train
from fusionlab.training.losses import Batch, batched, prefixed_loss

CHECKPOINTS_EVERY = 25
"""Steps."""

Projection = Literal["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


@dataclass(frozen=True, slots=True)
class AdapterRecipe:
    """Everything that determines an adapter's weights, apart from its base."""

    name: str
    title: str
    base: str
    """A model of the catalog."""
    corpus: str
    training: Plan
    batch: Annotated[int, Field(ge=1)]
    """The number of questions in each step."""
    rank: Annotated[int, Field(ge=1, le=8)]
    alpha: Annotated[int, Field(ge=1)]
    targets: Annotated[tuple[Projection, ...], Field(min_length=1)]
    """The projections of every layer that are adapted."""

    __pydantic_config__ = ConfigDict(extra="forbid")


def adapted(folder: Path, recipe: AdapterRecipe, repo: str) -> Any:
    """The base in `folder` with a fresh adapter on it, in peft; only the adapter can be trained.

    `repo` is the base's name on the hub, for the adapter's config.
    """
    return with_adapter(
        open_model(folder, dtype="auto"),
        rank=recipe.rank,
        alpha=recipe.alpha,
        targets=list(recipe.targets),
        seed=recipe.training.seed,
        name=repo,
    )


def with_adapter(
    base: Any, *, rank: int, alpha: int, targets: list[str] | str, seed: int, name: str
) -> Any:
    """The base with a fresh adapter on it, in peft; only the adapter can be trained.

    `targets` are modules, or "all-linear"; `name` is what the adapter's config calls the base.
    """
    from peft import LoraConfig, get_peft_model

    config = LoraConfig(task_type="CAUSAL_LM", r=rank, lora_alpha=alpha, target_modules=targets)
    with MODULES, torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)  # peft draws A from the global generator
        model = get_peft_model(base, config)
    config.base_model_name_or_path = name
    return model


def resumed_adapter(base: Any, folder: Path, name: str) -> Any:
    """The base with the adapter in `folder` on it, in peft; only the adapter can be trained."""
    from peft import PeftModel

    with MODULES:
        model = PeftModel.from_pretrained(base, folder, is_trainable=True)
    model.peft_config["default"].base_model_name_or_path = name
    return model


def train_adapter(
    model: Any, tokenizer: Any, recipe: AdapterRecipe, checkpoint: Path | None = None
) -> Generator[StepTrained, None, None]:
    """The steps of training what `adapted` gave; goes on from the checkpoint where there is one."""
    yield from train(
        model,
        recipe.training,
        partial(draw_batch, recipe, tokenizer),
        checkpoint=checkpoint,
        every=CHECKPOINTS_EVERY,
        loss_of=lambda model, batch: prefixed_loss(model.get_base_model(), batch),
    )


def draw_batch(
    recipe: AdapterRecipe, tokenizer: Any, generator: torch.Generator, _step: int = 0
) -> Batch:
    """A batch of questions to learn, in the base's own chat template."""
    seed = int(torch.randint(2**62, (), generator=generator))
    rng = random.Random(seed)  # noqa: S311  questions are no secrets
    corpus = get_corpus(recipe.corpus)
    pairs = []
    for _ in range(recipe.batch):
        question = corpus.question(rng, "train")
        turns = [{"role": "user", "content": question.prompt}]
        asked = tokenizer.apply_chat_template(turns, add_generation_prompt=True, tokenize=False)
        prompt = tokenizer(asked, add_special_tokens=False)["input_ids"]
        answer = tokenizer(question.worked, add_special_tokens=False)["input_ids"]
        pairs.append((prompt, [*answer, tokenizer.eos_token_id]))
    return batched(pairs, tokenizer.pad_token_id)


def save_adapter(model: Any, folder: Path) -> None:
    """The folder holds config and weights, in peft's format and bf16."""
    from peft import get_peft_model_state_dict
    from safetensors.torch import save_file

    config = model.peft_config["default"]
    config.inference_mode = True
    if not isinstance(config.target_modules, str):
        config.target_modules = sorted(config.target_modules)  # peft made it a set
    config.save_pretrained(folder)
    # Told that no embedding was trained, peft does not ask the hub whether one was.
    weights = get_peft_model_state_dict(model, save_embedding_layers=False)
    tensors = {name: each.to(torch.bfloat16).contiguous() for name, each in weights.items()}
    save_file(tensors, folder / WEIGHTS, metadata={"format": "pt"})
