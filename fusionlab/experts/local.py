"""Adaptive mixtures of local experts: one gate, several experts, and three losses to train them by.

For a case with target d, expert outputs oᵢ and gate probabilities p = softmax(s), the three are

    cooperative   ‖d − Σᵢ pᵢ oᵢ‖²              each expert mends what the others leave
    competitive   Σᵢ pᵢ ‖d − oᵢ‖²              each expert is to be right on its own
    likelihood    −log Σᵢ pᵢ exp(−½ ‖d − oᵢ‖²)  that of a mixture of Gaussians of unit variance

Gradients stand here as the paper derives them; with the responsibilities
hᵢ = pᵢ exp(−½ ‖d − oᵢ‖²) / Σⱼ pⱼ exp(−½ ‖d − oⱼ‖²) the likelihood's are −hᵢ (d − oᵢ) for an expert
and pᵢ − hᵢ for the gate. Jacobs, Jordan, Nowlan & Hinton 1991, Neural Computation 3(1), 79-87.
"""

from typing import Literal, get_args

import torch
from jaxtyping import Float
from torch import Tensor

LocalLoss = Literal["cooperative", "competitive", "likelihood"]
LOSSES: tuple[LocalLoss, ...] = get_args(LocalLoss)
PAPER = "https://doi.org/10.1162/neco.1991.3.1.79"

Outputs = Float[Tensor, "case expert out"]
Targets = Float[Tensor, "case out"]
Gates = Float[Tensor, "case expert"]


def losses(
    loss: LocalLoss, targets: Targets, outputs: Outputs, probs: Gates
) -> Float[Tensor, " case"]:
    """The loss of each case."""
    match loss:
        case "cooperative":
            return (targets - blended(outputs, probs)).square().sum(1)
        case "competitive":
            return (probs * squares(targets, outputs)).sum(1)
        case "likelihood":
            return -torch.logsumexp(probs.log() - squares(targets, outputs) / 2, dim=1)


def gradients(
    loss: LocalLoss, targets: Targets, outputs: Outputs, probs: Gates
) -> tuple[Outputs, Gates]:
    """The gradients of each case's loss for the experts' outputs and for the gate's logits."""
    lacking = targets[:, None] - outputs  # d − oᵢ, [case expert out]
    match loss:
        case "cooperative":
            left = targets - blended(outputs, probs)  # [case out]
            gain = ((blended(outputs, probs)[:, None] - outputs) * left[:, None]).sum(2)
            return -2 * probs[:, :, None] * left[:, None], 2 * probs * gain
        case "competitive":
            wrong = squares(targets, outputs)
            mean = (probs * wrong).sum(1, keepdim=True)
            return -2 * probs[:, :, None] * lacking, probs * (wrong - mean)
        case "likelihood":
            held = responsibilities(targets, outputs, probs)
            return -held[:, :, None] * lacking, probs - held


def responsibilities(targets: Targets, outputs: Outputs, probs: Gates) -> Gates:
    """How likely it is that each expert made the target: hᵢ, 1 in all for every case."""
    return torch.softmax(probs.log() - squares(targets, outputs) / 2, dim=1)


def blended(outputs: Outputs, probs: Gates) -> Targets:
    """What all experts say together, Σᵢ pᵢ oᵢ."""
    return (probs[:, :, None] * outputs).sum(1)


def squares(targets: Targets, outputs: Outputs) -> Gates:
    """How far each expert is from the target, ‖d − oᵢ‖²."""
    return (targets[:, None] - outputs).square().sum(2)
