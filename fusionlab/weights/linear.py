"""Weighted means: the rules that treat every element alike.

    θ = Σ wₖ θₖ / Σ wₖ

Wortsman et al. 2022, model soups, https://arxiv.org/abs/2203.05482.
"""

from collections.abc import Sequence

from jaxtyping import Float
from torch import Tensor

from fusionlab.weights.pieces import Models, Rows, elementwise, shares, weighted


def linear(models: Models, *, weight: Sequence[float], normalize: bool) -> Float[Tensor, "*shape"]:
    """Average the models: Σ wₖ θₖ, divided by Σ wₖ where `normalize`."""
    return weighted(models, shares(weight) if normalize else weight)


def passthrough(models: Models, *, scale: Sequence[float]) -> Float[Tensor, "*shape"]:
    """Take the one model as it is, times its scale."""
    return linear(models, weight=scale, normalize=False)


def nearswap(models: Models, *, t: float) -> Float[Tensor, "*shape"]:
    """Take the second model's elements where the two are near, the first's where they are far.

    s·b + (1−s)·a with s = min(t / |a−b|, 1): no element moves by more than t. Where mergekit says
    base_model, that is a. https://huggingface.co/alchemonaut/QuartetAnemoi-70B-t0.0001.
    """

    def swapped(rows: Rows) -> Float[Tensor, " element"]:
        a, b = rows[0], rows[1]
        share: Tensor = (t / (a - b).abs().clamp(min=NEAREST)).clamp(max=1)
        return share * b + (1 - share) * a

    return elementwise(models, swapped)


NEAREST = 1e-6
"""The least distance of two elements that t is divided by."""
