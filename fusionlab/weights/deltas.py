"""Task vectors δₖ = θₖ − θ₀, thinned out, agreed on, and added to the common ancestor θ₀.

    θ = θ₀ + λ · Σ wₖ mₖ sₖ δₖ  [ ÷ Σ wₖ mₖ  where normalize ]

sₖ says what is kept of δₖ (fusionlab.weights.sparse), mₖ where model k has the sign that the models
elect: sign(wₖ sₖ δₖ) = sign(Σ w s δ), and + where that sum is zero. Without an election mₖ = 1.

| rule                  | keeps                     | elects | normalize | rescale |
| task_arithmetic       | all                       | no     | no        |         |
| ties                  | the largest               | yes    | yes       | none    |
| dare_linear, _ties    | by lot                    | –, yes | no        | l1      |
| breadcrumbs, _ties    | the middle                | –, yes | no        | none    |
| della_linear, della   | by lot, the larger rather | –, yes | –, yes    | l1      |

`rescale` l1 is mergekit's `rescale: true`; the papers of DARE and DELLA have density. Other than in
mergekit, weights of zero sum are refused where they are divided by; draws come from a generator of
each tensor, so that a merge can be repeated. Density 1 keeps all, whatever gamma and epsilon are.
"""

from collections.abc import Callable, Sequence

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from fusionlab.weights.pieces import Models, Rows, column, elementwise, weight_sum
from fusionlab.weights.sparse import (
    ALL,
    Kept,
    Rescale,
    difference,
    drawn,
    drawn_by_rank,
    largest,
    middle,
)


def task_arithmetic(
    models: Models,
    base: Float[Tensor, "*shape"],
    *,
    weight: Sequence[float],
    normalize: bool,
    lambda_: float,
) -> Float[Tensor, "*shape"]:
    """Add the weighted task vectors to the base: θ₀ + λ Σ wₖ δₖ.

    Ilharco et al. 2023, https://arxiv.org/abs/2212.04089.
    """
    kept = [ALL] * len(models)
    return _added(models, base, kept, weight, elects=False, normalize=normalize, lambda_=lambda_)


def ties(
    models: Models,
    base: Float[Tensor, "*shape"],
    *,
    weight: Sequence[float],
    density: Sequence[float],
    normalize: bool,
    rescale: Rescale,
    lambda_: float,
) -> Float[Tensor, "*shape"]:
    """Trim each task vector to its largest elements, elect signs, average those that agree.

    Density 1 leaves the election alone. Yadav et al. 2023, https://arxiv.org/abs/2306.01708.
    """
    kept = _thinned(models, base, density, lambda delta, n: largest(delta, density[n], rescale))
    return _added(models, base, kept, weight, elects=True, normalize=normalize, lambda_=lambda_)


def dare_linear(
    models: Models,
    base: Float[Tensor, "*shape"],
    *,
    weight: Sequence[float],
    density: Sequence[float],
    normalize: bool,
    rescale: Rescale,
    lambda_: float,
    generator: torch.Generator,
) -> Float[Tensor, "*shape"]:
    """Drop elements of each task vector by lot, scale up what is left, and add.

    Yu et al. 2024, https://arxiv.org/abs/2311.03099.
    """
    kept = _by_lot(models, base, density, rescale, generator)
    return _added(models, base, kept, weight, elects=False, normalize=normalize, lambda_=lambda_)


def dare_ties(
    models: Models,
    base: Float[Tensor, "*shape"],
    *,
    weight: Sequence[float],
    density: Sequence[float],
    normalize: bool,
    rescale: Rescale,
    lambda_: float,
    generator: torch.Generator,
) -> Float[Tensor, "*shape"]:
    """Drop elements of each task vector by lot, elect signs, and add those that agree.

    Yu et al. 2024, https://arxiv.org/abs/2311.03099.
    """
    kept = _by_lot(models, base, density, rescale, generator)
    return _added(models, base, kept, weight, elects=True, normalize=normalize, lambda_=lambda_)


def breadcrumbs(
    models: Models,
    base: Float[Tensor, "*shape"],
    *,
    weight: Sequence[float],
    density: Sequence[float],
    gamma: Sequence[float],
    normalize: bool,
    rescale: Rescale,
    lambda_: float,
) -> Float[Tensor, "*shape"]:
    """Drop the outliers and the smallest elements of each task vector, and add.

    Davari & Belilovsky 2024, https://arxiv.org/abs/2312.06795.
    """
    kept = _middles(models, base, density, gamma, rescale)
    return _added(models, base, kept, weight, elects=False, normalize=normalize, lambda_=lambda_)


def breadcrumbs_ties(
    models: Models,
    base: Float[Tensor, "*shape"],
    *,
    weight: Sequence[float],
    density: Sequence[float],
    gamma: Sequence[float],
    normalize: bool,
    rescale: Rescale,
    lambda_: float,
) -> Float[Tensor, "*shape"]:
    """Drop outliers and the smallest elements, elect signs, and add those that agree.

    Davari & Belilovsky 2024, https://arxiv.org/abs/2312.06795.
    """
    kept = _middles(models, base, density, gamma, rescale)
    return _added(models, base, kept, weight, elects=True, normalize=normalize, lambda_=lambda_)


def della(
    models: Models,
    base: Float[Tensor, "*shape"],
    *,
    weight: Sequence[float],
    density: Sequence[float],
    epsilon: Sequence[float],
    normalize: bool,
    rescale: Rescale,
    lambda_: float,
    generator: torch.Generator,
) -> Float[Tensor, "*shape"]:
    """Drop by lot, the smaller the likelier, elect signs, and average those that agree.

    Deep et al. 2024, https://arxiv.org/abs/2406.11617.
    """
    kept = _by_rank(models, base, density, epsilon, rescale, generator)
    return _added(models, base, kept, weight, elects=True, normalize=normalize, lambda_=lambda_)


def della_linear(
    models: Models,
    base: Float[Tensor, "*shape"],
    *,
    weight: Sequence[float],
    density: Sequence[float],
    epsilon: Sequence[float],
    normalize: bool,
    rescale: Rescale,
    lambda_: float,
    generator: torch.Generator,
) -> Float[Tensor, "*shape"]:
    """Drop elements by lot, the smaller the likelier, scale up what is left, and add.

    Deep et al. 2024, https://arxiv.org/abs/2406.11617.
    """
    kept = _by_rank(models, base, density, epsilon, rescale, generator)
    return _added(models, base, kept, weight, elects=False, normalize=normalize, lambda_=lambda_)


def _by_lot(
    models: Models,
    base: Float[Tensor, "*shape"],
    density: Sequence[float],
    rescale: Rescale,
    generator: torch.Generator,
) -> list[Kept]:
    return _thinned(
        models, base, density, lambda delta, n: drawn(delta, density[n], rescale, generator)
    )


def _by_rank(
    models: Models,
    base: Float[Tensor, "*shape"],
    density: Sequence[float],
    epsilon: Sequence[float],
    rescale: Rescale,
    generator: torch.Generator,
) -> list[Kept]:
    def thin(delta: Float[Tensor, "..."], n: int) -> Kept:
        return drawn_by_rank(delta, density[n], epsilon[n], rescale, generator)

    return _thinned(models, base, density, thin)


def _middles(
    models: Models,
    base: Float[Tensor, "*shape"],
    density: Sequence[float],
    gamma: Sequence[float],
    rescale: Rescale,
) -> list[Kept]:
    return _thinned(
        models, base, density, lambda delta, n: middle(delta, density[n], gamma[n], rescale)
    )


def _thinned(
    models: Models,
    base: Float[Tensor, "*shape"],
    density: Sequence[float],
    thin: Callable[[Float[Tensor, "..."], int], Kept],
) -> list[Kept]:
    """What is kept of each model's task vector; the vectors themselves are not."""
    return [
        thin(difference(model, base), n) if share < 1 else ALL
        for n, (model, share) in enumerate(zip(models, density, strict=True))
    ]


def _added(
    models: Models,
    base: Float[Tensor, "*shape"],
    kept: Sequence[Kept],
    weight: Sequence[float],
    *,
    elects: bool,
    normalize: bool,
    lambda_: float,
) -> Float[Tensor, "*shape"]:
    """The base and the sum over the models of what is kept of each and agreed on."""
    whole = weight_sum(weight) if normalize else 1.0
    masked = [(n, one.factor) for n, one in enumerate(kept) if one.factor is not None]
    scaled = [w * one.scale for w, one in zip(weight, kept, strict=True)]

    def merged(rows: Rows) -> Float[Tensor, " element"]:
        origin, deltas = rows[0], rows[1 : len(models) + 1].sub_(rows[0])
        # A dropped element is multiplied by zero and not left out: NaN stays NaN.
        for (n, _), factor in zip(masked, rows[len(models) + 1 :], strict=True):
            deltas[n].mul_(factor)
        deltas.mul_(column(scaled, rows))
        if not elects:
            return deltas.sum(dim=0).mul_(lambda_ / whole).add_(origin)
        agree = elected(deltas)
        mixed = deltas.mul_(agree).sum(dim=0)
        if normalize:
            heard = (column(weight, rows) * agree).sum(dim=0)
            mixed.div_(heard.masked_fill_(heard == 0, 1))
        return mixed.mul_(lambda_).add_(origin)

    return elementwise([base, *models, *(factor for _, factor in masked)], merged)


def elected(deltas: Rows) -> Bool[Tensor, "tensor element"]:
    """Where a vector has the sign of the sum of all; a sum of zero counts as positive."""
    positive = deltas.sum(dim=0) >= 0
    return (deltas > 0) & positive | (deltas < 0) & ~positive
