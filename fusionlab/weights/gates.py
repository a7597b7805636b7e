"""Rows of routers that are found without training: by prompts, or at random.

The row of an expert is the direction in which its prompts lie (mergekit's mergekit-moe, there by
`hidden` and `cheap_embed`): the mean over positive prompts minus that over negative ones, of length
1. As `hidden` a prompt counts by what the router will read of it, the state that enters the
feed-forward part, after attention and its norm, at the prompt's last token. Prompts are read one by
one, so that none is padded.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import torch
from jaxtyping import Float
from torch import Tensor

from fusionlab.errors import RecipeError
from fusionlab.events import Progress
from fusionlab.weights.opened import Opened
from fusionlab.weights.papers import short
from fusionlab.weights.rule import seeded
from fusionlab.weights.statistics import as_many_threads, loaded

Gates = Literal["random", "cheap_embed", "hidden"]
DEVIATION = 0.02
"""Of the numbers of a row that is drawn, as transformers draws routers."""


@dataclass(frozen=True, slots=True)
class Prompts:
    """What an expert's row of the router is found by."""

    positive: tuple[str, ...] = ()
    negative: tuple[str, ...] = ()


def drawn_rows(seed: int, layers: int, experts: int, width: int) -> Float[Tensor, "layer expert d"]:
    """Rows drawn from a normal distribution."""
    shape = (experts, width)
    every = [torch.randn(shape, generator=seeded(seed, f"router {n}")) for n in range(layers)]
    return DEVIATION * torch.stack(every)


def prompted_rows(
    source: Opened, gates: Gates, prompts: Sequence[Prompts]
) -> Generator[Progress, None, Float[Tensor, "layer expert d"]]:
    """One row a layer for each expert's prompts, as the dense `source` reads them.

    Raises RecipeError where an expert's positive and negative prompts are the same to it.
    """
    model = loaded(source)
    total = sum(len(each.positive) + len(each.negative) for each in prompts)
    what, done = f"prompting {short(source.ref)}", 0
    rows = []
    with as_many_threads(model), torch.no_grad():
        for number, each in enumerate(prompts):
            means = []
            for texts in (each.positive, each.negative):
                states = []
                for text in texts:
                    states.append(_read(model, gates, text))
                    done += 1
                    yield Progress(what, done, total, "items")
                means.append(torch.stack(states).mean(0) if states else torch.zeros(()))
            row = means[0] - means[1]
            length = row.norm(dim=-1, keepdim=True)
            if not bool((length > 0).all()):
                raise RecipeError("upcycle-prompts-cancel", expert=number)
            rows.append(row / length)
    return torch.stack(rows, 1).cpu()


def _read(model: Any, gates: Gates, text: str) -> Float[Tensor, "layer d"]:
    """What is known of a prompt in each layer."""
    module = model.module
    ids = torch.tensor([model.tokenizer(text)["input_ids"]], device=module.device)
    if not ids.numel():
        raise RecipeError("upcycle-prompt-empty", text=repr(text))
    layers = module.get_decoder().layers
    if gates == "cheap_embed":
        embedded: Tensor = module.get_input_embeddings()(ids)[0].sum(0)
        return embedded.expand(len(layers), -1)
    found: dict[int, Tensor] = {}
    hooks = [
        layer.mlp.register_forward_pre_hook(_keeping(found, number))
        for number, layer in enumerate(layers)
    ]
    try:
        module(ids, use_cache=False)
    finally:
        for hook in hooks:
            hook.remove()
    return torch.stack([found[number] for number in range(len(layers))])


def _keeping(found: dict[int, Tensor], number: int) -> Any:
    def keep(_: Any, args: tuple[Tensor, ...]) -> None:
        found[number] = args[0][0, -1].float()

    return keep
