"""Distributions in which a member's wish counts against a token. Log-probabilities, in nats.

Contrastive decoding keeps the tokens that the expert gives at least α times its largest
probability, and prefers those that the amateur finds least likely: log p_expert − log p_amateur
(Li et al., https://arxiv.org/abs/2210.15097). Proxy-tuning moves a base model as tuning moved a
small one: log p_base + a (log p_expert − log p_anti) (Liu et al.,
https://arxiv.org/abs/2401.08565; DExperts, https://arxiv.org/abs/2105.03023).

Leaving a member out raises its probability to the power 0. Where no power above 0 would be left,
nobody would speak for a token, and there is no first choice without that member.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from fusionlab.errors import MemberError

LEAST = -1e4
"""What an impossible token's log-probability counts as: differences stay numbers."""


def contrasted(
    expert: Float[Tensor, " vocab"],
    amateur: Float[Tensor, " vocab"],
    alpha: float,
    temperature: float,
) -> Float[Tensor, " vocab"]:
    """Log of the contrastive distribution; its tokens are those the expert finds plausible.

    `alpha` is from 0 to 1, at which only the expert's first choice is left; `temperature`, above 0,
    is the amateur's: below 1 it is made surer than it is. Raises MemberError where no token is
    plausible.
    """
    blunder = (amateur / temperature).log_softmax(dim=-1).clamp(min=LEAST)
    plausible = (expert - expert.max()).exp() >= alpha
    if not plausible.any():
        raise MemberError("contrast-left-nothing", alpha=f"{alpha:g}")
    return (expert - blunder).masked_fill(~plausible, -torch.inf).log_softmax(dim=-1)


def proxy_tuned(
    base: Float[Tensor, " vocab"],
    expert: Float[Tensor, " vocab"],
    anti: Float[Tensor, " vocab"],
    strength: float,
) -> Float[Tensor, " vocab"]:
    """Log of the base's distribution, moved by `strength` times what sets expert and anti apart.

    What is impossible to the base stays so.
    """
    apart = expert.clamp(min=LEAST) - anti.clamp(min=LEAST)
    return (base + strength * apart).log_softmax(dim=-1)


def contrasted_without(wanted: Float[Tensor, "member vocab"]) -> tuple[int | None, int]:
    """The first choice without the expert, of which there is none, and without the amateur.

    The latter is the expert's own, for that is plausible under every α.
    """
    return None, int(wanted[0].argmax())


def proxy_tuned_without(
    wanted: Float[Tensor, "member vocab"], strength: float
) -> tuple[int | None, int | None, int | None]:
    """The first choice without the base, without the expert and without the anti-expert.

    Without the base nothing is impossible. None where only level scores would be left: without the
    base under a strength of 0, or where expert and anti-expert are alike.
    """
    base, expert, anti = wanted[0], *wanted[1:].clamp(min=LEAST)
    apart = strength * (expert - anti)
    moved = int(apart.argmax()) if bool((apart > apart.min()).any()) else None
    untuned, unbound = base - strength * anti, base + strength * expert
    return moved, int(untuned.argmax()), int(unbound.argmax())
