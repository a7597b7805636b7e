"""Pooling of next-token distributions, and how far members disagree. Everything in nats.

The mean of logits, the mean of log-probabilities, the weighted geometric mean and the product of
experts are one method, `geometric`; the mean of probabilities is the other, `arithmetic`.
Genest & Zidek 1986, https://doi.org/10.1214/ss/1177013825.
"""

from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

Pooling = Literal["arithmetic", "geometric"]


def pool(
    logprobs: Float[Tensor, "member vocab"], weights: Float[Tensor, " member"], pooling: Pooling
) -> Float[Tensor, " vocab"]:
    """Log of the fused distribution; the weights sum to 1."""
    match pooling:
        case "arithmetic":
            return arithmetic(logprobs, weights)
        case "geometric":
            return geometric(logprobs, weights)


def arithmetic(
    logprobs: Float[Tensor, "member vocab"], weights: Float[Tensor, " member"]
) -> Float[Tensor, " vocab"]:
    """Linear opinion pool, log Σ wᵢ pᵢ: whatever one member wants has a chance ("or")."""
    return torch.logsumexp(logprobs + weights.log()[:, None], dim=0)


def geometric(
    logprobs: Float[Tensor, "member vocab"], weights: Float[Tensor, " member"]
) -> Float[Tensor, " vocab"]:
    """Logarithmic opinion pool, log softmax Σ wᵢ log pᵢ: needs the members' agreement ("and")."""
    asked = weights > 0  # 0 · log 0 = 0: a member of weight 0 forbids nothing
    return (weights[asked] @ logprobs[asked]).log_softmax(dim=-1)


def entropy(logprobs: Float[Tensor, "*batch vocab"]) -> Float[Tensor, "*batch"]:
    """Shannon entropy −Σ p log p of each distribution."""
    finite = logprobs.clamp(min=torch.finfo(logprobs.dtype).min)
    cross: Tensor = torch.linalg.vecdot(logprobs.exp(), finite)
    return -cross


def divergence(
    mixed: Float[Tensor, ""],
    entropies: Float[Tensor, " member"],
    weights: Float[Tensor, " member"],
) -> Float[Tensor, ""]:
    """Generalised Jensen–Shannon divergence H(Σ wᵢ pᵢ) − Σ wᵢ H(pᵢ); 0 where all members agree.

    `mixed` is the entropy of the arithmetic pool, `entropies` are those of the members.
    Lin 1991, https://doi.org/10.1109/18.61115.
    """
    return (mixed - weights @ entropies).clamp(min=0)
