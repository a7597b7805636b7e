"""Distributions with a member that counts against a token. All log-probabilities, in nats.

Contrastive decoding keeps the tokens that the expert gives at least α times its largest
probability, and prefers those that the amateur finds least likely: log p_expert − log p_amateur
(Li et al., https://arxiv.org/abs/2210.15097). Proxy-tuning moves a base model as tuning moved a
small one: log p_base + a (log p_expert − log p_anti) (Liu et al.,
https://arxiv.org/abs/2401.08565; DExperts, https://arxiv.org/abs/2105.03023).
"""

import torch
from jaxtyping import Float
from torch import Tensor

LEAST = -1e4
"""What an impossible token's log-probability counts as: differences stay numbers."""


def contrastive(
    expert: Float[Tensor, " vocab"],
    amateur: Float[Tensor, " vocab"],
    alpha: float,
    temperature: float,
) -> Float[Tensor, " vocab"]:
    """Log of the contrastive distribution; its tokens are those the expert finds plausible.

    `alpha` is from 0 to 1, at which only the expert's first choice is left; `temperature`, above 0,
    is the amateur's: below 1 it is made surer than it is.
    """
    blunder = (amateur / temperature).log_softmax(dim=-1).clamp(min=LEAST)
    implausible = (expert - expert.max()).exp() < alpha
    return (expert - blunder).masked_fill(implausible, -torch.inf).log_softmax(dim=-1)


def proxy_tuned(
    base: Float[Tensor, " vocab"],
    expert: Float[Tensor, " vocab"],
    anti: Float[Tensor, " vocab"],
    strength: float,
) -> Float[Tensor, " vocab"]:
    """Log of the base's distribution, moved by `strength` times what sets expert and anti apart."""
    apart = expert.clamp(min=LEAST) - anti.clamp(min=LEAST)
    return (base + strength * apart).log_softmax(dim=-1)
