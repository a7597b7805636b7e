"""What is kept of a task vector δ = θ − θ₀ before it is added: the largest, the middle, or by lot.

Every function here owns the task vector that it is given, and may leave anything in it.

What is dropped would be noise, or a big step in one model's own direction. What is kept can be
scaled up, so that the sum does not shrink:

    l1       by Σ|δ| / Σ|kept|, mergekit's way: the norm stays as it was, whatever was dropped
    density  by 1/p with p the probability of being kept, the papers' way: the mean stays
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from jaxtyping import Bool, Float, Shaped
from torch import Tensor

from fusionlab.errors import RecipeError
from fusionlab.weights.pieces import PIECE, elementwise, pieces, total
from fusionlab.weights.span import as_rows

Rescale = Literal["none", "l1", "density"]
NO_NORM = 1e-7
"""A sum of magnitudes below which l1 scales nothing, as in mergekit."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What every element of a task vector is multiplied with: its factor, and the scale of all."""

    factor: Shaped[Tensor, "*shape"] | None = None
    """Zero where the element is dropped; None where none is."""
    scale: float = 1.0


ALL = Kept()


def largest(delta: Float[Tensor, "*shape"], density: float, rescale: Rescale) -> Kept:
    """Keeps the share `density` of the elements, those of the greatest magnitude.

    At least one is kept; of equal ones the first are, where mergekit leaves it to its sort.
    """
    if density >= 1:
        return ALL
    count = max(1, int(density * delta.numel())) if density > 0 else 0
    return _rescaled(delta, first(delta.abs_().neg_(), count), density, rescale)


def middle(delta: Float[Tensor, "*shape"], density: float, gamma: float, rescale: Rescale) -> Kept:
    """Keeps the share `density` below the top `gamma`: both outliers and the smallest are dropped.

    Where density + gamma > 1 there is nothing small left to drop, and fewer outliers are.
    """
    if density >= 1:
        return ALL
    size = delta.numel()
    count = int(density * size)
    bottom = max(0, size - count - int(gamma * size))
    delta.abs_()
    kept = first(delta, bottom + count).logical_and_(first(delta, bottom).logical_not_())
    return _rescaled(delta, kept, density, rescale)


def drawn(
    delta: Float[Tensor, "*shape"], density: float, rescale: Rescale, generator: torch.Generator
) -> Kept:
    """Keeps every element with the probability `density`."""
    if density >= 1:
        return ALL
    kept = torch.empty(delta.numel(), dtype=torch.bool)
    for piece in pieces(delta.numel()):
        kept[piece] = torch.rand(piece.stop - piece.start, generator=generator) < density
    return _rescaled(delta, kept.reshape(delta.shape), density, rescale)


def drawn_by_rank(
    delta: Float[Tensor, "*shape"],
    density: float,
    epsilon: float,
    rescale: Rescale,
    generator: torch.Generator,
) -> Kept:
    """Keeps an element with a probability that grows with its magnitude's rank in its row.

    From density − epsilon for the smallest to density + epsilon for the largest. A row is all along
    the last axis, for stacked matrices too, where mergekit ranks along the second. An element that
    is alone in its row is kept with the probability `density`.
    """
    if density >= 1:
        return ALL
    if density > 0 and not epsilon < density < 1 - epsilon:
        raise RecipeError("merge-epsilon", density=density, epsilon=epsilon)
    rows = as_rows(delta, "row")
    weighted = rescale == "density"
    factor = torch.empty(rows.shape, dtype=delta.dtype if weighted else torch.bool)
    for some in _rows_of(rows):
        odds = _odds(rows[some], density, epsilon)
        kept = torch.rand(odds.shape, generator=generator, dtype=odds.dtype) < odds
        factor[some] = kept / odds if weighted and density > 0 else kept
    factor = factor.reshape(delta.shape)
    return Kept(factor) if weighted else _rescaled(delta, factor, density, rescale)


def first(keys: Float[Tensor, "*shape"], count: int) -> Bool[Tensor, "*shape"]:
    """Where the `count` least keys stand; of equal ones the first are taken."""
    if min(count, keys.numel()) <= 0:
        return torch.zeros(keys.shape, dtype=torch.bool)
    flat = keys.reshape(-1)
    last = float(np.partition(flat.numpy(), count - 1)[count - 1])
    found = flat < last
    room = count - int(found.count_nonzero())
    for piece in pieces(flat.numel()):
        equal = flat[piece] == last
        found[piece] |= equal & (equal.cumsum(dim=0) <= room)
        room -= int(equal.count_nonzero())
        if room <= 0:
            break
    return found.reshape(keys.shape)


def _odds(
    delta: Float[Tensor, "row column"], density: float, epsilon: float
) -> Float[Tensor, "row column"]:
    """Of each element to be kept: linear in its rank by magnitude, from 0 to 1, of its row."""
    if density <= 0 or delta.shape[1] < 2:
        return torch.full_like(delta, max(0.0, density))
    ranks = delta.abs().argsort(dim=1, stable=True).argsort(dim=1)
    return (density - epsilon) + ranks.to(delta.dtype) / (delta.shape[1] - 1) * 2 * epsilon


def _rows_of(rows: Float[Tensor, "row column"]) -> Iterator[slice]:
    height = max(1, PIECE // max(1, rows.shape[1]))
    return (slice(top, top + height) for top in range(0, len(rows), height))


def _rescaled(
    delta: Float[Tensor, "*shape"], kept: Bool[Tensor, "*shape"], density: float, rescale: Rescale
) -> Kept:
    match rescale:
        case "none":
            return Kept(kept)
        case "density":
            return Kept(kept, 1 / density if density > 0 else 1.0)
        case "l1":
            norms = total(
                [delta, kept], lambda rows: torch.stack([rows[0], rows[0] * rows[1]]).abs().sum(1)
            )
            before, after = norms.tolist()
            return Kept(kept, 1.0 if min(before, after) < NO_NORM else before / after)


def difference(
    model: Float[Tensor, "*shape"], base: Float[Tensor, "*shape"]
) -> Float[Tensor, "*shape"]:
    """The task vector θ − θ₀."""
    return elementwise([model, base], lambda rows: rows[0] - rows[1])
