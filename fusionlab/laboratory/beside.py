"""What nine gates make of one router's logits for the same tokens: who reads what, and how evenly.

Every gate is that of `fusionlab.experts.gating`. Noise and lots are drawn from one seed. The noise
weights of noisy top-k are at their start, 0, where its noise has a deviation of softplus(0) = 0.69;
the bias of the balanced gate is moved on other text first, as training would have moved it.
"""

from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from fusionlab.experts import load
from fusionlab.experts.gating import (
    COEFFICIENTS,
    GATES,
    Routed,
    Router,
    Setting,
    bias_balanced,
    gshard_capacity,
    next_bias,
    switch_capacity,
    z_loss,
)
from fusionlab.registry import Drawn

FITTED, FIT_RATE = 200, 0.01
"""Steps in which the bias is moved, and how far in each."""
SHARED = "fine-grained"
"""The gate beside whose experts some are shared."""
UNROUTED = "random-routed"
"""The gate that reads no logits."""


def side_by_side(
    scores: Float[Tensor, "token expert"],
    other: Float[Tensor, "other expert"],
    ids: Int[Tensor, " token"],
    setting: Setting,
) -> Drawn:
    """All gates on these logits; the bias is fitted on the logits for `other` text.

    Raises RecipeError for a k or a capacity that no gate can have.
    """
    bias = _fitted(other, setting)
    spread = torch.zeros_like(scores)
    probs = scores.softmax(-1).mean(0)
    gates = list[Drawn]()
    for name, gate in GATES.items():
        random = torch.Generator().manual_seed(setting.seed)
        router = Router(scores, spread, bias, ids, random=random)
        gates.append(_told(name, gate(router, setting), setting, probs))
    z = z_loss(scores).item()
    return {"gates": gates, "z": z, "z_weighted": COEFFICIENTS["z"] * z}


def _fitted(other: Float[Tensor, "other expert"], setting: Setting) -> Float[Tensor, " expert"]:
    """The bias after it was moved by these tokens, again and again."""
    bias = torch.zeros(other.shape[1])
    for _ in range(FITTED):
        bias = next_bias(bias, bias_balanced(Router(other, bias=bias), setting).load, FIT_RATE)
    return bias


def _told(name: str, routed: Routed, setting: Setting, probs: Float[Tensor, " expert"]) -> Drawn:
    shared = setting.shared if name == SHARED else 0
    counts = routed.load.tolist()[shared:]
    pairs = zip(routed.token.tolist(), routed.expert.tolist(), routed.weight.tolist(), strict=True)
    return {
        "gate": name,
        "shared": shared,
        "room": _room(name, routed.tokens, routed.experts, setting),
        "pairs": [[token, expert, _short(weight)] for token, expert, weight in pairs],
        "full": routed.full.tolist(),
        "counts": routed.load.tolist(),
        "unread": routed.tokens - len(set(routed.token.tolist())),
        "entropy": load.entropy(counts),
        "cv": load.variation(counts),
        "peak": load.peak(counts),
        "balance": None if name == UNROUTED else load.balance(counts, probs.tolist()),
        "losses": {key: _loss(key, value) for key, value in routed.losses.items()},
    }


def _loss(key: str, value: Tensor) -> dict[str, Any]:
    """The loss, and what the papers add of it to the model's."""
    return {"value": value.item(), "weighted": COEFFICIENTS[key] * value.item()}


def _room(name: str, tokens: int, experts: int, setting: Setting) -> int | None:
    """How many tokens an expert can take; None where it takes all that come."""
    match name:
        case "gshard" | "glam":
            return gshard_capacity(tokens, experts, setting.factor)
        case "switch":
            return switch_capacity(tokens, experts, setting.factor)
        case "expert-choice":
            return min(tokens, switch_capacity(tokens, experts, setting.factor))
    return None


def _short(value: float) -> float:
    return round(value, 3)
