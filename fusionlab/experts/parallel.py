"""A layer of experts on several processes: tokens travel to their experts, and results come back.

Each process has some of the tokens and some of the experts. One exchange says how many vectors
come, the next one brings them, the last one takes the results back
(`torch.distributed.all_to_all_single`, parts of unequal size; https://arxiv.org/abs/2006.16668).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor, distributed
from torch.autograd.function import FunctionCtx


@dataclass(frozen=True, slots=True)
class Experts:
    """Some of a layer's experts, each relu(x · up) · down, and their numbers in the layer."""

    numbers: tuple[int, ...]
    up: Float[Tensor, "own hidden inner"]
    down: Float[Tensor, "own inner hidden"]

    def of(
        self, rows: Float[Tensor, "row hidden"], expert: Int[Tensor, " row"]
    ) -> Float[Tensor, "row hidden"]:
        """What each row's expert makes of it; every row's expert has to be one of these."""
        result = torch.zeros_like(rows)
        for own, number in enumerate(self.numbers):
            here = (expert == number).nonzero()[:, 0]
            computed = (rows[here] @ self.up[own]).relu() @ self.down[own]
            result = result.index_add(0, here, computed)
        return result

    def some(self, numbers: Sequence[int]) -> "Experts":
        """Those of these numbers."""
        at = [self.numbers.index(number) for number in numbers]
        return Experts(tuple(numbers), self.up[at], self.down[at])


def alone(
    tokens: Float[Tensor, "token hidden"],
    chosen: Int[Tensor, "token k"],
    weights: Float[Tensor, "token k"],
    experts: Experts,
) -> Float[Tensor, "token hidden"]:
    """The layer's output where one process has all experts; -1 among the chosen is none."""
    at, choice = (chosen >= 0).nonzero(as_tuple=True)
    computed = experts.of(tokens[at], chosen[at, choice])
    return torch.zeros_like(tokens).index_add(0, at, computed * weights[at, choice, None])


def spread(
    tokens: Float[Tensor, "token hidden"],
    chosen: Int[Tensor, "token k"],
    weights: Float[Tensor, "token k"],
    experts: Experts,
    device_of: Int[Tensor, " expert"],
) -> tuple[Float[Tensor, "token hidden"], list[int]]:
    """The output for this process's tokens, and how many vectors went to each process.

    All processes of the group have to call it. Gradients travel back the same ways.
    """
    at, choice = (chosen >= 0).nonzero(as_tuple=True)
    expert = chosen[at, choice]
    order = device_of[expert].argsort(stable=True)
    at, choice, expert = at[order], choice[order], expert[order]
    going = torch.bincount(device_of[expert], minlength=distributed.get_world_size())
    coming = torch.empty_like(going)
    distributed.all_to_all_single(coming, going)
    parts = going.tolist(), coming.tolist()
    computed = experts.of(_moved(tokens[at], *parts), _exchange(expert, *parts))
    returned = _moved(computed, parts[1], parts[0])
    result = torch.zeros_like(tokens).index_add(0, at, returned * weights[at, choice, None])
    return result, parts[0]


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
