"""Tensors worked on piece by piece: any precision comes in, float32 or float64 goes out.

A piece fits the processor's cache, so a formula may stack all models' elements of it and be written
as it is read; of the whole tensors only the result is held in memory.
"""

from collections.abc import Callable, Iterator, Sequence

import torch
from jaxtyping import Float, Num, Shaped
from torch import Tensor

from fusionlab.errors import RecipeError
from fusionlab.figures import significant

PIECE = 2**16
"""Elements of one piece."""

Models = Sequence[Float[Tensor, "*shape"]]
"""One tensor of every model, all under one name."""
Rows = Float[Tensor, "tensor element"]
"""A piece of several tensors, each in a row."""


def pieces(count: int) -> Iterator[slice]:
    """All of `count` elements in order, at most PIECE at once."""
    return (slice(start, min(start + PIECE, count)) for start in range(0, count, PIECE))


def work_dtype(tensors: Sequence[Shaped[Tensor, "..."]]) -> torch.dtype:
    """What is calculated in: float64 where any tensor is, else float32."""
    return torch.float64 if any(t.dtype == torch.float64 for t in tensors) else torch.float32


def elementwise(
    tensors: Sequence[Shaped[Tensor, "*shape"]],
    formula: Callable[[Rows], Float[Tensor, " element"]],
) -> Float[Tensor, "*shape"]:
    """The tensor whose every element is the formula of all tensors' elements there.

    The formula may change what it is given.
    """
    result = torch.empty(tensors[0].numel(), dtype=work_dtype(tensors))
    for piece, rows in _stacked(tensors):
        result[piece] = formula(rows)
    return result.reshape(tensors[0].shape)


def weighted(
    tensors: Sequence[Shaped[Tensor, "*shape"]], factors: Sequence[float]
) -> Float[Tensor, "*shape"]:
    """The sum of the tensors, each times its factor.

    It is bound by memory, so that no more than one piece of one tensor is copied at a time.
    """
    first, *others = [tensor.reshape(-1) for tensor in tensors]
    result = torch.empty(first.numel(), dtype=work_dtype(tensors))
    product = torch.empty(min(first.numel(), PIECE), dtype=result.dtype)
    for piece in pieces(first.numel()):
        there = _times(first[piece], factors[0], result[piece])
        other = product[: piece.stop - piece.start]
        for tensor, factor in zip(others, factors[1:], strict=True):
            there.add_(_times(tensor[piece], factor, other))
    return result.reshape(tensors[0].shape)


def _times(
    piece: Shaped[Tensor, " element"], factor: float, out: Float[Tensor, " element"]
) -> Float[Tensor, " element"]:
    """The product, calculated as precisely as `out` is, in `out`."""
    if piece.dtype == out.dtype:
        return torch.mul(piece, factor, out=out)
    return out.copy_(piece).mul_(factor)


def total(
    tensors: Sequence[Shaped[Tensor, "*shape"]],
    formula: Callable[[Rows], Num[Tensor, "*sums"]],
) -> Float[Tensor, "*sums"]:
    """The sum over pieces of what the formula sums up of each, in float64."""
    return torch.stack([formula(rows).double() for _, rows in _stacked(tensors)]).sum(dim=0)


def _stacked(tensors: Sequence[Shaped[Tensor, "*shape"]]) -> Iterator[tuple[slice, Rows]]:
    """All pieces, each with a copy of every tensor's elements in it; the copy is used again.

    An empty tensor has one piece too, which is empty, so that its sums have a shape.
    """
    flat = [tensor.reshape(-1) for tensor in tensors]
    size = flat[0].numel()
    copies = torch.empty(len(flat), min(size, PIECE), dtype=work_dtype(tensors))
    for piece in pieces(size) if size else (slice(0, 0),):
        rows = copies[:, : piece.stop - piece.start]
        for row, tensor in zip(rows, flat, strict=True):
            row.copy_(tensor[piece])
        yield piece, rows


def column(values: Sequence[float], like: Rows) -> Float[Tensor, "value 1"]:
    """One value of each tensor, to be multiplied with its row."""
    return torch.tensor(values, dtype=like.dtype)[:, None]


def shares(weights: Sequence[float]) -> list[float]:
    """The weights divided by their sum; raises RecipeError where that is zero."""
    whole = weight_sum(weights)
    return [weight / whole for weight in weights]


def weight_sum(weights: Sequence[float]) -> float:
    """What the weights add up to; raises RecipeError where that is zero."""
    whole = sum(weights)
    if abs(whole) <= NO_SUM * sum(map(abs, weights)):
        raise RecipeError(
            "merge-weights-cancel", weights=[significant(weight, 6) for weight in weights]
        )
    return whole


NO_SUM = 1e-8
"""The share of their magnitudes below which a sum of weights is zero but for rounding."""
