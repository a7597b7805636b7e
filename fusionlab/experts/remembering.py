"""Losses that hold a model to what it knew: elastic weights and learning without forgetting.

EWC pulls each weight back by how much the old task's likelihood depends on it, λ/2·Σ F(θ−θ*)², with
F the diagonal of the Fisher matrix (https://arxiv.org/abs/1612.00796). LwF keeps the outputs on the
new task's data near those of the model before it (https://arxiv.org/abs/1606.09282).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional

IGNORED = -100
"""The target of a position that nothing is learned from."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where the weights stood after a task, and how much each mattered to it."""

    weights: Mapping[str, Tensor]
    fisher: Mapping[str, Tensor]

    def penalty(self, model: nn.Module) -> Float[Tensor, ""]:
        """½ Σ F (θ − θ*)², over the weights that it knows."""
        total = torch.zeros(())
        for name, parameter in model.named_parameters():
            if name in self.fisher:
                total = total + (self.fisher[name] * (parameter - self.weights[name]) ** 2).sum()
        return total / 2


def anchored(model: nn.Module, losses: Iterable[Float[Tensor, ""]]) -> Anchor:
    """The anchor at the model's present weights: F is the mean of the losses' squared gradients.

    Each loss is of one example, the negative log-likelihood of its answer in nats, and is made
    when it is its turn.
    """
    fisher = {n: torch.zeros_like(p) for n, p in model.named_parameters() if p.requires_grad}
    count = 0
    for loss in losses:
        model.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        count += 1
        for name, parameter in model.named_parameters():
            if name in fisher and parameter.grad is not None:
                fisher[name] += parameter.grad**2
    model.zero_grad()
    weights = {n: p.detach().clone() for n, p in model.named_parameters() if n in fisher}
    return Anchor(weights, {name: each / max(count, 1) for name, each in fisher.items()})


def answer_loss(
    logits: Float[Tensor, "batch seq vocab"], targets: Int[Tensor, "batch seq"]
) -> Float[Tensor, ""]:
    """Mean cross-entropy over the positions that have a target, in nats."""
    return functional.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=IGNORED)


def kept_outputs(
    logits: Float[Tensor, "batch seq vocab"],
    before: Float[Tensor, "batch seq vocab"],
    counted: Bool[Tensor, "batch seq"],
) -> Float[Tensor, ""]:
    """Mean KL(before ‖ now) over the counted positions, in nats."""
    now, then = logits[counted].log_softmax(-1), before[counted].log_softmax(-1)
    return functional.kl_div(now, then, log_target=True, reduction="batchmean")
