"""A layer of experts: tokens sorted by expert, one product for each expert's own tokens.

The einsum form of GShard (https://arxiv.org/abs/2006.16668) stands beside it as the reference: a
buffer of C places for each of E experts, S tokens of width M, and H hidden units an expert.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from fusionlab.experts.gating import Routed


@dataclass(frozen=True, slots=True)
class Experts:
    """Experts of two matrices with a ReLU between them."""

    up: Float[Tensor, "expert width hidden"]
    down: Float[Tensor, "expert hidden width"]


@dataclass(frozen=True, slots=True)
class Step:
    """One product of the einsum form: what it makes, its equation, and the shapes it met."""

    name: str
    equation: str
    operands: tuple[tuple[int, ...], ...]
    result: tuple[int, ...]


def sorted_layer(
    x: Float[Tensor, "token width"], routed: Routed, experts: Experts
) -> Float[Tensor, "token width"]:
    """Σ weight · expert(x) over each token's experts; 0 for a token that none reads."""
    order = routed.expert.argsort(stable=True)
    token, sizes = routed.token[order], routed.load.tolist()
    parts = torch.split(x[token], sizes)
    made = [
        (part @ up).relu() @ down
        for part, up, down in zip(parts, experts.up.unbind(), experts.down.unbind(), strict=True)
        if len(part)
    ]
    if not made:
        return torch.zeros_like(x)
    weighted = torch.cat(made) * routed.weight[order, None].to(x.dtype)
    return torch.zeros_like(x).index_add(0, token, weighted)


def einsum_layer(
    x: Float[Tensor, "token width"],
    routed: Routed,
    experts: Experts,
    capacity: int | None = None,
) -> tuple[Float[Tensor, "token width"], list[Step]]:
    """The same by dense products over a one-hot dispatch, and the products one by one.

    `capacity` is C, the places of an expert's buffer; without one, those of the fullest.
    """
    fullest = int(routed.load.max()) if len(routed.token) else 0
    room = max(1, fullest) if capacity is None else capacity
    places = (routed.token, routed.expert, routed.position)
    empty = x.new_zeros(routed.tokens, routed.experts, room)
    combine = empty.index_put(places, routed.weight.to(x.dtype))
    dispatch = empty.index_put(places, x.new_ones(()))
    steps = list[Step]()

    def product(name: str, equation: str, left: Tensor, right: Tensor) -> Tensor:
        made = torch.einsum(equation, left, right)
        shapes = (tuple(left.shape), tuple(right.shape))
        steps.append(Step(name, equation, shapes, tuple(made.shape)))
        return made

    sent = product("dispatch", "sec,sm->ecm", dispatch, x)
    hidden = product("up", "ecm,emh->ech", sent, experts.up).relu()
    made = product("down", "ech,ehm->ecm", hidden, experts.down)
    return product("combine", "ecm,sec->sm", made, combine), steps
