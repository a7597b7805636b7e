"""A layer of experts: tokens sorted by expert, one product for each expert's own tokens.

The einsum form of GShard (https://arxiv.org/abs/2006.16668) stands beside it as the reference: a
buffer of C places for each of E experts, S tokens of width M, and H hidden units an expert.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable

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
    """Σ weight · expert(x) over each token's experts; 0 for a token that none reads.

    Can be differentiated once, in all that it is made of. Then the hidden units are kept, and
    nothing else as large as these; the gradients of weights are written where they stay.
    """
    order = routed.expert.argsort(stable=True)
    token, sizes = routed.token[order], tuple(routed.load.tolist())
    weight = routed.weight[order].to(x.dtype)
    made: Tensor = _Sorted.apply(x, weight, experts.up, experts.down, token, sizes)  # type: ignore[no-untyped-call]
    return made


class _Sorted(Function):
    """The layer over pairs sorted by expert, of which each reads `sizes` in turn."""

    @staticmethod
    def forward(
        ctx: Any,
        x: Float[Tensor, "token width"],
        weight: Float[Tensor, " pair"],
        up: Float[Tensor, "expert width hidden"],
        down: Float[Tensor, "expert hidden width"],
        token: Int[Tensor, " pair"],
        sizes: tuple[int, ...],
    ) -> Float[Tensor, "token width"]:
        hidden = x.new_empty(len(token), up.shape[-1])
        total = torch.zeros_like(x)
        for expert, rows in _groups(sizes):
            mine, inner = token[rows], hidden[rows]
            torch.mm(x.index_select(0, mine), up[expert], out=inner).relu_()
            total.index_add_(0, mine, (inner @ down[expert]).mul_(weight[rows, None]))
        ctx.save_for_backward(x, weight, up, down, token, hidden)
        ctx.sizes = sizes
        return total

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Float[Tensor, "token width"]) -> tuple[Tensor | None, ...]:
        """With h the hidden units and g the gradient of a pair's token, the gradient of its weight
        is (h · down) g = h (g · downᵀ): so the experts' outputs are not needed again."""
        x, weight, up, down, token, hidden = ctx.saved_tensors
        to_x, to_weight, to_up, to_down, *_ = ctx.needs_input_grad
        of_x = torch.zeros_like(x) if to_x else None
        of_weight = torch.empty_like(weight) if to_weight else None
        of_up = _gradients(up, ctx.sizes) if to_up else None
        of_down = _gradients(down, ctx.sizes) if to_down else None
        for expert, rows in _groups(ctx.sizes):
            mine, inner, scale = token[rows], hidden[rows], weight[rows, None]
            outer = grad.index_select(0, mine)
            back = outer @ down[expert].T
            if of_weight is not None:
                torch.linalg.vecdot(back, inner, out=of_weight[rows])
            outer.mul_(scale)
            if of_down is not None:
                torch.mm(inner.T, outer, out=of_down[expert])
            back = torch.ops.aten.threshold_backward(back.mul_(scale), inner, 0)  # of the ReLU
            if of_up is not None:
                torch.mm(x.index_select(0, mine).T, back, out=of_up[expert])
            if of_x is not None:
                of_x.index_add_(0, mine, back @ up[expert].T)
        return of_x, of_weight, of_up, of_down, None, None


def _groups(sizes: Sequence[int]) -> Iterator[tuple[int, slice]]:
    """Each expert that reads a token, and its rows."""
    start = 0
    for expert, size in enumerate(sizes):
        if size:
            yield expert, slice(start, start + size)
        start += size


def _gradients(weights: Tensor, sizes: Sequence[int]) -> Tensor:
    """Room for the gradients of these, which is empty only where it will be written."""
    room = torch.empty_like(weights)
    for expert, size in enumerate(sizes):
        if not size:
            room[expert].zero_()
    return room


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
    shape = (routed.tokens, routed.experts, room)
    combine = x.new_zeros(shape).index_put_(places, routed.weight.to(x.dtype))
    dispatch = x.new_zeros(shape).index_put_(places, x.new_ones(()))
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
