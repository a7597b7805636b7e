"""Rules that look at all task vectors, δₖ = θₖ − θ₀, to decide what of each is taken."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from numpy.typing import NDArray
from torch import Tensor

from fusionlab.weights.deltas import elected
from fusionlab.weights.pieces import PIECE, Models, Rows, column, elementwise, total, work_dtype
from fusionlab.weights.span import Along, as_rows, gram, spanned
from fusionlab.weights.sparse import first

NO_ENERGY = 1e-6
"""Below it, as in mergekit, task vectors have no weights of their own: sce's mean squares, the
share of models agreeing in it, and model_stock's product of two lengths."""


def sce(
    models: Models, base: Float[Tensor, "*shape"], *, select_topk: float
) -> Float[Tensor, "*shape"]:
    """Select where the models vary most, weigh each by its energy there, elect signs, average.

    S: the share `select_topk` of the positions with variance, those of the greatest variance over
    the models. C: wₖ = mean(δₖ²) of the selected tensor, over the sum of all; equal weights where
    that sum is below 1e-6. E: only signs of Σ δₖ. θ₀ + Σ wₖ mₖ δₖ / Σ wₖ mₖ.
    Wan et al. 2024, FuseChat, https://arxiv.org/abs/2408.07990.
    """
    masks = [_most_varied(models, base, select_topk)] if select_topk < 1 else []

    def selected(rows: Rows) -> Float[Tensor, "model element"]:
        deltas = rows[1 : len(models) + 1].sub_(rows[0])
        return deltas.mul_(rows[-1]) if masks else deltas

    energy = total([base, *models, *masks], lambda rows: selected(rows).double().square().sum(1))
    energy /= max(1, base.numel())
    even = torch.full_like(energy, 1 / len(models))
    weights = torch.where(energy.sum() < NO_ENERGY, even, energy / energy.sum()).tolist()

    def merged(rows: Rows) -> Float[Tensor, " element"]:
        origin, deltas = rows[0], selected(rows)
        heard = elected(deltas) * column(weights, rows)
        mixed = deltas.mul_(heard).sum(dim=0)
        return mixed.div_(heard.sum(dim=0).clamp_(min=NO_ENERGY)).add_(origin)

    return elementwise([base, *models, *masks], merged)


def _most_varied(
    models: Models, base: Float[Tensor, "*shape"], share: float
) -> Bool[Tensor, "*shape"]:
    variance = elementwise(
        [base, *models], lambda rows: rows[1:].sub_(rows[0]).var(dim=0, correction=0)
    )
    count = int(share * int(variance.count_nonzero()))
    return first(variance.neg_(), count)


def model_stock(
    models: Models, base: Float[Tensor, "*shape"], *, filter_wise: bool
) -> Float[Tensor, "*shape"]:
    """Go from the base towards the models' mean, the further the smaller their angles.

    t = N c / (1 + (N−1) c) with c the mean cosine of the pairs of δ; t·mean + (1−t)·θ₀, for the
    tensor or, `filter_wise`, for each row. Where the denominator vanishes, the base.
    Jang et al. 2024, https://arxiv.org/abs/2403.19522.
    """
    along: Along = "row" if filter_wise else "flat"
    products = gram(models, base, along)
    norms = products.diagonal(dim1=1, dim2=2).sqrt()
    cosines = products / (norms[:, :, None] * norms[:, None, :]).clamp(min=NO_ENERGY)
    count = len(models)
    i, j = torch.triu_indices(count, count, offset=1)
    cosine = cosines[:, i, j].clamp(-1, 1).mean(dim=1)
    below = 1 + (count - 1) * cosine
    singular = below.abs() < NO_ENERGY
    t = torch.where(singular, 0, count * cosine / torch.where(singular, 1, below))
    return spanned(models, base, (t / count)[:, None].expand(-1, count), along)


def ram(
    models: Models, base: Float[Tensor, "*shape"], *, epsilon: float
) -> Float[Tensor, "*shape"]:
    """Add what one model alone changed, and the mean of what several changed.

    An element is changed where |δ| > epsilon; smaller changes are dropped.
    Reinforced agent merging, https://arxiv.org/abs/2601.13572.
    """
    return _reinforced(models, base, [1.0] * len(models), epsilon)


def ramplus(
    models: Models, base: Float[Tensor, "*shape"], *, r: float, alpha: float, epsilon: float
) -> Float[Tensor, "*shape"]:
    """Add the mean of what several models changed, and more of what one alone changed.

    The latter times 1 + r·clip(shared / alone, 0, alpha), from the counts of what model k changed
    with others and alone in this tensor, as mergekit's `ramplus_tl`; the paper counts over the
    model. Reinforced agent merging, https://arxiv.org/abs/2601.13572.
    """

    def counts(rows: Rows) -> Int[Tensor, "2 model"]:
        changed = rows[1:].sub_(rows[0]).abs() > epsilon
        several = changed.sum(dim=0) > 1
        return torch.stack([(changed & several).sum(dim=1), (changed & ~several).sum(dim=1)])

    shared, alone = total([base, *models], counts)
    overlap = (shared / alone.clamp(min=epsilon)).clamp(0, alpha)
    return _reinforced(models, base, (1 + r * overlap).tolist(), epsilon)


def _reinforced(
    models: Models, base: Float[Tensor, "*shape"], gains: Sequence[float], epsilon: float
) -> Float[Tensor, "*shape"]:
    def merged(rows: Rows) -> Float[Tensor, " element"]:
        deltas = rows[1:].sub_(rows[0])
        changed = deltas.abs() > epsilon
        count = changed.sum(dim=0)
        factor = torch.where(count > 1, 1 / count.to(rows.dtype), column(gains, rows))
        return deltas.mul_(changed).mul_(factor).sum(dim=0).add_(rows[0])

    return elementwise([base, *models], merged)


def arcee_fusion(models: Models, base: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """Take of one model the elements whose change is important, and the base's elsewhere.

    Importance |δ|·KL(softmax θ ‖ softmax θ₀), the divergence that of the element's row; what is at
    least the median + 1.5 × the interquartile range is taken. The quartiles are exact, where
    mergekit draws a million elements of larger tensors. https://arcee.ai.
    """
    (model,) = models
    if not base.numel():
        return base.to(work_dtype([base, model]), copy=True)
    importance = _importance(model, base)
    least = _outlying(importance.reshape(-1).numpy())

    def fused(rows: Rows) -> Float[Tensor, " element"]:
        return rows[1].sub_(rows[0]).mul_(rows[2] >= least).add_(rows[0])

    return elementwise([base, model, importance], fused)


def _outlying(scores: NDArray[Any]) -> float:
    """The median and 1.5 × the interquartile range above it."""
    last = len(scores) - 1
    ranks = [last // 4, last // 2, 3 * last // 4]
    lower, median, upper = np.partition(scores, ranks)[ranks]
    return float(median + scores.dtype.type(1.5) * (upper - lower))


def _importance(
    model: Float[Tensor, "*shape"], base: Float[Tensor, "*shape"]
) -> Float[Tensor, "*shape"]:
    dtype = work_dtype([model, base])
    theirs, ours = as_rows(model, "row"), as_rows(base, "row")
    importance = torch.empty(ours.shape, dtype=dtype)
    height = max(1, PIECE // ours.shape[1])
    for top in range(0, len(ours), height):
        rows = slice(top, top + height)
        a, b = theirs[rows].to(dtype), ours[rows].to(dtype)
        p, q = a.softmax(dim=1).add_(UNLIKELY), b.softmax(dim=1).add_(UNLIKELY)
        divergence = (p * (p / q).log_()).sum(dim=1, keepdim=True)
        importance[rows] = (a - b).abs_().mul_(divergence)
    return importance.reshape(base.shape)


UNLIKELY = 1e-8
"""Added to every probability, so that none is zero; as in mergekit."""
