"""GShard's layer as its paper computes it, one einsum after another, with all numbers in between.

A few tokens, a few experts and narrow vectors, so that each tensor can be drawn whole. The axes:
S tokens, E experts, C places in each expert's buffer, M width, H hidden units of an expert.
"""

from typing import Any

import torch
from jaxtyping import Int
from torch import Tensor

from fusionlab.experts.gating import Routed, Router, Setting, gshard, gshard_capacity
from fusionlab.experts.layer import Experts, einsum_layer
from fusionlab.registry import Drawn

TOKENS, EXPERTS, WIDTH, HIDDEN = 8, 4, 4, 6
"""S, at most; E, M and H."""
FACTOR = 1.0
"""Times an even share: C is at least 4 all the same."""
SHARPNESS = 1.5
"""Of the router's weights, so that gates are neither even nor certain."""


def walked(ids: Int[Tensor, " byte"], seed: int) -> Drawn:
    """The tensors by name, and the steps from tokens to what the layer adds to each of them.

    A token's vector is drawn from its byte, so that the same byte is always the same vector.
    """
    ids = ids[:TOKENS]
    random = torch.Generator().manual_seed(seed)
    embedding = torch.randn(256, WIDTH, generator=random)
    router = SHARPNESS * torch.randn(WIDTH, EXPERTS, generator=random) / WIDTH**0.5
    experts = Experts(
        torch.randn(EXPERTS, WIDTH, HIDDEN, generator=random) / WIDTH**0.5,
        torch.randn(EXPERTS, HIDDEN, WIDTH, generator=random) / HIDDEN**0.5,
    )
    x = embedding[ids]
    scores = torch.einsum("sm,me->se", x, router)
    routed = gshard(Router(scores, random=random), Setting(factor=FACTOR))
    room = gshard_capacity(len(ids), EXPERTS, FACTOR)
    tensors = {"x": x, "router": router, "gates": scores.softmax(-1)}
    tensors |= products(x, routed, experts, room)
    steps = [_step("gates", "sm,me->se", "x", "router", "gates"), _mask()]
    steps += [
        _step(step.name, step.equation, *OPERANDS[step.name])
        for step in einsum_layer(x, routed, experts, room)[1]
    ]
    return {
        "sizes": {"s": len(ids), "e": EXPERTS, "c": room, "m": WIDTH, "h": HIDDEN},
        "tensors": {name: _tensor(AXES[name], value) for name, value in tensors.items()},
        "steps": steps,
        "places": _places(routed),
        "full": routed.full.tolist(),
    }


OPERANDS = {
    "dispatch": ("mask", "x", "sent"),
    "up": ("sent", "up", "hidden"),
    "down": ("hidden", "down", "made"),
    "combine": ("made", "weights", "out"),
}
"""By step of the layer: the names of what is multiplied, and of what it makes."""
AXES = {
    "x": "sm",
    "router": "me",
    "gates": "se",
    "weights": "sec",
    "mask": "sec",
    "sent": "ecm",
    "up": "emh",
    "hidden": "ech",
    "down": "ehm",
    "made": "ecm",
    "out": "sm",
}


def products(x: Tensor, routed: Routed, experts: Experts, room: int) -> dict[str, Tensor]:
    """Every tensor of the layer by name; `hidden` is after its ReLU."""
    weights = x.new_zeros(routed.tokens, routed.experts, room)
    weights[routed.token, routed.expert, routed.position] = routed.weight
    mask = (weights != 0).to(x.dtype)
    _, steps = einsum_layer(x, routed, experts, room)
    equation = {step.name: step.equation for step in steps}
    sent = torch.einsum(equation["dispatch"], mask, x)
    hidden = torch.einsum(equation["up"], sent, experts.up).relu()
    made = torch.einsum(equation["down"], hidden, experts.down)
    out = torch.einsum(equation["combine"], made, weights)
    return {
        "weights": weights,
        "mask": mask,
        "sent": sent,
        "up": experts.up,
        "hidden": hidden,
        "down": experts.down,
        "made": made,
        "out": out,
    }


def _step(name: str, equation: str, left: str, right: str, made: str) -> Drawn:
    return {"name": name, "equation": equation, "left": left, "right": right, "made": made}


def _mask() -> Drawn:
    """The step that is no product: two experts a token are chosen, and queue."""
    return {"name": "mask", "equation": "", "left": "gates", "right": "weights", "made": "mask"}


def _places(routed: Routed) -> list[list[float]]:
    """A row for each pair: token, expert, place in its buffer, weight."""
    pairs = (routed.token, routed.expert, routed.position)
    rows = torch.stack(pairs, 1).tolist()
    return [
        [*row, round(weight, 3)] for row, weight in zip(rows, routed.weight.tolist(), strict=True)
    ]


def _tensor(axes: str, value: Tensor) -> dict[str, Any]:
    """The axes' letters, how long each is, and all values with three decimals, the last axis first
    to move.
    """
    values = (value.double() * 1000).round().div(1000) + 0.0
    return {"axes": axes, "shape": list(value.shape), "values": values.flatten().tolist()}
