"""How the models are trained, and where they stand."""

import json
import sys
import tomllib
from collections import defaultdict
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Bool, Float, Int
from routers import Biases, watched
from torch import Tensor

from fusionlab.experts.gating import balance, squared_variation, z_loss
from fusionlab.experts.routing import Capture, Routing
from fusionlab.sources.opening import open_model
from fusionlab.sources.references import folder_here
from fusionlab.sources.store import home
from fusionlab.training.loop import Plan, train
from fusionlab.training.losses import IGNORED, Batch, by_length
from fusionlab.zoo.recipes import Shape, ZooRecipe
from fusionlab.zoo.tokenizers import tokenizer
from fusionlab.zoo.train import draw_batch

RECIPE: dict[str, Any] = tomllib.loads(Path(__file__).with_name("recipe.toml").read_text("utf-8"))
FAST: Any = tokenizer("characters")
ENDS = 20
"""Steps at the beginning and the end of a training whose mean loss is told."""
BIASES = "biases.json"


def mixture_loss(
    way: dict[str, float], seen: Capture | None, biases: Biases | None, model: Any, batch: Batch
) -> Float[Tensor, ""]:
    """The answer loss, and each loss of the routers times what the way gives it.

    The routers' are means over layers and over the parts of the batch, as `routed_loss` takes them.
    """
    said, more = [], []
    loads = defaultdict[int, Tensor](lambda: torch.zeros(()))
    for part, ends in [whole(batch)] if way.get("whole") else by_length(batch):
        logits = model(input_ids=part.ids, use_cache=False).logits
        said.append(
            torch.nn.functional.cross_entropy(
                logits[:, :-1].flatten(0, 1),
                part.labels[:, 1:].flatten(),
                ignore_index=IGNORED,
                reduction="sum",
            )
        )
        real = (torch.arange(part.ids.shape[1]) < ends[:, None]).flatten()
        for layer in seen.last if seen else ():
            losses, load = of_router(layer, real)
            loads[layer.layer] = loads[layer.layer] + load
            more += [way[name] * loss for name, loss in losses.items() if way.get(name)]
    if biases:
        biases.move(loads)
    routers = torch.stack(more).sum() / (len(said) * len(seen.last)) if more and seen else 0.0
    return torch.stack(said).sum() / (batch.labels != IGNORED).sum() + routers


def whole(batch: Batch) -> tuple[Batch, Int[Tensor, " batch"]]:
    """All of it, and where each row's last token to learn is."""
    learned = batch.labels != IGNORED
    return batch, (learned * torch.arange(1, learned.shape[1] + 1)).amax(1)


def of_router(
    layer: Routing, real: Bool[Tensor, " token"]
) -> tuple[dict[str, Float[Tensor, ""]], Int[Tensor, " expert"]]:
    """Its losses on the real tokens, without coefficients, and how many each expert reads."""
    logits, chosen, weights = (each[real] for each in (layer.logits, layer.chosen, layer.weights))
    experts = logits.shape[1]
    gates = logits.new_zeros(experts).index_add(0, chosen.flatten(), weights.flatten())
    losses = {
        "balance": balance(logits.softmax(-1), chosen),
        "z": z_loss(logits),
        "importance": squared_variation(gates),
    }
    return losses, chosen.flatten().bincount(minlength=experts)


def trained(
    model: Any, recipe: ZooRecipe, way: dict[str, float], biases: Biases | None, name: str
) -> dict[str, float]:
    """The model has taken all steps; its loss at both ends, and the tokens that it read."""
    losses, tokens = [], 0
    draw = partial(draw_batch, recipe, FAST)
    with ExitStack() as stack:
        if biases:
            stack.enter_context(biases.applied(model))
        seen = stack.enter_context(watched(model))
        loss_of = partial(mixture_loss, way, seen, biases)
        for event in train(model, recipe.training, draw, loss_of=loss_of):
            losses.append(event.loss)
            tokens += event.tokens
            if event.step % 50 == 0:
                sys.stderr.write(f"{name} {event.step} {event.loss:.3f}\n")
    ends = (losses[:ENDS], losses[-ENDS:])
    first, last = (round(sum(each) / len(each), 4) for each in ends)
    return {"first": first, "last": last, "tokens": tokens}


def shelf(name: str) -> Path:
    """Where the trained model of this name stands."""
    return home() / "evidence-moe" / name


def kept(name: str, model: Any, biases: Biases | None, curve: dict[str, float]) -> None:
    """The trained model stands on the shelf, in fp32, with its biases and what was told of it."""
    folder = shelf(name)
    of = {str(layer): bias.tolist() for layer, bias in biases.of.items()} if biases else {}
    model.save_pretrained(folder)
    (folder / BIASES).write_text(json.dumps({"biases": of, "curve": curve}), encoding="utf-8")


def found(name: str) -> tuple[Any, Biases | None, dict[str, float]]:
    """A trained model of the shelf, or any by its reference."""
    if not (shelf(name) / BIASES).exists():
        return open_model(folder_here(name), dtype=torch.float32).eval(), None, {}
    told = json.loads((shelf(name) / BIASES).read_text("utf-8"))
    of = {int(layer): torch.tensor(bias) for layer, bias in told["biases"].items()}
    model = open_model(shelf(name), dtype=torch.float32).eval()
    return model, Biases(0.0, of) if of else None, told["curve"]


def recipe_of(part: dict[str, Any], form: str, seed: int) -> ZooRecipe:
    """What a model of this form is trained with in this part."""
    plan = {**RECIPE["training"], **part.get("training", {}), "seed": seed}
    shape = Shape(**RECIPE["shape"], **RECIPE["forms"][form]) if form else None
    return ZooRecipe(
        form or "start",
        "",
        tuple(part["tasks"]),
        Plan(**plan),
        RECIPE["batch"],
        shares=part.get("shares", {}),
        shape=shape,
    )
