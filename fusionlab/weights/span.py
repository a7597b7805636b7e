"""Vectors that are sums of given ones: lengths and angles of all need inner products only.

A tensor is seen as rows, each a vector of its own: one row of all elements, its rows, or its
columns. Wherever a base is given, the vectors are differences from it.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Literal

import torch
from jaxtyping import Float, Float64
from torch import Tensor

from fusionlab.weights.pieces import PIECE, Models, work_dtype

Along = Literal["flat", "row", "column"]
"""What of a tensor is one vector: all of it, every row θ[…, :], or every column θ[:, …]."""
Block = tuple[slice, slice]


def as_rows(tensor: Float[Tensor, "..."], along: Along) -> Float[Tensor, "row column"]:
    """The same elements, with every vector in one row."""
    shape, count = tensor.shape, tensor.numel()
    if along == "flat" or tensor.ndim < 2:
        return tensor.reshape(1, count)
    if along == "row":
        return tensor.reshape(math.prod(shape[:-1]), shape[-1])
    return tensor.reshape(shape[0], math.prod(shape[1:])).T


def gram(
    models: Models, base: Float[Tensor, "*shape"] | None, along: Along = "flat"
) -> Float64[Tensor, "row model model"]:
    """The inner product of every two vectors, ⟨δᵢ, δⱼ⟩, in each row."""
    rows = [as_rows(model, along) for model in models]
    origin = None if base is None else as_rows(base, along)
    products = torch.zeros(len(rows[0]), len(rows), len(rows), dtype=torch.float64)
    for block in _blocks(*rows[0].shape):
        vectors = _stacked(rows, origin, block, torch.float64)
        products[block[0]] += torch.einsum("irc,jrc->rij", vectors, vectors)
    return products


def spanned(
    models: Models,
    base: Float[Tensor, "*shape"] | None,
    coefficients: Float64[Tensor, "row model"],
    along: Along = "flat",
) -> Float[Tensor, "*shape"]:
    """The sum Σ cₖ δₖ of the vectors in each row, added to the base where there is one."""
    dtype = work_dtype(models)
    rows = [as_rows(model, along) for model in models]
    origin = None if base is None else as_rows(base, along)
    factors = coefficients.to(dtype).T[:, :, None]
    result = torch.empty(rows[0].shape, dtype=dtype)
    for block in _blocks(*rows[0].shape):
        mixed = (_stacked(rows, origin, block, dtype).mul_(factors[:, block[0]])).sum(dim=0)
        result[block] = mixed if origin is None else mixed.add_(origin[block])
    return (result.T if along == "column" and models[0].ndim > 1 else result).reshape(
        models[0].shape
    )


def _stacked(
    rows: Sequence[Float[Tensor, "row column"]],
    origin: Float[Tensor, "row column"] | None,
    block: Block,
    dtype: torch.dtype,
) -> Float[Tensor, "model _row _column"]:
    stack = torch.stack([row[block].to(dtype) for row in rows])
    return stack if origin is None else stack.sub_(origin[block])


def _blocks(rows: int, columns: int) -> Iterator[Block]:
    """Whole rows, as many as make up a piece; a row that is longer than that in pieces."""
    height, width = max(1, PIECE // max(1, columns)), max(1, min(columns, PIECE))
    for top in range(0, rows, height):
        for left in range(0, columns, width):
            yield slice(top, top + height), slice(left, left + width)
