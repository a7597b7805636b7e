"""Means on a sphere: the direction is averaged apart from the length.

Every result is a sum Σ cₖ θₖ (or Σ cₖ δₖ) of the models, and the coefficients follow from the
models' inner products alone: the tensors are read twice, whatever is calculated between.

Vectors that point the same or opposite ways have no arc between them, and vectors that cancel no
mean direction; their weighted mean is taken instead, in all rules here.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Bool, Float, Float64
from torch import Tensor

from fusionlab.weights.pieces import Models, shares
from fusionlab.weights.span import Along, gram, spanned

PARALLEL = 0.9995
"""The |cosine| beyond which slerp takes the straight line."""
ZERO = 1e-8
"""A length up to which a vector has no direction."""
SAME = 1e-12
"""The squared sine up to which nuslerp takes two vectors for parallel; that of opposite ones is
some 1e-16 by rounding, and would stretch them ten million times.
"""

Coefficients = Float64[Tensor, "row model"]


def slerp(models: Models, *, t: float) -> Float[Tensor, "*shape"]:
    """Go the share t of the way from the first model to the second, along the arc between them.

    (sin((1−t)Ω) a + sin(tΩ) b) / sin Ω, with Ω the angle of the whole tensors; a straight line
    where |cos Ω| > 0.9995. Where mergekit says base_model, that is a. A vector of zeros counts as
    at right angles. Shoemake 1985, https://doi.org/10.1145/325165.325242.
    """
    products = gram(models, None)
    cosine = _cosine(products, ZERO)
    return spanned(models, None, _arc(cosine, cosine.abs() > PARALLEL, t))


def nuslerp(
    models: Models,
    base: Float[Tensor, "*shape"] | None,
    *,
    weight: Sequence[float],
    along: Along,
) -> Float[Tensor, "*shape"]:
    """Slerp by weights instead of t, from a base where one is given, whole or row by row.

    t = w₂/(w₁+w₂), on δₖ = θₖ − θ₀ where there is a base. `along` row has one angle for every row
    θ[i, :]; this is mergekit's `nuslerp_flatten: false`, to which its `nuslerp_row_wise: true` is
    `along` column. Other than there, weights of zero sum are refused, not taken for equal.
    """
    t = shares(weight)[1]
    cosine = _cosine(gram(models, base, along), ZERO)
    return spanned(models, base, _arc(cosine, 1 - cosine.square() <= SAME, t), along)


def multislerp(
    models: Models,
    base: Float[Tensor, "*shape"] | None,
    *,
    weight: Sequence[float],
    normalize_weights: bool,
    eps: float,
) -> Float[Tensor, "*shape"]:
    """Average directions and lengths apart: the weighted mean of the unit vectors gives the one.

    ‖θ‖ = Σ wₖ‖θₖ‖, θ/‖θ‖ = s/‖s‖ with s = Σ wₖ θₖ/‖θₖ‖; on δₖ where there is a base. mergekit
    goes on to add Σ wₖ(uₖ − ⟨uₖ, m⟩m) along the tangent at m = s/‖s‖, which is zero for any models:
    the result is the same. Models that cancel are an error there where they are more than two; a
    single model is returned as it is in both.
    https://goddard.blog/posts/multislerp-wow-what-a-cool-idea.
    """
    weights = torch.tensor(shares(weight) if normalize_weights else weight, dtype=torch.float64)
    if len(models) == 1:
        return spanned(models, None, torch.ones(1, 1, dtype=torch.float64))
    products = gram(models, base)[0]
    norms = products.diagonal().sqrt()
    direction = weights / (norms + eps)
    length = _length(direction, products)
    if length < eps:
        return spanned(models, base, weights[None])
    return spanned(models, base, (direction * (weights @ norms) / length)[None])


def karcher(models: Models, *, max_iter: int, tol: float) -> Float[Tensor, "*shape"]:
    """Take the point of the sphere whose squared angles to all models are least, at mean length.

    Iterates m ← exp_m(1/K Σ log_m(uₖ)) over the unit vectors from their mean, until a step is
    shorter than tol. Models shorter than tol have no direction. Models that cancel have their mean
    as the result; mergekit starts from the first one of them instead.
    Karcher 1977, https://doi.org/10.1002/cpa.3160300502.
    """
    products = gram(models, None)[0]
    norms = products.diagonal().sqrt()
    heard = ~(norms <= tol)  # NaN has a say, so that the result is NaN
    share = heard.double() / heard.sum().clamp(min=1)
    scale = torch.where(heard, 1 / torch.where(heard, norms, 1), 0)
    units = products * scale[:, None] * scale[None, :]
    length = _length(share, units)
    if length < tol:
        return spanned(models, None, torch.full((1, len(models)), 1 / len(models)).double())
    mean = _centred(share / length, share, units, max_iter=max_iter, tol=tol)
    return spanned(models, None, (mean * scale * norms.mean())[None])


def _centred(
    mean: Float64[Tensor, " model"],
    share: Float64[Tensor, " model"],
    units: Float64[Tensor, "model model"],
    *,
    max_iter: int,
    tol: float,
) -> Float64[Tensor, " model"]:
    """Coefficients of the Riemannian mean of unit vectors, found from `mean` on."""
    for _ in range(max_iter):
        cosines = (units @ mean).clamp(-1, 1)
        angles = cosines.acos()
        # sin Ω → 0 at Ω = 0, where the logarithm is zero, and at π, where it has no direction.
        apart = ~((angles < tol) | (torch.pi - angles < tol))
        pull = share * torch.where(apart, angles / torch.where(apart, angles.sin(), 1), 0)
        tangent = pull - (pull @ cosines) * mean
        step = _length(tangent, units)
        if step < tol:
            break
        mean = step.cos() * mean + step.sin() / step * tangent
        mean = mean / _length(mean, units)
    return mean


def _length(
    coefficients: Float64[Tensor, " model"], products: Float64[Tensor, "model model"]
) -> Float64[Tensor, ""]:
    """‖Σ cₖ vₖ‖ = √(cᵀ G c)."""
    return (coefficients @ products @ coefficients).clamp(min=0).sqrt()


def _cosine(products: Float64[Tensor, "row model model"], least: float) -> Float64[Tensor, " row"]:
    """The cosine between two vectors in each row; zero where one of them is shorter than that."""
    first, second = products[:, 0, 0].sqrt(), products[:, 1, 1].sqrt()
    short = (first <= least) | (second <= least)
    return torch.where(short, 0, products[:, 0, 1] / (first * second)).clamp(-1, 1)


def _arc(cosine: Float64[Tensor, " row"], straight: Bool[Tensor, " row"], t: float) -> Coefficients:
    """What of either vector stands at t on the arc between them, or on the straight line."""
    angle = torch.where(straight, 0, cosine).acos()
    ends = torch.stack([((1 - t) * angle).sin(), (t * angle).sin()], dim=1) / angle.sin()[:, None]
    return torch.where(straight[:, None], torch.tensor([1 - t, t]).double(), ends)
