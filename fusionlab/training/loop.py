"""The training loop: AdamW with warm-up and cosine decay, one event a step, exactly resumable.

Learning rate at step t of T with w steps of warm-up and floor f:
η·t/w up to w, then η·(f + (1−f)·(1 + cos π(t−w)/(T−w))/2).
AdamW: Loshchilov and Hutter, https://arxiv.org/abs/1711.05101.
"""

import hashlib
import json
import math
from collections.abc import Callable, Generator, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import torch
from pydantic import ConfigDict, Field
from torch import Tensor

from fusionlab.errors import RecipeError
from fusionlab.events import StepTrained
from fusionlab.sources import store
from fusionlab.training import together
from fusionlab.training.losses import Batch, answer_loss
from fusionlab.writing import putting

CHECKPOINT = "checkpoint.safetensors"
"""How a checkpoint is called in a work folder."""
BETAS = (0.9, 0.98)
FLOOR = 0.05
"""The share of the learning rate that is left at the last step."""

Draw = Callable[[torch.Generator, int], Batch]
"""Draws the batch of a step, with no randomness but that of the generator."""
Loss = Callable[[Any, Batch], Tensor]


class Stop(Exception):
    """Thrown into a training where it stands between two steps: what it has come to is kept."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How long, how fast, and from which seed a model is trained."""

    steps: Annotated[int, Field(ge=1)]
    learning_rate: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    warmup: Annotated[int, Field(ge=0)] = 100
    """In steps."""
    weight_decay: Annotated[float, Field(ge=0)] = 0.1
    """Applied to matrices only."""
    clip: Annotated[float, Field(gt=0)] = 1.0
    """Largest norm of the gradient."""
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 0

    __pydantic_config__ = ConfigDict(extra="forbid")


def train(
    model: torch.nn.Module,
    plan: Plan,
    draw: Draw,
    *,
    checkpoint: Path | None = None,
    every: int = 200,
    loss_of: Loss = answer_loss,
    accumulate: int = 1,
    computed_in: torch.dtype = torch.float32,
) -> Generator[StepTrained, None, None]:
    """The steps as they are taken; at the end `model` is trained and in evaluation mode.

    A batch goes through the model in `accumulate` parts, which changes nothing but how much memory
    that takes; in bfloat16 where that is `computed_in`. Where a launcher started several processes,
    each takes its share of every step, and the first alone writes.

    With a `checkpoint` file, training goes on from there, and ends with exactly the weights of an
    uninterrupted run; the file is written every `every` steps and at the end. Raises RecipeError
    if the loss is not finite, or the checkpoint is damaged or belongs to another plan, and
    SourceError if it cannot be written. Where `Stop` is thrown in, the checkpoint is written before
    it goes on to the caller.
    """
    generator = torch.Generator().manual_seed(plan.seed)
    optimiser = _optimiser(model, plan)
    done = 0
    if checkpoint is not None and checkpoint.exists():
        done = _restore(checkpoint, model, optimiser, generator, plan)
    model.train()
    lossy = partial(_computed, loss_of, computed_in)
    for step in range(done + 1, plan.steps + 1):
        batch = draw(generator, step)
        event = _step(model, optimiser, lossy, batch, plan, step, accumulate)
        due = step % every == 0 or step == plan.steps
        try:
            yield event  # whoever logs it does so first: no step is in the checkpoint alone
        except Stop:
            if together.is_sharded(model):  # the others do not stop here
                raise KeyboardInterrupt from None
            due = True
            model.eval()
            raise
        finally:
            wanted = not together.rank() or together.is_sharded(model)
            if checkpoint is not None and due and wanted:
                _save(checkpoint, model, optimiser, generator, plan, step)
    model.eval()


def reached(checkpoint: Path) -> tuple[int, int] | None:
    """The step after which this checkpoint was written, and how many there are to be; None where
    the file cannot be read.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(checkpoint, "pt") as stored:
            told = stored.metadata() or {}
        return int(told["step"]), int(json.loads(told["plan"])["steps"])
    except (OSError, SafetensorError, ValueError, LookupError, TypeError):
        return None


def learning_rate(plan: Plan, step: int) -> float:
    """The learning rate at step 1, 2, … `plan.steps`."""
    if step <= plan.warmup:
        return plan.learning_rate * step / plan.warmup
    share = (step - plan.warmup) / max(1, plan.steps - plan.warmup)
    return plan.learning_rate * (FLOOR + (1 - FLOOR) * (1 + math.cos(math.pi * share)) / 2)


def _step(
    model: torch.nn.Module,
    optimiser: torch.optim.AdamW,
    loss_of: Loss,
    batch: Batch,
    plan: Plan,
    step: int,
    accumulate: int,
) -> StepTrained:
    rate = learning_rate(plan, step)
    for group in optimiser.param_groups:
        group["lr"] = rate
    optimiser.zero_grad()
    loss = 0.0
    with torch.random.fork_rng(devices=[]):  # what a model drops out depends on the step alone
        torch.manual_seed(hash((plan.seed, step)))
        count = accumulate * together.size()
        parts = [*batch.parts(count)][together.rank() :: together.size()] if count > 1 else [batch]
        for part in parts:
            share = part.weight / batch.weight if count > 1 else 1.0
            said = loss_of(model, part) * share
            loss += said.item()
            if not math.isfinite(loss) and not together.is_sharded(model):
                break
            said.backward()  # type: ignore[no-untyped-call]
    loss = together.summed(model.parameters(), loss)
    norm = together.whole(torch.nn.utils.clip_grad_norm_(model.parameters(), plan.clip))
    if not math.isfinite(loss) or not norm.isfinite():
        key = "gradient-not-finite" if math.isfinite(loss) else "loss-not-finite"
        raise RecipeError(key, loss=f"{loss:.4g}", step=str(step), rate=f"{rate:.3g}")
    optimiser.step()
    return StepTrained(step, loss, rate, batch.tokens)


def _computed(loss_of: Loss, dtype: torch.dtype, model: Any, batch: Batch) -> Tensor:
    """The loss, where the model is, in numbers of this kind; in fp32 by the model's own numbers."""
    device = next(model.parameters()).device
    with torch.autocast(device.type, torch.bfloat16, enabled=dtype == torch.bfloat16):
        return loss_of(model, batch.to(device))


def _optimiser(model: torch.nn.Module, plan: Plan) -> torch.optim.AdamW:
    matrices = [p for p in model.parameters() if p.requires_grad and p.ndim >= 2]
    vectors = [p for p in model.parameters() if p.requires_grad and p.ndim < 2]
    groups = [
        {"params": matrices, "weight_decay": plan.weight_decay},
        {"params": vectors, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=plan.learning_rate, betas=BETAS, fused=True)


def _save(
    file: Path,
    model: torch.nn.Module,
    optimiser: torch.optim.AdamW,
    generator: torch.Generator,
    plan: Plan,
    step: int,
) -> None:
    """The file holds everything the next step depends on; it gets its name once it is whole."""
    from safetensors.torch import save_file

    whole = together.whole
    tensors = {f"model.{name}": whole(tensor) for name, tensor in _state(model).items()}
    for index, state in optimiser.state_dict()["state"].items():
        tensors |= {f"optimiser.{index}.{name}": whole(tensor) for name, tensor in state.items()}
    if together.rank():
        return
    tensors["generator"] = generator.get_state()
    metadata = {
        "step": str(step),
        "plan": json.dumps(asdict(plan)),
        "sha256": _digest(tensors),
    }
    with store.saving(file.parent), putting(file) as part:
        save_file(tensors, part, metadata)


@torch.no_grad()
def _restore(
    file: Path,
    model: torch.nn.Module,
    optimiser: torch.optim.AdamW,
    generator: torch.Generator,
    plan: Plan,
) -> int:
    """Restores the state after the step at which the file was written; returns its number."""
    metadata, tensors = _stored(file)
    if json.loads(metadata["plan"]) != asdict(plan):
        raise RecipeError("checkpoint-of-another-plan", file=str(file))
    for name, tensor in _state(model).items():
        tensor.copy_(together.placed(tensors[f"model.{name}"], tensor))
    states: dict[int, dict[str, Tensor]] = {}
    trained = [each for group in optimiser.param_groups for each in group["params"]]
    for name, tensor in tensors.items():
        if name.startswith("optimiser."):
            _, index, key = name.split(".")
            place = trained[int(index)]
            states.setdefault(int(index), {})[key] = together.placed(tensor, place)
    groups = optimiser.state_dict()["param_groups"]
    optimiser.load_state_dict({"state": states, "param_groups": groups})
    generator.set_state(tensors["generator"])
    return int(metadata["step"])


def _stored(file: Path) -> tuple[dict[str, str], dict[str, Tensor]]:
    """What `_save` wrote, verified; raises RecipeError."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(file, "pt") as stored:
            metadata = stored.metadata() or {}
            names = stored.keys()
            tensors = {name: stored.get_tensor(name) for name in names}
    except (OSError, SafetensorError) as cause:
        raise RecipeError("checkpoint-unreadable", file=str(file), said=str(cause)) from cause
    if metadata.get("sha256") != _digest(tensors):
        raise RecipeError("checkpoint-damaged", file=str(file))
    return metadata, tensors


def _digest(tensors: Mapping[str, Tensor]) -> str:
    """A hash of all their bytes."""
    digest = hashlib.sha256()
    for name, tensor in sorted(tensors.items()):
        digest.update(name.encode())
        flat = tensor.detach().cpu().contiguous().reshape(-1)
        digest.update(flat.view(torch.uint8).numpy().data)
    return digest.hexdigest()


def _state(model: torch.nn.Module) -> dict[str, Tensor]:
    """The tensors that training may change, by name; tied weights appear once."""
    if together.is_sharded(model):
        return dict(model.named_parameters())
    named: dict[int, tuple[str, Tensor]] = {}
    every = model.named_parameters(remove_duplicate=False)
    frozen = {name for name, each in every if not each.requires_grad}
    for name, tensor in model.state_dict().items():
        if name not in frozen:
            named.setdefault(tensor.data_ptr(), (name, tensor))
    return dict(named.values())
