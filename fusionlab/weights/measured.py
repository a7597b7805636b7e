"""Models weighed by what they do with data, which the caller has measured.

Where Fisher or RegMean have measured nothing of an element, its weighted mean is taken.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from fusionlab.weights.deltas import task_arithmetic
from fusionlab.weights.pieces import Models, Rows, column, elementwise, shares, work_dtype


def fisher(
    models: Models, *, weight: Sequence[float], statistics: Sequence[Float[Tensor, "*shape"]]
) -> Float[Tensor, "*shape"]:
    """Average every element by how much each model's predictions depend on it.

    Σ wₖ Fₖ θₖ / Σ wₖ Fₖ, with `statistics` the diagonal Fisher information Fₖ = E[(∂ log p)²] ≥ 0,
    labels drawn from the model. Matena & Raffel 2022, https://arxiv.org/abs/2111.09832.
    """
    even, count = shares(weight), len(models)

    def mean(rows: Rows) -> Float[Tensor, " element"]:
        thetas, information = rows[:count], rows[count:].mul_(column(even, rows))
        known = information.sum(dim=0)
        factors = torch.where(known == 0, column(even, rows), information / known)
        return thetas.mul_(factors).sum(dim=0)

    return elementwise([*models, *statistics], mean)


def regmean(
    models: Sequence[Float[Tensor, "*stack out in"]],
    *,
    weight: Sequence[float],
    off_diagonal: float,
    statistics: Sequence[Float[Tensor, "*stack in in"]],
) -> Float[Tensor, "*stack out in"]:
    """Find the linear layer whose outputs are nearest to every model's on that model's inputs.

    W = (Σ wₖ Wₖ Gₖ)(Σ wₖ Gₖ)⁻¹ in PyTorch's layout, with `statistics` the Gram matrices G = XᵀX of
    the layer's inputs, whose elements off the diagonal are multiplied by `off_diagonal`. For the
    weights of linear layers; the caller averages all else. In float64.
    Jin et al. 2023, https://arxiv.org/abs/2212.09849.
    """
    dtype = work_dtype(models)
    even = shares(weight)
    whole = torch.zeros(statistics[0].shape, dtype=torch.float64)
    pulled = torch.zeros(models[0].shape, dtype=torch.float64)
    own = [g.double().diagonal(dim1=-2, dim2=-1) * w for g, w in zip(statistics, even, strict=True)]
    unseen = torch.stack(own).sum(dim=0) == 0
    for model, inner, seen, share in zip(models, statistics, own, even, strict=True):
        products = inner.double().mul(share * off_diagonal)
        # An input that no model has seen stands alone in its row: with the shares there, the mean.
        products.diagonal(dim1=-2, dim2=-1).copy_(torch.where(unseen, share, seen))
        whole += products
        pulled += model.double() @ products
    if not (whole.isfinite().all() and pulled.isfinite().all()):
        return torch.full(models[0].shape, torch.nan, dtype=dtype)
    solved: Tensor = torch.linalg.solve(whole, pulled.mT)
    return solved.mT.to(dtype)


def adamerging(
    models: Models,
    base: Float[Tensor, "*shape"],
    *,
    weight: Sequence[float],
    lambda_: float,
    statistics: Sequence[Float[Tensor, ""]],
) -> Float[Tensor, "*shape"]:
    """Add task vectors in amounts that make the merged model sure of what it says of a text.

    θ₀ + Σ (λ wₖ + sₖ) δₖ, with `statistics` the sₖ that were learned by lowering entropy of its
    predictions; task arithmetic where they are zero. Yang et al. 2024,
    https://arxiv.org/abs/2310.02575.
    """
    amounts = [lambda_ * w + float(s) for w, s in zip(weight, statistics, strict=True)]
    return task_arithmetic(models, base, weight=amounts, normalize=False, lambda_=1.0)
