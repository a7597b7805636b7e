"""Merging by singular values: what every task vector changes as a matrix, δₖ = Uₖ Σₖ Vₖᵀ.

A tensor of two axes is one matrix; of three, a stack of them, such as packed experts, each for
itself; of more, such as a convolution, the matrix of its first axis by all others. Other tensors
have no spectrum: the mean of their task vectors is added. Where a matrix has a NaN or an infinity,
all of it becomes NaN, since every singular value is made of every element.
"""

import math
from collections.abc import Callable, Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from fusionlab.weights.pieces import Models, Rows, column, elementwise, work_dtype

Matrix = Float[Tensor, "row column"]


def tsv_m(
    models: Models, base: Float[Tensor, "*shape"], *, weight: Sequence[float], lambda_: float
) -> Float[Tensor, "*shape"]:
    """Keep each task's first singular vectors, and turn those of all tasks orthogonal.

    Of K models the first 1/K of the triples of each wₖδₖ (at least one) are put side by side as U,
    Σ, V; U and V are replaced by the nearest orthogonal matrices, P Qᵀ of their own P D Qᵀ. Triples
    that are nothing but rounding are left out, as of an adapter of a low rank: their directions are
    drawn by lot, and would turn all others.
    θ₀ + λ U Σ Vᵀ. Gargiulo et al. 2025, task singular vectors, https://arxiv.org/abs/2412.00081.
    """

    def merged(deltas: Callable[[int], Matrix], noise: float) -> Matrix:
        parts = [_first_triples(deltas(n), len(models), noise) for n in range(len(models))]
        left, values, right = (torch.cat(part, dim=-1) for part in zip(*parts, strict=True))
        return (_orthogonal(left) * values) @ _orthogonal(right).T

    return _by_matrix(models, base, weight, lambda_, merged)


def iso_c(
    models: Models, base: Float[Tensor, "*shape"], *, weight: Sequence[float], lambda_: float
) -> Float[Tensor, "*shape"]:
    """Add the task vectors, and make all singular values of the sum equal to their mean.

    θ₀ + λ σ̄ U Vᵀ with U Σ Vᵀ = Σ wₖ δₖ: no direction counts more because several models share it.
    Marczak et al. 2025, isotropic merging, https://arxiv.org/abs/2502.04959.
    """

    def merged(deltas: Callable[[int], Matrix], _noise: float) -> Matrix:
        summed = deltas(0)
        for n in range(1, len(models)):
            summed = summed.add_(deltas(n))
        u, s, vh = torch.linalg.svd(summed, full_matrices=False)
        isotropic: Matrix = (u * s.mean()) @ vh
        return isotropic

    return _by_matrix(models, base, weight, lambda_, merged)


def _first_triples(
    delta: Matrix, models: int, noise: float
) -> tuple[Float[Tensor, "row kept"], Float[Tensor, " kept"], Float[Tensor, "column kept"]]:
    u, s, vh = torch.linalg.svd(delta, full_matrices=False)
    sides = sum(math.sqrt(side) for side in delta.shape)
    rounding = noise + torch.finfo(s.dtype).eps * sides * float(s.max())
    count = min(max(1, len(s) // models), int((s > rounding).sum()))
    return u[:, :count].clone(), s[:count].clone(), vh[:count].T.clone()


def _orthogonal(vectors: Matrix) -> Matrix:
    u, _, vh = torch.linalg.svd(vectors, full_matrices=False)
    nearest: Matrix = u @ vh
    return nearest


def _by_matrix(
    models: Models,
    base: Float[Tensor, "*shape"],
    weight: Sequence[float],
    lambda_: float,
    merged: Callable[[Callable[[int], Matrix], float], Matrix],
) -> Float[Tensor, "*shape"]:
    """The base and λ times what becomes of the weighted task vectors, matrix by matrix."""
    if base.ndim < 2 or not base.numel():
        return _mean(models, base, weight, lambda_)
    dtype = work_dtype([base, *models])
    origins, stacks = _matrices(base), [_matrices(model) for model in models]
    result = torch.empty(origins.shape, dtype=dtype)
    for place, origin in enumerate(origins):
        ground = origin.to(dtype)

        def delta(n: int, place: int = place, ground: Matrix = ground) -> Matrix:
            return stacks[n][place].to(dtype).sub(ground).mul_(weight[n])

        finite = all(delta(n).isfinite().all() for n in range(len(models)))
        made = merged(delta, _noise(ground)).mul_(lambda_).add_(ground) if finite else math.nan
        result[place] = made
    return result.reshape(base.shape)


def _noise(ground: Matrix) -> float:
    """About the largest singular value of what rounding adds to numbers of this size."""
    sides = sum(math.sqrt(side) for side in ground.shape)
    return torch.finfo(ground.dtype).eps * float(ground.square().mean().sqrt()) * sides


def _matrices(tensor: Float[Tensor, "..."]) -> Float[Tensor, "matrix row column"]:
    if tensor.ndim == 3:
        return tensor
    return tensor.reshape(1, tensor.shape[0], math.prod(tensor.shape[1:]))


def _mean(
    models: Models, base: Float[Tensor, "*shape"], weight: Sequence[float], lambda_: float
) -> Float[Tensor, "*shape"]:
    def added(rows: Rows) -> Float[Tensor, " element"]:
        deltas = rows[1:].sub_(rows[0]).mul_(column(weight, rows))
        return deltas.mean(dim=0).mul_(lambda_).add_(rows[0])

    return elementwise([base, *models], added)
