"""Pooling of next-token distributions, and how far members disagree. Everything in nats.

The mean of logits, the mean of log-probabilities, the weighted geometric mean and the product of
experts are one method, `geometric`; the mean of probabilities is `arithmetic`. `maximum` and
`minimum` are the limits of the weighted power mean, in which the size of a weight drops out.
Genest & Zidek 1986, https://doi.org/10.1214/ss/1177013825.
"""

from functools import reduce
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from fusionlab.errors import MemberError

Pooling = Literal["arithmetic", "geometric", "maximum", "minimum", "majority"]

TIED = 1e-6
"""Sums of weights that differ by no more than this are equal: shares are rounded."""


def pool(
    logprobs: Float[Tensor, "member vocab"], weights: Float[Tensor, " member"], pooling: Pooling
) -> Float[Tensor, " vocab"]:
    """Log of the fused distribution; the weights sum to 1, and one of 0 is as if absent."""
    match pooling:
        case "arithmetic":
            return arithmetic(logprobs, weights)
        case "geometric":
            return geometric(logprobs, weights)
        case "maximum":
            return maximum(logprobs, weights)
        case "minimum":
            return minimum(logprobs, weights)
        case "majority":
            return majority(logprobs, weights)


def arithmetic(
    logprobs: Float[Tensor, "member vocab"], weights: Float[Tensor, " member"]
) -> Float[Tensor, " vocab"]:
    """Linear opinion pool, log Σ wᵢ pᵢ: whatever one member wants has a chance ("or")."""
    # Member by member: three times as fast as logsumexp across the rows.
    pooled: Tensor = reduce(torch.logaddexp, logprobs + weights.log()[:, None])
    return pooled


def geometric(
    logprobs: Float[Tensor, "member vocab"], weights: Float[Tensor, " member"]
) -> Float[Tensor, " vocab"]:
    """Logarithmic opinion pool, log softmax Σ wᵢ log pᵢ: needs the members' agreement ("and").

    Raises MemberError where every token is impossible to some member.
    """
    asked = weights > 0  # 0 · log 0 = 0: a member of weight 0 forbids nothing
    return _some_left(weights[asked] @ logprobs[asked]).log_softmax(dim=-1)


def maximum(
    logprobs: Float[Tensor, "member vocab"], weights: Float[Tensor, " member"]
) -> Float[Tensor, " vocab"]:
    """Log of maxᵢ pᵢ, scaled to sum to 1: a token is as likely as who likes it most finds it."""
    return logprobs[weights > 0].amax(dim=0).log_softmax(dim=-1)


def minimum(
    logprobs: Float[Tensor, "member vocab"], weights: Float[Tensor, " member"]
) -> Float[Tensor, " vocab"]:
    """Log of minᵢ pᵢ, scaled to sum to 1: a token is as likely as who likes it least finds it.

    Raises MemberError where every token is impossible to some member.
    """
    return _some_left(logprobs[weights > 0].amin(dim=0)).log_softmax(dim=-1)


def _some_left(scores: Float[Tensor, " vocab"]) -> Float[Tensor, " vocab"]:
    """The scores, of which not all are −∞; raises MemberError else."""
    if scores.max() == -torch.inf:
        raise MemberError("pool-left-nothing")
    return scores


def majority(
    logprobs: Float[Tensor, "member vocab"], weights: Float[Tensor, " member"]
) -> Float[Tensor, " vocab"]:
    """Arithmetic pool of the members whose first choice has the largest sum of weights.

    So that token is also the pool's first choice. Of tokens with equal weight behind them the one
    that the arithmetic pool of all members finds likelier wins.
    """
    wished = logprobs.argmax(dim=-1)
    behind = (wished[:, None] == wished).double() @ weights.double()
    level = behind >= behind.max() - TIED
    likely = arithmetic(logprobs, weights)[wished].masked_fill(~level, -torch.inf)
    winners = weights * (wished == wished[likely.argmax()])
    return arithmetic(logprobs, winners / winners.sum())


def entropy(
    logprobs: Float[Tensor, "*batch vocab"], probs: Float[Tensor, "*batch vocab"] | None = None
) -> Float[Tensor, "*batch"]:
    """Shannon entropy −Σ p log p of each distribution; `probs` are exp(logprobs), where known."""
    finite = logprobs.clamp(min=torch.finfo(logprobs.dtype).min)
    cross: Tensor = torch.linalg.vecdot(logprobs.exp() if probs is None else probs, finite)
    return -cross


def mixed_entropy(
    probs: Float[Tensor, "member vocab"], weights: Float[Tensor, " member"]
) -> Float[Tensor, ""]:
    """Shannon entropy of the arithmetic pool Σ wᵢ pᵢ; what no float can hold adds nothing."""
    mixed = weights @ probs
    return entropy(mixed.log(), mixed)


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
