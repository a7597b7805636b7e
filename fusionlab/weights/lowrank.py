"""Task vectors of low rank, several of them as one: put side by side, or factored anew.

    Σ cₖ Bₖ Aₖ = [c₁B₁ c₂B₂ …] [A₁; A₂; …]       exact, of rank Σ rₖ
    δ ≈ (Uᵣ √Sᵣ) (√Sᵣ Vᵣᵀ)                        the nearest of rank r

The first is what peft calls `cat`, the second `svd`. No matrix of rank r is nearer to δ = U S Vᵀ in
the Frobenius norm than its first r triples (Eckart & Young 1936,
https://doi.org/10.1007/BF02288367). All is reckoned in float64.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from fusionlab.weights.folding import LowRank
from fusionlab.weights.rule import Rule, Settings

Matrix = Float[Tensor, "outward inward"]


@dataclass(frozen=True, slots=True)
class Factored:
    """A task vector as an adapter has it, and how far that is from it."""

    part: LowRank
    lost: float
    """‖δ − BA‖²."""
    size: float
    """‖δ‖²."""


def coefficients(rule: Rule, settings: Settings) -> list[float]:
    """What each task vector is multiplied by, where the rule adds them up.

    The rule is given unit vectors, so that what it makes of them are the coefficients.
    """
    (weights, *_) = settings.of_models.values()
    units = torch.eye(len(weights), dtype=torch.float64)
    nothing = torch.zeros(len(weights), dtype=torch.float64)
    base = nothing if rule.base == "required" else None
    return [float(each) for each in rule.merged(list(units), base, settings)]


def concatenated(parts: Sequence[LowRank], factors: Sequence[float]) -> LowRank:
    """The sum of the parts, each times its factor; its rank is the sum of theirs."""
    pairs = zip(parts, factors, strict=True)
    return LowRank(
        torch.cat([part.a.double() for part in parts]),
        torch.cat([part.b.double() * factor for part, factor in pairs], dim=1),
        parts[0].module,
    )


def truncated(delta: Matrix, rank: int, module: str) -> Factored:
    """The nearest of this rank, or of all that the matrix has where that is less.

    Both factors are of one size. With NaN or Inf in the matrix they hold nothing else.
    """
    delta = delta.double()
    rank = min(rank, *delta.shape)
    if not delta.isfinite().all():
        a = delta.new_full((rank, delta.shape[1]), math.nan)
        return Factored(LowRank(a, delta.new_full((len(delta), rank), math.nan), module), 0, 0)
    u, s, vh = torch.linalg.svd(delta, full_matrices=False)
    return _first(u, s, vh, rank, module)


def truncated_product(whole: LowRank, rank: int) -> Factored:
    """The same of BA, without making that matrix: B = Q R and Aᵀ = Q′R′ leave R R′ᵀ to factor."""
    left, r = torch.linalg.qr(whole.b)
    right, r_prime = torch.linalg.qr(whole.a.T)
    u, s, vh = torch.linalg.svd(r @ r_prime.T, full_matrices=False)
    return _first(left @ u, s, vh @ right.T, rank, whole.module)


def _first(
    u: Float[Tensor, "outward triple"],
    s: Float[Tensor, " triple"],
    vh: Float[Tensor, "triple inward"],
    rank: int,
    module: str,
) -> Factored:
    """Of these singular triples as many as the rank says, each one's value in both factors."""
    root = s[:rank].sqrt()
    part = LowRank(root[:, None] * vh[:rank], u[:, :rank] * root, module)
    squares = s.square()
    return Factored(part, float(squares[rank:].sum()), float(squares.sum()))
