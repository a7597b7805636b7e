"""A layer of experts on several processes: tokens travel to their experts, and results come back.

Each process has some of the tokens and some of the experts. One exchange says how many vectors
come, the next one brings them, the last one takes the results back
(`torch.distributed.all_to_all_single`, parts of unequal size; https://arxiv.org/abs/2006.16668).
"""

from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor, distributed
from torch.autograd.function import FunctionCtx

from fusionlab.experts.gating import Routed, none_full
from fusionlab.experts.layer import Experts, sorted_layer


def spread(
    tokens: Float[Tensor, "token hidden"],
    routed: Routed,
    experts: Experts,
    device_of: Int[Tensor, " expert"],
) -> tuple[Float[Tensor, "token hidden"], list[int]]:
    """The output for this process's tokens, and how many vectors went to each process.

    `experts` are those of this process, in the order of their numbers in the layer. All processes
    of the group have to call it. Gradients travel back the same ways.
    """
    place = device_of[routed.expert]
    order = place.argsort(stable=True)
    token, expert, weight = routed.token[order], routed.expert[order], routed.weight[order]
    going = place.bincount(minlength=distributed.get_world_size())
    coming = torch.empty_like(going)
    distributed.all_to_all_single(coming, going)
    parts = going.tolist(), coming.tolist()
    own = (device_of == distributed.get_rank()).cumsum(0) - 1  # the number among this process's
    came = own[_exchange(expert, *parts)]
    rows = _moved(tokens[token], *parts)
    each = Routed(
        torch.arange(len(rows)),
        came,
        rows.new_ones(len(rows)),
        none_full(),
        len(rows),
        len(experts.up),
    )
    computed = sorted_layer(rows, each, experts)
    returned = _moved(computed, parts[1], parts[0])
    return torch.zeros_like(tokens).index_add(0, token, returned * weight[:, None]), parts[0]


class _Exchanged(torch.autograd.Function):
    """Rows that went to other processes, with gradients that go back."""

    @staticmethod
    def forward(ctx: Any, rows: Tensor, going: list[int], coming: list[int]) -> Tensor:
        ctx.parts = coming, going
        return _exchange(rows, going, coming)

    @staticmethod
    def backward(ctx: FunctionCtx, *gradients: Tensor) -> tuple[Tensor, None, None]:
        return _exchange(gradients[0], *ctx.parts), None, None  # type: ignore[attr-defined]


def _moved(rows: Tensor, going: list[int], coming: list[int]) -> Tensor:
    came: Tensor = _Exchanged.apply(rows, going, coming)  # type: ignore[no-untyped-call]
    return came


def _exchange(rows: Tensor, going: list[int], coming: list[int]) -> Tensor:
    received = rows.new_empty(sum(coming), *rows.shape[1:])
    distributed.all_to_all_single(received, rows.contiguous(), coming, going)
    return received
